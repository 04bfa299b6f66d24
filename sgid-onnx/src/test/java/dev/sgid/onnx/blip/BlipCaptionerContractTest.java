package dev.sgid.onnx.blip;

import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.onnx.blip.BlipOptions.Strategy;
import dev.sgid.onnx.reference.TestModels;
import dev.sgid.testing.CaptionerContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Strategy.class)
class BlipCaptionerContractTest implements CaptionerContract {
  private final BlipCaptioner captioner;

  BlipCaptionerContractTest(Strategy strategy) {
    captioner =
        BlipCaptioner.open(
            TestModels.folder("tiny-blip"),
            Device.CPU,
            1,
            BlipOptions.DEFAULTS.toBuilder().strategy(strategy).build());
  }

  @AfterEach
  void close() {
    captioner.close();
  }

  @Override
  public Captioner captioner() {
    return captioner;
  }
}
