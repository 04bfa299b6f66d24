package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.SgidException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandardInputTest extends CommandFixture {
  StandardInputTest(@TempDir Path folder) {
    super(folder);
  }

  @Test
  void keep_whatComes_isAFileBesideOutUntilItIsClosed() throws IOException {
    byte[] bytes = {1, 2, 3};
    try (StandardInput kept =
        StandardInput.keep(new ByteArrayInputStream(bytes), folder.resolve("new/deep/out"))) {
      assertThat(kept.file()).hasBinaryContent(bytes);
      assertThat(kept.file()).startsWith(folder);
      assertThat(hidden()).hasSize(1);
    }
    assertThat(hidden()).isEmpty();
  }

  @Test
  void keep_nothing_isRefused() throws IOException {
    assertThatThrownBy(() -> StandardInput.keep(InputStream.nullInputStream(), out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Nothing came from standard input: a tar shard is expected there");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void keep_streamThatBreaks_saysWhy() throws IOException {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the pipe is gone");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("the pipe is gone");
          }
        };
    assertThatThrownBy(() -> StandardInput.keep(broken, out))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the pipe is gone");
    assertThat(hidden()).isEmpty();
  }

  @Test
  void keep_interrupted_endsThoughNothingComes() throws IOException {
    try (PipedOutputStream never = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(never)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> StandardInput.keep(in, out))
          .isInstanceOfSatisfying(SgidException.class, e -> assertThat(e.isCancelled()).isTrue());
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void augment_shardFromStandardInput_isMadeOnceAndNotGoneOnWith() throws IOException {
    byte[] shard = shard();

    assertThat(augment(shard)).as(stderr::toString).isEqualTo(ExitCode.OK);
    assertThat(out.resolve("bag/1-sgid-0.png")).exists();
    assertThat(hidden()).isEmpty();
    assertThat(augment(shard)).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString())
        .contains(
            out + " was begun by a former run, which can be gone on with only where the data set");
    assertThat(augment(shard, "--overwrite")).as(stderr::toString).isEqualTo(ExitCode.OK);
  }

  @Test
  void removeLeft_folders_takesThoseOfDeadProcessesAlone() throws IOException {
    Path dead = Files.createDirectory(folder.resolve(".sgid-stdin1"));
    Files.write(dead.resolve("lock"), new byte[0]);
    Files.write(dead.resolve("stdin.tar"), new byte[9]);
    Path begun = Files.createDirectory(folder.resolve(".sgid-stdin2")); // has no lock as yet
    try (StandardInput living =
        StandardInput.keep(new ByteArrayInputStream(new byte[3]), folder.resolve("other"))) {
      StandardInput.removeLeft(folder.resolve("out"));

      assertThat(dead).doesNotExist();
      assertThat(begun).exists();
      assertThat(living.file()).hasSize(3);
    }
  }

  @Test
  void next_fromStandardInput_doesNotPromiseToGoOn() {
    assertThat(Report.next(false))
        .startsWith(
            "what comes from standard input can't be gone on with: keep the shard in a file")
        .endsWith("--overwrite");
    assertThat(Report.next(true)).isEqualTo("the same command goes on from there");
  }

  @Test
  void augment_calibrationOnStandardInput_isRefusedWithWhatToDo() {
    assertThat(augment(new byte[1], "--guidance", "calibrated:0,1,3,7")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString())
        .contains("a schedule can't be calibrated on standard input")
        .contains("keep the shards in files and give these");
    assertThat(augment(new byte[1], "--keep", "consistent")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--keep: bounds can't be found in standard input");
    assertThat(out).doesNotExist();
  }

  private int augment(byte[] shard, String... options) {
    List<Object> args = new ArrayList<>(List.of("augment", "-", out, "--quiet", "--model", pack));
    args.addAll(List.of(options));
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(shard));
    try {
      return sgid(args.toArray());
    } finally {
      System.setIn(before);
    }
  }

  /** A shard of one sample, as sgid itself writes it. */
  private byte[] shard() throws IOException {
    BufferedImage image = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 3, 0x102030);
    Path ignored = write(in.resolve("bag/1.png"), image);
    Path shards = folder.resolve("shards");
    int code =
        sgid(
            "augment",
            in,
            shards,
            "--quiet",
            "--format",
            "webdataset",
            "--with-originals",
            "--when-rejected",
            "drop",
            "--model",
            pack);
    assertThat(code).as(stderr::toString).isZero();
    return Files.readAllBytes(shards.resolve("shard-000000.tar"));
  }

  private List<String> hidden() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> name.startsWith("."))
          .toList();
    }
  }
}
