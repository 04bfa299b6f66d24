package dev.sgid.onnx.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sgid.Device;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanesTest {
  private static final long SMALL = 64L << 20;

  @TempDir Path folder;

  private void unet(long graph, long weights) throws IOException {
    write("model.onnx", graph);
    write("model.onnx_data", weights);
  }

  private Path unet() {
    return folder.resolve("model.onnx");
  }

  /** A file with nothing in it, which takes no room. */
  private void write(String name, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
      file.setLength(bytes);
    }
  }

  /** Of a machine that has as many processors as there are threads. */
  private Lanes of(int threads, int lanes) {
    return Lanes.of(new Placement(Device.CPU, threads), lanes, unet());
  }

  @ParameterizedTest
  @CsvSource({
    // threads, lanes wanted: lanes, threads of each
    "1, 1, 1, 1",
    "1, 3, 1, 1", // more lanes than threads
    "2, 1, 1, 2",
    "2, 2, 2, 1",
    "8, 2, 2, 4",
    "8, 3, 3, 2", // threads that can't be shared evenly stay idle
    "8, 8, 8, 1",
    "8, 1000000, 8, 1",
  })
  void of_lanesWanted_shareTheThreads(int threads, int wanted, int lanes, int each) {
    assertThat(of(threads, wanted).count()).isEqualTo(lanes);
    assertThat(of(threads, wanted).placement().threads())
        .isEqualTo(Math.min(each, Runtime.getRuntime().availableProcessors()));
  }

  @Test
  void of_smallUnet_aLaneForEachThread() throws IOException {
    unet(1, SMALL - 1);

    assertThat(of(8, 0).count()).isEqualTo(8);
    assertThat(of(8, 0).placement().threads()).isEqualTo(1);
    assertThat(of(1, 0).count()).isEqualTo(1);
  }

  /** Weights that lie beside the graph count. */
  @Test
  void of_largeUnet_oneLaneOfAllThreads() throws IOException {
    unet(1, SMALL);

    assertThat(of(2, 0).count()).isEqualTo(1);
    assertThat(of(2, 0).placement().threads())
        .isEqualTo(Math.min(2, Runtime.getRuntime().availableProcessors()));
    assertThat(of(8, 2).count()).as("who says otherwise is listened to").isEqualTo(2);
  }

  /** Nor does a model that another variant would take. */
  @Test
  void of_smallUnetBesideALargeVariant_aLaneForEachThread() throws IOException {
    unet(1, 1);
    write("model_fp16.onnx", 1);
    write("model_fp16.onnx_data", SMALL);

    assertThat(of(8, 0).count()).isEqualTo(8);
  }

  /** What is not there, whoever opens it names. */
  @Test
  void of_noUnet_isNoFailureYet() {
    assertThat(Lanes.of(Device.CPU, 1, 0, folder.resolve("none/model.onnx")).count()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "3, 3"})
  void of_gpu_oneLaneUnlessMoreAreWanted(int wanted, int lanes) throws IOException {
    unet(1, 1);
    Placement gpu = new Placement(Device.cuda(0), 4);

    assertThat(Lanes.of(gpu, wanted, unet())).isEqualTo(new Lanes(gpu, lanes));
  }

  @Test
  void of_threads_areAtMostTheProcessors() {
    int processors = Runtime.getRuntime().availableProcessors();

    assertThat(Lanes.of(Device.CPU, 1_000_000, 1, unet()).placement().threads())
        .isEqualTo(processors);
    assertThat(Lanes.of(Device.CPU, 0, 1, unet()).placement().threads()).isEqualTo(processors);
    assertThat(Lanes.of(Device.CPU, 0, 1_000_000, unet()).count()).isEqualTo(processors);
  }

  @Test
  void of_negative_isRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Lanes.of(Device.CPU, 1, -1, unet()))
        .withMessage("lanes must be at least 0, is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Lanes.of(Device.CPU, -1, 1, unet()))
        .withMessage("threads must be at least 0, is -1");
  }
}
