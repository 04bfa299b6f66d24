package dev.sgid.onnx.internal.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** With ONNX Runtime's CPU build, the one that tests have. */
class PlacementTest {
  @Test
  void of_cudaInACpuBuild_namesTheArtifactToAdd() {
    assertThatThrownBy(() -> Placement.of(Device.cuda(1), 0))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "Device cuda:1 can't be used: this build of ONNX Runtime has no CUDA. Replace"
                + " com.microsoft.onnxruntime:onnxruntime by"
                + " com.microsoft.onnxruntime:onnxruntime_gpu of the same version")
        .extracting(e -> ((SgidException) e).stage())
        .isEqualTo(Stage.OPEN);
  }

  @Test
  void of_autoWithoutAGpu_usesTheCpuAndWarnsOnce() {
    Placement.WARNED.set(false);
    String log =
        logOf(() -> Placement.of(Device.AUTO, 0)) + logOf(() -> Placement.of(Device.AUTO, 0));

    assertThat(Placement.of(Device.AUTO, 0).device()).isEqualTo(Device.CPU);
    assertThat(Placement.of(Device.AUTO, 0).provider()).isEqualTo("CPUExecutionProvider");
    assertThat(log)
        .containsOnlyOnce("Running on the CPU.")
        .contains("com.microsoft.onnxruntime:onnxruntime_gpu")
        .contains("Device.CPU does not look for a GPU");
  }

  @Test
  void of_threads_areAtMostTheProcessors() {
    int processors = Runtime.getRuntime().availableProcessors();

    assertThat(Placement.of(Device.CPU, 1).threads()).isEqualTo(1);
    assertThat(Placement.of(Device.CPU, 0).threads()).isEqualTo(processors);
    assertThat(Placement.of(Device.CPU, 1_000_000).threads()).isEqualTo(processors);
  }

  /** What the tests' SLF4J provider prints. */
  private static String logOf(Runnable work) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(UTF_8);
  }
}
