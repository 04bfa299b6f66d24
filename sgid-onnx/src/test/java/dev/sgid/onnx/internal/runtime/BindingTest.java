package dev.sgid.onnx.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.reference.TestGraph;
import dev.sgid.onnx.reference.TestGraph.Element;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingTest {
  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void writeGraph() {
    file = folder.resolve("model.onnx");
    new TestGraph()
        .input("states", Element.FLOAT, -1, -1)
        .input("ids", Element.INT64, -1, -1)
        .output("y", 1, 1)
        .write(file);
  }

  /** The last one overflows a long. */
  @ParameterizedTest
  @CsvSource({
    "16384, 16385, 1073807360",
    "65536, 65536, 17179869184",
    "1000000000000, 10000000000, 40000000000000000000000"
  })
  void floatInput_tooLarge_portShapeAndLimitNamed(long rows, long width, String bytes) {
    try (OnnxModel model = OnnxModel.open(file, Stage.CAPTION, Placement.of(Device.CPU, 1));
        Binding binding = model.bind()) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> binding.floatInput("states", rows, width))
          .withMessage(
              "A tensor of shape [%d, %d] for states: FLOAT32[-1, -1] takes %s bytes, over the"
                  + " 1073741824 that one may take; smaller batches, smaller pictures and fewer"
                  + " captions take less: %s",
              rows, width, bytes, file)
          .satisfies(e -> assertThat(e.stage()).isEqualTo(Stage.CAPTION));
    }
  }

  @Test
  void longInput_tooLarge_portNamed() {
    try (OnnxModel model = OnnxModel.open(file, Stage.CAPTION, Placement.of(Device.CPU, 1));
        Binding binding = model.bind()) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> binding.longInput("ids", 1 << 14, 1 << 14))
          .withMessageContaining("ids: INT64[-1, -1] takes 2147483648 bytes");
    }
  }
}
