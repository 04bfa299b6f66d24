package dev.sgid.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.modality.cv.transform.Resize;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Twenty epochs leave nothing behind. */
@NeedsPyTorch
class NativeMemoryTest {
  private static final int EPOCHS = 20;
  private static final int MEASURED_FROM = 10; // what grows once, has grown by then

  @TempDir private Path folder;

  @Test
  void getData_twentyEpochs_noArrayIsLeftWithAnyManager() throws Exception {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDManager system = manager.getParentManager();
      int before = system.getManagedArrays().size();
      AugmentedDataset dataset = dataset();
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        iterate(dataset, manager);
        assertThat(manager.getManagedArrays()).isEmpty();
        assertThat(system.getManagedArrays()).hasSize(before);
      }
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux tells what is resident")
  void getData_twentyEpochs_residentMemoryIsFlat() throws Exception {
    long before = 0;
    try (NDManager manager = NDManager.newBaseManager()) {
      AugmentedDataset dataset = dataset();
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        if (epoch == MEASURED_FROM) {
          before = residentMegabytes();
        }
        iterate(dataset, manager);
        System.gc(); // the buffers that DJL fills arrays from are the collector's to free
      }
      // 768 KiB of floats for each of 36 pictures: 270 MiB, if ten epochs' arrays were left
      assertThat(residentMegabytes() - before).isLessThan(100);
    }
  }

  private AugmentedDataset dataset() throws IOException {
    return AugmentedDataset.builder(Sets.withCopies(folder))
        .setSampling(8, true)
        .addTransform(new Resize(256, 256))
        .addTransform(new ToTensor())
        .build();
  }

  private static void iterate(AugmentedDataset dataset, NDManager manager) throws Exception {
    for (Batch batch : dataset.getData(manager)) {
      batch.close();
    }
  }

  private static long residentMegabytes() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
  }
}
