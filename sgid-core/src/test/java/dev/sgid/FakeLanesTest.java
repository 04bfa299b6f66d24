package dev.sgid;

import dev.sgid.testing.FakeLanes;
import dev.sgid.testing.Img2ImgGeneratorContract;

class FakeLanesTest implements Img2ImgGeneratorContract {
  @Override
  public Img2ImgGenerator generator() {
    return new FakeLanes(2, 3);
  }
}
