package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Sgid;
import dev.sgid.dataset.plan.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaceMeterTest {
  private static final long SECOND = 1_000_000_000;

  private final FakeStages stages = new FakeStages();
  private final AtomicLong now = new AtomicLong();
  private final Path in;

  PaceMeterTest(@TempDir Path folder) {
    in = folder.resolve("in");
  }

  @BeforeEach
  void dataset() throws IOException {
    Files.createDirectories(in.resolve("cat"));
    for (int i = 0; i < 12; i++) {
      Files.write(
          in.resolve("cat/" + i + ".png"), TestImages.encode(TestImages.noise(8, 6, i), "png"));
    }
  }

  @Test
  void measure_slowModels_makesTwoPicturesAfterTheFirst() {
    Pace pace = measure(40 * SECOND, Duration.ofSeconds(12));

    assertThat(pace).isEqualTo(new Pace(2, 40, 40, 40));
    assertThat(stages.generator.calls()).hasSize(3);
  }

  @Test
  void measure_fastModels_makesPicturesOfAllImages() {
    Pace pace = measure(0, Duration.ofSeconds(12));

    assertThat(pace).isEqualTo(new Pace(12, 0, 0, 0));
    assertThat(stages.generator.calls()).hasSize(1 + 12);
  }

  @Test
  void measure_timeIsOver_makesNoMore() {
    Pace pace = measure(2 * SECOND, Duration.ofSeconds(12));

    // the first warmed up
    assertThat(requireNonNull(pace).pictures())
        .isBetween(6, 11); // a few are on their way when the time is over
  }

  @Test
  void measure_brokenModels_isNothing() {
    stages.generator.withBroken(request -> true);

    assertThat(measure(0, Duration.ofSeconds(12))).isNull();
  }

  /** By a generator that takes so long for each picture, by a clock that only it moves. */
  private @Nullable Pace measure(long nanos, Duration budget) {
    stages.generator.withResult(
        request -> {
          now.addAndGet(nanos);
          return FakeStages.picture(request);
        });
    try (Sgid sgid = stages.sgid()) {
      AugmentJob job = AugmentJob.builder(in).build();
      List<Source> images = new ArrayList<>();
      job.in().forEach(images::add);
      return new PaceMeter(job, sgid, images, budget, now::get).measure();
    }
  }
}
