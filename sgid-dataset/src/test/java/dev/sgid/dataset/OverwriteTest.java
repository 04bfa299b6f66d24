package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sgid.Sgid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void build_outNotOfSgid_isRefused() throws IOException {
    put(out.resolve("notes.txt"), new byte[1]);

    assertThatThrownBy(() -> run(false))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            out
                + " is not empty, and no run of sgid began it: choose another folder, or let the"
                + " pictures stand beside what is there (--overwrite)");
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
  void run_overwriteWhereAForeignFileHasAPicturesName_isRefusedAndRemovesNothing()
      throws IOException {
    put(in.resolve("cat/b.png"), TestImages.encode(TestImages.noise(8, 6, 2), "png"));
    run(false);
    Files.delete(in.resolve("cat/a.png"));
    put(in.resolve("cat/c.png"), TestImages.encode(TestImages.noise(8, 6, 2), "png"));
    put(out.resolve("cat/c-sgid-0.png"), new byte[1]);

    assertThatThrownBy(() -> run(true))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(out.resolve("cat/c-sgid-0.png") + " is in the way");
    assertThat(out.resolve("cat/a-sgid-0.png")).exists();
    assertThat(Files.readAllLines(out.resolve("metadata.jsonl"))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"out", "./out", "other/../out", "link", "out/.", "link/../out"})
  void run_overwriteByAnyNameOfTheFolder_removesWhatTheFormerRunWrote(String name)
      throws IOException {
    Files.createDirectories(folder.resolve("other"));
    Files.createSymbolicLink(folder.resolve("link"), out);
    run(false);
    put(out.resolve("notes.txt"), new byte[1]);
    Path here = Path.of("").toAbsolutePath();
    Path relative = here.relativize(folder).resolve(name); // of many ..

    for (Path place : List.of(folder.resolve(name), relative)) {
      try (Sgid sgid = new FakeStages().sgid()) {
        JobSummary summary = AugmentJob.builder(in, place).withOverwrite(true).build().run(sgid);

        assertThat(summary.foreign()).containsExactly("notes.txt");
        assertThat(summary.out()).isEqualTo(place);
      }
      assertThat(out.resolve("metadata.jsonl")).exists();
      assertThat(out.resolve("cat/a-sgid-0.png")).exists();
    }
  }

  @Test
  void run_aClassFolderIsALink_isRefused() throws IOException {
    run(false);
    Files.delete(out.resolve("cat/a-sgid-0.png"));
    Files.delete(out.resolve("cat"));
    Files.createSymbolicLink(out.resolve("cat"), in.resolve("cat"));

    assertThatThrownBy(() -> run(true))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(out.resolve("cat") + " is in the way");
    assertThat(in.resolve("cat")).isDirectoryContaining("glob:**a.png");
  }

  @Test
  void run_overwriteOfShards_removesThem() throws IOException {
    try (Sgid sgid = new FakeStages().sgid()) {
      JobSummary ignored =
          AugmentJob.builder(in, out).withFormat(OutputFormat.webDataset()).build().run(sgid);
    }
    assertThat(out.resolve("shard-000000.tar")).exists();

    assertThat(run(true).foreign()).isEmpty();

    assertThat(out.resolve("shard-000000.tar")).doesNotExist();
    assertThat(out.resolve("cat/a-sgid-0.png")).exists();
  }

  @Test
  void build_imagesAreLinksIntoOut_isRefused() throws IOException {
    run(false);
    Files.createSymbolicLink(in.resolve("cat/b.png"), out.resolve("cat/a-sgid-0.png"));
    assertRefused(in, out, "cat/b.png of the data set is a link into the folder to write, " + out);

    Files.delete(in.resolve("cat/b.png"));
    Files.createSymbolicLink(in.resolve("dog"), out.resolve("cat"));
    assertRefused(in, out, "dog/a-sgid-0.png of the data set is a link into the folder to write");
  }

  @Test
  void build_outLiesInALinkedClassFolder_isRefused() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    put(elsewhere.resolve("b.png"), new byte[1]);
    Files.createSymbolicLink(in.resolve("dog"), elsewhere);

    assertRefused(in, elsewhere.resolve("out"), "lies in a folder of the data set");
  }

  @Test
  void build_outThatCantBe_isRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
    Path file = Files.createFile(folder.resolve("file"));
    Path toFile = Files.createSymbolicLink(folder.resolve("tofile"), file);

    assertRefused(in, link, link + " is a link that leads nowhere");
    assertRefused(in, toFile, toFile + " is not a folder");
    assertRefused(in, file.resolve("out"), file + " is not a folder");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its folders have no such permissions")
  void build_outThatMayNotBeWritten_isRefused() throws IOException {
    Files.createDirectories(out);
    Set<PosixFilePermission> readOnly = PosixFilePermissions.fromString("r-xr-xr-x");
    Files.setPosixFilePermissions(out, readOnly);
    assumeThat(Files.isWritable(out)).as("root may write anywhere").isFalse();

    assertRefused(in, out, out + " can't be written: permission denied");
    assertRefused(in, out.resolve("new"), "can't be made: permission denied in " + out);
  }

  @Test
  void run_overwriteInAFolderWithoutARunsFiles_isRefused() throws IOException {
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
    put(out.resolve("notes.txt"), new byte[1]);
    Files.createSymbolicLink(out.resolve("link"), precious.getParent());
    Files.writeString(
        out.resolve("metadata.jsonl"),
        """
        {"file_name":"../precious/x.png","label":"cat","source":"","source_sha256":""}
        {"file_name":"cat/../../in/cat/a.png","label":"cat","source":"","source_sha256":""}
        {"file_name":"link/x.png","label":"cat","source":"","source_sha256":""}
        {"file_name":"notes.txt/x.png","label":"cat","source":"","source_sha256":""}
        {"file_name":"cat/a-sgid-0.png","label":"cat","source":"","source_sha256":""}
        """);

    assertThat(run(true).foreign()).containsExactly("link", "notes.txt");
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
    assertThatThrownBy(
            () -> AugmentJob.builder(in, out).withOverwrite(true).withFollowLinks(true).build())
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
