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
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandardInputTest {
  private final Path folder;
  private final Path out;
  private final StringWriter stderr = new StringWriter();

  StandardInputTest(@TempDir Path folder) {
    this.folder = folder;
    this.out = folder.resolve("out");
  }

  @BeforeEach
  void pack() throws IOException {
    CommandBackend.reset();
    Files.createDirectories(folder.resolve("pack"));
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
  void augment_calibrationOnStandardInput_isRefusedWithWhatToDo() {
    assertThat(augment(new byte[1], "--guidance", "calibrated:0,1,3,7")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString())
        .contains("a schedule can't be calibrated on standard input")
        .contains("keep the shards in files and give these");
    assertThat(augment(new byte[1], "--keep", "consistent")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--keep: bounds can't be found in standard input");
    assertThat(out).doesNotExist();
  }

  private int augment(byte[] in, String... options) {
    List<String> args = new ArrayList<>(List.of("augment", "-", out.toString(), "--quiet"));
    args.addAll(List.of("--model", folder.resolve("pack").toString()));
    args.addAll(List.of(options));
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(in));
    try {
      return Main.run(
          Main.commandLine().setErr(new PrintWriter(stderr, true)), args.toArray(String[]::new));
    } finally {
      System.setIn(before);
    }
  }

  /** A shard of one sample, as sgid itself writes it. */
  private byte[] shard() throws IOException {
    Path in = folder.resolve("in/bag");
    Files.createDirectories(in);
    BufferedImage image = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 3, 0x102030);
    ImageIO.write(image, "png", in.resolve("1.png").toFile());
    Path shards = folder.resolve("shards");
    int code =
        Main.run(
            Main.commandLine().setErr(new PrintWriter(stderr, true)),
            "augment",
            folder.resolve("in").toString(),
            shards.toString(),
            "--quiet",
            "--format",
            "webdataset",
            "--with-originals",
            "--when-rejected",
            "drop",
            "--model",
            folder.resolve("pack").toString());
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
