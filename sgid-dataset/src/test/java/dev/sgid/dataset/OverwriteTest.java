package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a folder that is there already. */
class OverwriteTest {
  private final Path folder;
  private final Path in;
  private final Path out;

  OverwriteTest(@TempDir Path folder) {
    this.folder = folder;
    this.in = folder.resolve("in");
    this.out = folder.resolve("out");
  }

  @BeforeEach
  void dataset() throws IOException {
    put(in.resolve("cat/a.png"), TestImages.encode(TestImages.noise(8, 6, 1), "png"));
  }

  @Test
  void build_outNotEmpty_isRefused() throws IOException {
    run(false);

    assertThatThrownBy(() -> run(false))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            out
                + " is not empty: choose another folder, or overwrite what a former run wrote (--overwrite)");
  }

  @Test
  void run_overwrite_removesWhatTheFormerRunWrote() throws IOException {
    put(in.resolve("dog/b.png"), TestImages.encode(TestImages.noise(8, 6, 2), "png"));
    put(in.resolve("dog/broken.png"), new byte[0]);
    run(false);
    Files.delete(in.resolve("dog/b.png"));
    Files.delete(in.resolve("dog/broken.png"));

    JobSummary summary = run(true);

    assertThat(summary.foreign()).isEmpty();
    assertThat(out.resolve("cat/a-sgid-0.png")).exists();
    assertThat(out.resolve("dog")).doesNotExist();
    assertThat(out.resolve("failures.jsonl")).doesNotExist();
  }

  @Test
  void run_overwriteInAnInterruptedThread_removesNothing() {
    run(false);
    Thread.currentThread().interrupt();

    JobSummary summary = run(true);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(summary.cancelled()).isTrue();
    assertThat(out.resolve("cat/a-sgid-0.png")).exists();
    assertThat(out.resolve("metadata.jsonl")).exists();
  }

  @Test
  void run_overwriteAfterAKill_removesJournalAndTemporaryFiles() throws IOException {
    run(false);
    Files.move(out.resolve("metadata.jsonl"), out.resolve("sgid-journal.jsonl"));
    Files.writeString(
        out.resolve("sgid-journal.jsonl"),
        Files.readString(out.resolve("sgid-journal.jsonl")) + "{\"file_name\":\"cat/b-sg");
    put(out.resolve(".sgid-3.tmp"), new byte[3]);

    JobSummary summary = run(true);

    assertThat(summary.foreign()).isEmpty();
    assertThat(out).isDirectoryNotContaining("glob:**.tmp");
    assertThat(out.resolve("sgid-journal.jsonl")).doesNotExist();
    assertThat(Files.readAllLines(out.resolve("metadata.jsonl"))).hasSize(1);
  }

  @Test
  void run_overwrite_leavesForeignFilesAndNamesThem() throws IOException {
    run(false);
    put(out.resolve("cat/mine.png"), new byte[1]);
    put(out.resolve("notes.txt"), new byte[1]);

    JobSummary summary = run(true);

    assertThat(summary.foreign()).containsExactly("cat/mine.png", "notes.txt");
    assertThat(out.resolve("cat/mine.png")).hasSize(1);
  }

  @Test
  void run_overwriteOfSomebodysDataset_removesNothing() throws IOException {
    put(out.resolve("cat/mine.png"), new byte[1]);
    Files.writeString(
        out.resolve("metadata.jsonl"), "{\"file_name\":\"cat/mine.png\",\"source_sha256\":\"\"}\n");

    assertThatThrownBy(() -> run(true))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            out.resolve("metadata.jsonl")
                + " is in the way: sgid did not write it, move it or choose another folder");
    assertThat(out.resolve("cat/mine.png")).exists();
  }

  @Test
  void run_overwriteWhereAForeignFileHasAPicturesName_isRefused() throws IOException {
    put(out.resolve("cat/a-sgid-0.png"), new byte[1]);

    assertThatThrownBy(() -> run(true))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(out.resolve("cat/a-sgid-0.png") + " is in the way");
    assertThat(out.resolve("cat/a-sgid-0.png")).hasSize(1);
  }

  @Test
  void run_overwriteOfAManifestThatPointsElsewhere_removesNothingThere() throws IOException {
    run(false);
    Path precious = folder.resolve("precious/x.png");
    put(precious, new byte[1]);
    Files.writeString(
        out.resolve("metadata.jsonl"),
        """
        {"file_name":"../precious/x.png","source_sha256":""}
        {"file_name":"cat/../../in/cat/a.png","source_sha256":""}
        {"file_name":"cat/a-sgid-0.png","source_sha256":""}
        """);

    run(true);

    assertThat(precious).exists();
    assertThat(in.resolve("cat/a.png")).exists();
  }

  @Test
  void build_outInsideInOrAroundIt_isRefused() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), in);

    assertRefused(in, in, "The folder to write is the data set itself: " + in);
    assertRefused(in, folder.resolve("link"), "is the data set itself");
    assertRefused(in, in.resolve("x/y"), "lies in the data set " + in);
    assertRefused(in, folder.resolve("link/x"), "lies in the data set " + in);
    assertRefused(in, folder, "The data set " + in + " lies in the folder to write, " + folder);
  }

  @Test
  void build_outIsAFile_isRefused() throws IOException {
    put(out, new byte[1]);

    assertRefused(in, out, out + " is not a folder");
  }

  private static void assertRefused(Path in, Path out, String message) {
    assertThatThrownBy(() -> AugmentJob.builder(in, out).withOverwrite(true).build())
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(message);
  }

  private JobSummary run(boolean overwrite) {
    try (Sgid sgid = new FakeStages().sgid()) {
      return AugmentJob.builder(in, out).withOverwrite(overwrite).build().run(sgid);
    }
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
