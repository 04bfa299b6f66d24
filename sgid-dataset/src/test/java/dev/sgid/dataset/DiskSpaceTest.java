package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
  private static final int LINE = 1200;

  private final Path folder;

  DiskSpaceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void require_tooLittleRoom_saysHowMuchThereIs() {
    assertThatThrownBy(() -> DiskSpace.require(folder, 2_500_000, 2_499_999))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            "The pictures to be made will take about 2.5 MB, where "
                + folder
                + " lies there is room for 2.5 MB: make room, or choose another folder");
    assertThatCode(() -> DiskSpace.require(folder, 2_500_000, 2_500_000))
        .doesNotThrowAnyException();
  }

  @Test
  void estimate_copiesAndOriginals_areWholeBlocks() throws IOException {
    for (int i = 0; i < 40; i++) {
      Path file = folder.resolve("in/cat/" + i + ".png");
      Files.createDirectories(folder.resolve("in/cat"));
      Files.write(file, TestImages.encode(TestImages.noise(8, 6, 1), "png"));
    }
    long picture = Files.size(folder.resolve("in/cat/0.png"));
    AugmentJob job =
        AugmentJob.builder(folder.resolve("in"), folder.resolve("out"))
            .withCopies(3)
            .withOriginals(true)
            .build();
    Missing all = new Missing(History.none(folder), source -> 3, true, 0);

    assertThat(DiskSpace.estimate(job, all, 4096)).isEqualTo(40L * 4 * (4096 + LINE));
    assertThat(DiskSpace.estimate(job, all, 1)).isEqualTo(40L * 4 * (picture + LINE));
    assertThat(all.pictures(job.in())).isEqualTo(120);
  }
}
