package dev.sgid.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.internal.Unpacking.CantUnpack;
import dev.sgid.internal.Unpacking.DamagedSource;
import dev.sgid.internal.Unpacking.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code EmbeddedPackTest} does not say of it. */
class UnpackingTest {
  private final String temporaryBefore = System.getProperty("java.io.tmpdir");

  @TempDir Path folder;
  private Path source = Path.of("");

  @BeforeEach
  void writeSource() throws IOException {
    source = Files.writeString(folder.resolve("source"), "content");
    System.setProperty("java.io.tmpdir", Files.createDirectory(folder.resolve("tmp")).toString());
  }

  @AfterEach
  void restoreTemporaryFolder() {
    System.setProperty("java.io.tmpdir", temporaryBefore);
  }

  private Unpacking unpacking(String expected) throws IOException {
    Item item =
        new Item(
            "a/b.txt",
            7,
            in -> new String(in.readAllBytes(), UTF_8),
            expected,
            source.toUri().toURL());
    return new Unpacking("things", List.of(item));
  }

  @Test
  void in_namedFolderThatCanNotBeMade_saysFolderReasonAndRemedy() {
    Path file = source;

    assertThatThrownBy(() -> unpacking("content").in(file))
        .isInstanceOf(CantUnpack.class)
        .hasMessage(
            "can't be unpacked to "
                + file
                + " (something of that name is in the way: "
                + file
                + "); choose another folder with -Dsgid.cache=FOLDER, SGID_CACHE or"
                + " Builder.withCacheFolder");
  }

  @Test
  void inOrElsewhere_usersFolderThatCanNotBeMade_takesTheTemporaryOne() throws IOException {
    Path unpacked = unpacking("content").inOrElsewhere(new CacheFolder(source, false));

    assertThat(unpacked).startsWith(folder.resolve("tmp"));
    assertThat(unpacked.resolve("a/b.txt")).hasContent("content");
  }

  @Test
  void in_sourceThatIsNotAsListed_leavesNothingAndLooksNowhereElse() throws IOException {
    Path cache = folder.resolve("cache");

    assertThatThrownBy(() -> unpacking("another").in(cache))
        .isInstanceOf(DamagedSource.class)
        .hasMessage("a/b.txt is not what is listed");
    try (var left = Files.list(cache)) {
      assertThat(left).containsExactly(cache.resolve("things.lock"));
    }
  }

  @Test
  void in_danglingLinkInTheFoldersPlace_isReplaced() throws IOException {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    Files.createSymbolicLink(cache.resolve("things"), folder.resolve("nowhere"));

    assertThat(unpacking("content").in(cache).resolve("a/b.txt")).hasContent("content");
    assertThat(folder.resolve("nowhere")).doesNotExist();
  }

  @Test
  void in_wholeFolderBehindALink_isTakenAsItIs() throws IOException {
    Path cache = folder.resolve("cache");
    Path whole = unpacking("content").in(folder.resolve("other"));
    Files.createDirectory(cache);
    Files.createSymbolicLink(cache.resolve("things"), whole);

    assertThat(unpacking("content").in(cache)).isSymbolicLink();
  }
}
