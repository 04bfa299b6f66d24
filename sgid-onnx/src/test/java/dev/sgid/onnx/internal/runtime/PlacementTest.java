package dev.sgid.onnx.internal.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.reference.OwnJvm;
import dev.sgid.testing.Nulls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void of_autoInACpuBuild_usesTheCpuAndSaysSoOnceWithoutAWarning() {
    Placement.SAID.set(false);
    String log =
        logOf(() -> Placement.of(Device.AUTO, 0)) + logOf(() -> Placement.of(Device.AUTO, 0));

    assertThat(Placement.of(Device.AUTO, 0).device()).isEqualTo(Device.CPU);
    assertThat(Placement.of(Device.AUTO, 0).provider()).isEqualTo("CPUExecutionProvider");
    assertThat(log)
        .containsOnlyOnce("INFO dev.sgid.onnx.internal.runtime.Placement - Running on the CPU.")
        .doesNotContain("WARN");
  }

  /** What a build with CUDA does where there is no driver, in the words of that case. */
  @Test
  void say_cudaThatCanNotBeUsed_isAWarning() {
    SgidException noDriver =
        new SgidException(Stage.OPEN, "Device cuda:0 can't be used; no driver");

    assertThat(logOf(() -> Placement.say(true, noDriver)))
        .contains(
            "WARN dev.sgid.onnx.internal.runtime.Placement - Running on the CPU. Device cuda:0"
                + " can't be used; no driver (Device.CPU does not look for a GPU.)");
  }

  @Test
  void of_threads_areAtMostTheProcessors() {
    int processors = Runtime.getRuntime().availableProcessors();

    assertThat(Placement.of(Device.CPU, 1).threads()).isEqualTo(1);
    assertThat(Placement.of(Device.CPU, 0).threads()).isEqualTo(processors);
    assertThat(Placement.of(Device.CPU, 1_000_000).threads()).isEqualTo(processors);
  }

  @Test
  void of_null_isNamed() {
    assertThatThrownBy(() -> Placement.of(Nulls.nothing(), 0))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("device");
  }

  /** ONNX Runtime loads its library once per JVM, so this takes another. */
  @Test
  void of_autoWithoutTheLibrary_saysSoAndNothingOfAGpu(@TempDir Path empty) throws IOException {
    String printed = new OwnJvm().options("-Donnxruntime.native.path=" + empty).run(Auto.class);

    assertThat(printed)
        .contains("ONNX Runtime's native library can't be loaded on")
        .contains("not found at " + empty)
        .doesNotContain("Running on the CPU");
  }

  /** Asks for a device and prints why there is none. */
  static final class Auto {
    public static void main(String[] args) {
      try {
        System.out.println(Placement.of(Device.AUTO, 0).device());
      } catch (SgidException e) {
        System.out.println(e.getMessage());
      }
    }
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
