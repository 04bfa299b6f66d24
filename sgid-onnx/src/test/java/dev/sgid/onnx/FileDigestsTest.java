package dev.sgid.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDigestsTest {
  private static final InstantSource LATER = () -> Instant.now().plusSeconds(60);

  @TempDir Path folder;
  private Path file = Path.of("");
  private Path memory = Path.of("");

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(folder.resolve("weights"), "weights");
    memory = folder.resolve("memory");
  }

  private FileDigests digests(long large) {
    return new FileDigests(memory, large, LATER);
  }

  private List<Path> notes() throws IOException {
    try (Stream<Path> notes = Files.list(memory)) {
      return notes.toList();
    }
  }

  /** A note that says something else shows that it was read. */
  private void forge(String digest) throws IOException {
    Path note = notes().get(0);
    Files.writeString(note, digest + Files.readString(note).substring(64));
  }

  @Test
  void of_file_isItsSha256() throws IOException {
    assertThat(digests(1).of(file))
        .isEqualTo(
            "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"); // by sha256sum
  }

  @Test
  void of_largeFileAgain_isRemembered() throws IOException {
    digests(7).of(file);
    forge("f".repeat(64));

    assertThat(digests(7).of(file)).isEqualTo("f".repeat(64));
  }

  @Test
  void of_linkToARememberedFile_isRemembered() throws IOException {
    digests(7).of(file);
    forge("f".repeat(64));

    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(digests(7).of(link)).isEqualTo("f".repeat(64));
  }

  @Test
  void of_smallFile_isForgotten() throws IOException {
    digests(8).of(file);

    assertThat(memory).doesNotExist();
  }

  @Test
  void of_fileChangedSinceWithSizeAndTimeSetBack_isReadAgain() throws IOException {
    FileTime before = Files.getLastModifiedTime(file);
    digests(7).of(file);
    Files.delete(file);
    Files.writeString(file, "changed");
    Files.setLastModifiedTime(file, before);

    assertThat(digests(7).of(file)).isEqualTo(Sha256.hex(Files.readAllBytes(file)));
  }

  @Test
  void of_fileChangedAMomentAgo_isNotRememberedYet() throws IOException {
    new FileDigests(memory, 7, () -> Instant.now()).of(file);

    assertThat(memory).doesNotExist();
  }

  @Test
  void of_damagedNote_isReadAgainAndPutRight() throws IOException {
    String digest = digests(7).of(file);
    Files.writeString(notes().get(0), "damage");

    assertThat(digests(7).of(file)).isEqualTo(digest);
    assertThat(Files.readString(notes().get(0))).startsWith(digest);
  }

  @Test
  void of_memoryThatCanNotBeWritten_isNoMatter() throws IOException {
    Files.writeString(memory, "a file");

    assertThat(digests(7).of(file)).isEqualTo(Sha256.hex(Files.readAllBytes(file)));
  }
}
