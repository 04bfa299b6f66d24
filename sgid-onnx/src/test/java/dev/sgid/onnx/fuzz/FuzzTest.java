package dev.sgid.onnx.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first of the seeds that {@code tools/fuzz.sh} tries. */
class FuzzTest {
  @TempDir Path folder;

  @Test
  void open_damagedPacks_refusesOrWorks() throws IOException, InterruptedException {
    FuzzRun run = FuzzRun.of(folder, 0, 30);

    assertThat(run.bad()).isEmpty();
    assertThat(run.outcomes()).containsOnlyKeys("made", "refused");
    assertThat(run.outcomes().values().stream().mapToInt(count -> count).sum()).isEqualTo(30);
    assertThat(run.slowest()).isLessThan(60_000);
  }
}
