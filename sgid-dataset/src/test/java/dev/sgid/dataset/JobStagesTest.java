package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sgid.Sgid;
import dev.sgid.testing.StageRecording;
import dev.sgid.testing.StageRecording.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording says of a job. */
class JobStagesTest {
  @Test
  void run_recorded_tellsOfReadingAndWriting(@TempDir Path folder) throws IOException {
    Path in = folder.resolve("in");
    Files.createDirectories(in.resolve("guinea_pig"));
    Files.write(
        in.resolve("guinea_pig/1.png"), TestImages.encode(TestImages.noise(8, 6, 1), "png"));
    Files.write(in.resolve("guinea_pig/2.png"), new byte[0]);
    AugmentJob job =
        AugmentJob.builder(in, folder.resolve("out")).withCopies(2).withOriginals(true).build();

    List<Recorded> events;
    try (Sgid sgid = new FakeStages().sgid();
        StageRecording recording = StageRecording.start()) {
      assertThat(job.run(sgid).pictures()).isEqualTo(2);
      events = recording.stop();
    }

    assertThat(events)
        .filteredOn(event -> event.stage().equals("READ")) // also to reckon the room on the disk
        .extracting(Recorded::image, Recorded::label, Recorded::copy)
        .containsOnly(
            tuple("guinea_pig/1.png", "guinea_pig", -1),
            tuple("guinea_pig/2.png", "guinea_pig", -1));
    assertThat(events)
        .filteredOn(event -> event.stage().equals("WRITE"))
        .extracting(Recorded::stage, Recorded::image, Recorded::label, Recorded::copy)
        .containsExactlyInAnyOrder(
            tuple("WRITE", "guinea_pig/1.png", "guinea_pig", -1),
            tuple("WRITE", "guinea_pig/1.png", "guinea_pig", 0),
            tuple("WRITE", "guinea_pig/1.png", "guinea_pig", 1));
    assertThat(events)
        .extracting(Recorded::stage)
        .contains("CAPTION", "SIMILARITY", "PROMPT", "GENERATE", "COMPARE");
  }
}
