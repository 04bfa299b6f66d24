package dev.sgid.onnx.internal.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.reference.OwnJvm;
import dev.sgid.testing.Nulls;
import dev.sgid.testing.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tensorrt | this build of ONNX Runtime has no TensorRT. Replace com.microsoft.onnxruntime"
            + ":onnxruntime by com.microsoft.onnxruntime:onnxruntime_gpu of the same version",
        "rocm     | this build of ONNX Runtime has no ROCMExecutionProvider, it has",
        "directml | this build of ONNX Runtime has no DmlExecutionProvider, it has",
        "openvino | this build of ONNX Runtime has no OpenVINOExecutionProvider, it has",
        "qnn      | this build of ONNX Runtime has no QNNExecutionProvider, it has",
        "dnnl     | this build of ONNX Runtime has no DnnlExecutionProvider, it has",
        "nnapi    | this build of ONNX Runtime has no NnapiExecutionProvider, it has",
      })
  void of_providerThatIsNotInTheBuild_saysWhereItIs(String device, String message) {
    Device wanted = Device.parse(device);
    assertThatThrownBy(() -> Placement.of(wanted, 0))
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith("Device " + wanted + " can't be used: " + message);
  }

  @Test
  void of_providerThatIsNotInTheBuild_namesThoseThatAreAndTheWayOut() {
    assertThatThrownBy(() -> Placement.of(Device.parse("qnn"), 0))
        .hasMessageContaining("it has CPUExecutionProvider")
        .hasMessageEndingWith(
            ". Name the folder of a build that has it with -Donnxruntime.native.path=FOLDER, or a"
                + " plug-in with --device plugin:LIBRARY");
  }

  @Test
  void of_optionThatAProviderDoesNotTake_isNamed() {
    assertThatThrownBy(
            () -> Placement.of(Device.parse("rocm").withOptions(Map.of("device_id", "1")), 0))
        .hasMessage("Device rocm:0 takes no options in ONNX Runtime for Java, got {device_id=1}");
    assertThatThrownBy(
            () -> Placement.of(Device.parse("openvino").withOptions(Map.of("precision", "1")), 0))
        .hasMessage(
            "Device openvino takes no option but device_type in ONNX Runtime for Java, got"
                + " {precision=1}");
  }

  @Test
  void of_pluginThatIsNone_isNamed(@TempDir Path folder) throws IOException {
    Path library = folder.resolve("libnone.so");
    assertThatThrownBy(() -> Placement.of(Device.plugin(library, 0), 0))
        .isInstanceOf(SgidException.class)
        .hasMessage("There is no such library of an execution provider: " + library);
    Files.writeString(library, "no library");
    assertThatThrownBy(() -> Placement.of(Device.plugin(library, 0), 0))
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith("Device plugin:" + library + " can't be used; ");
  }

  /** In the words of ONNX Runtime, on Linux and on Windows. */
  @Test
  void why_libraryMissing_namesIt() {
    assertThat(
            Providers.why(
                Device.cuda(0),
                "Failed to load library libonnxruntime_providers_cuda.so with error:"
                    + " libcublasLt.so.12: cannot open shared object file: No such file"))
        .startsWith(
            "the library libcublasLt.so.12 is missing; onnxruntime_gpu needs an NVIDIA driver, CUDA"
                + " and cuDNN: Failed to load library");
    assertThat(
            Providers.why(
                Device.parse("tensorrt"),
                "Error loading \"C:\\x\\onnxruntime_providers_tensorrt.dll\" which depends on"
                    + " \"nvinfer_10.dll\" which is missing."))
        .startsWith(
            "the library nvinfer_10.dll is missing; onnxruntime_gpu needs an NVIDIA driver,");
    assertThat(Providers.why(Device.parse("coreml"), "odd")).isEqualTo("odd");
  }

  @Test
  void acquire_slots_areAsManyAsTheLargestWish() throws InterruptedException {
    Placement one = new Placement(Device.cuda(90), 1);
    Placement two = new Placement(Device.cuda(90).withSlots(2), 1);
    one.acquire();
    two.acquire(); // which would wait for ever with one slot
    Thread third =
        new Thread(
            () -> {
              try {
                one.acquire();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    third.start();
    Waiting.untilItWaits(third);
    two.release();
    third.join();
    one.release();
    one.release();
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
