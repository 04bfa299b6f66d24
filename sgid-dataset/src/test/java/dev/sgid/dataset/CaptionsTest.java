package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptionsTest {
  private final FakeStages stages = new FakeStages();
  private final Path folder;
  private final Path in;
  private final Path out;

  CaptionsTest(@TempDir Path folder) {
    this.folder = folder;
    this.in = folder.resolve("in");
    this.out = folder.resolve("out");
  }

  @BeforeEach
  void dataset() throws IOException {
    Files.createDirectories(in.resolve("cat"));
    for (int i = 0; i < 3; i++) {
      Files.write(
          in.resolve("cat/" + i + ".png"), TestImages.encode(TestImages.noise(8, 6, i), "png"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "c.csv; 'file_name,caption\ncat/0.png,\"a cat, asleep\"\ncat/1.png,\n'",
        "C.CSV; 'caption,file_name\n\"a cat, asleep\",cat/0.png\n'",
        "c.jsonl; '{\"file_name\":\"cat/0.png\",\"caption\":\" a cat, asleep \"}\n'"
      })
  void run_captionsFromAFile_areTakenAndTheOthersMade(String name, String content)
      throws IOException {
    Path file = Files.writeString(folder.resolve(name), content.replace("\\n", "\n"));

    JobSummary summary = run(file);

    assertThat(summary.pictures()).isEqualTo(3);
    List<ManifestLine> lines =
        Files.readAllLines(out.resolve("metadata.jsonl")).stream()
            .map(ManifestLine::parse)
            .toList();
    assertThat(lines.get(0).caption()).isEqualTo("a cat, asleep");
    assertThat(lines.get(0).prompt()).isEqualTo("cat, a cat, asleep");
    assertThat(lines.get(1).caption()).startsWith("mean ");
    assertThat(stages.captioned).hasValue(2);
  }

  @Test
  void run_otherCaptions_areOtherSettings() throws IOException {
    String caption = "{\"file_name\":\"cat/0.png\",\"caption\":\"a cat\"}\n";
    Path file = Files.writeString(folder.resolve("c.jsonl"), caption);
    JobSummary ignored = run(file);
    Files.writeString(file, caption.replace("a cat", "a dog"));

    assertThatThrownBy(() -> run(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("was begun with other settings: captions_sha256 was ");
  }

  @Test
  void build_captionsOfOtherImages_areRefused() throws IOException {
    Path file =
        Files.writeString(folder.resolve("c.csv"), "file_name,caption\nelsewhere.png,a cat\n");

    assertThatThrownBy(() -> run(file))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            file
                + " has no caption for any image of "
                + in
                + ": each line must have a file_name, relative to that folder, and a caption");
    assertThatThrownBy(() -> run(folder.resolve("none.csv")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("none.csv can't be read: ");
    assertThat(out).doesNotExist();
  }

  private JobSummary run(Path captions) {
    try (Sgid sgid = stages.sgid()) {
      return AugmentJob.builder(in, out).withCaptions(captions).build().run(sgid);
    }
  }
}
