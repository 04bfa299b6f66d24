package dev.sgid;

import dev.sgid.testing.CaptionerContract;
import dev.sgid.testing.FakeCaptioner;

class FakeCaptionerTest implements CaptionerContract {
  @Override
  public Captioner captioner() {
    return new FakeCaptioner();
  }
}
