package dev.sgid;

import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.Img2ImgGeneratorContract;

class FakeGeneratorTest implements Img2ImgGeneratorContract {
  @Override
  public Img2ImgGenerator generator() {
    return new FakeGenerator();
  }
}
