package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassFoldersTest {
  private final Path in;

  ClassFoldersTest(@TempDir Path in) {
    this.in = in;
  }

  @Test
  void read_classFolders_givesImagesInOrder() throws IOException {
    files("dog/2.png", "dog/10.PNG", "cat/b.jpeg", "Zebra/z.gif");

    ClassFolders found = read();

    assertThat(found.sources())
        .extracting(Source::source)
        .containsExactly("Zebra/z.gif", "cat/b.jpeg", "dog/10.PNG", "dog/2.png");
    assertThat(found.sources())
        .extracting(Source::label)
        .containsExactly("Zebra", "cat", "dog", "dog");
  }

  @Test
  void read_otherFiles_ignoresThem() throws IOException {
    files(
        "cat/a.png",
        "cat/notes.txt",
        "loose.png",
        "cat/.hidden.png",
        ".git/x/b.png",
        "cat/._a.png");

    ClassFolders found = read();

    assertThat(found.sources()).extracting(Source::source).containsExactly("cat/a.png");
    assertThat(found.ignored()).containsExactly("cat/notes.txt", "loose.png");
  }

  @Test
  void read_socketNamedLikeAnImage_ignoresIt() throws IOException {
    files("cat/a.png");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(in.resolve("cat/b.png")));

      ClassFolders found = read();

      assertThat(found.sources()).extracting(Source::source).containsExactly("cat/a.png");
      assertThat(found.ignored()).containsExactly("cat/b.png");
    }
  }

  @Test
  void read_noFolder_isRefused() throws IOException {
    Path file = Files.createFile(in.resolve("file"));

    assertThatThrownBy(() -> DatasetReader.classFolders(in.resolve("nowhere")))
        .isInstanceOf(DatasetException.class)
        .hasMessage("There is no folder or file " + in.resolve("nowhere"));
    assertThatThrownBy(() -> DatasetReader.classFolders(file))
        .isInstanceOf(DatasetException.class)
        .hasMessage(file + " is not a folder");
  }

  @Test
  void read_imagesInNoClassFolder_saysHowTheyMustLie() throws IOException {
    files("a.png");

    assertThatThrownBy(() -> read())
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            "There are no images in "
                + in
                + ": it must hold one folder per class, like "
                + in.resolve("cat/1.jpg")
                + ", or images and a metadata.jsonl with a file_name and a label for each; it holds"
                + " a.png");
  }

  @Test
  void read_folderNameThatIsNoLabel_isRefused() throws IOException {
    files("_/a.png");

    assertThatThrownBy(() -> read())
        .isInstanceOf(DatasetException.class)
        .hasMessage("The folder name \"_\" in " + in + " is no label");
  }

  @Test
  void read_folderOfImagesInAClassFolder_isRefusedByName() throws IOException {
    files("cat/a.png", "cat/sub/b.png");

    assertThatThrownBy(() -> read())
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            in.resolve("cat")
                + " holds a folder of images, sub, where the images of one class are expected: move"
                + " them up, take the folder away, or give the folder that holds the class folders"
                + " itself");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b/c.png", "data/train/cat/1.png", "2024/cat/1.png", "cat/x/y/z/1.png"})
  void read_deeperNesting_isRefused(String name) throws IOException {
    files("dog/1.png", name);

    assertThatThrownBy(() -> read())
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(" holds a folder of images, ");
  }

  @Test
  void read_folderWithoutImagesInAClassFolder_ignoresIt() throws IOException {
    files("cat/a.png", "cat/notes/x.txt", "cat/.ipynb_checkpoints/a.png");
    Files.createDirectories(in.resolve("cat/empty"));

    ClassFolders found = read();

    assertThat(found.sources()).extracting(Source::source).containsExactly("cat/a.png");
    assertThat(found.ignored()).containsExactly("cat/empty", "cat/notes");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "names are any bytes there only")
  void read_namesThatAreNoText_areToldApart() throws IOException {
    undecodable("cat/caf%E9.png", "cat/caf%E8.png", "cat/%FF.png", "cat/caf%C3%A9.png");

    ClassFolders found = read();

    assertThat(found.sources())
        .extracting(Source::source)
        .containsExactly("cat/%FF.png", "cat/caf%E8.png", "cat/caf%E9.png", "cat/caf\u00e9.png");
    for (Source source : found.sources()) {
      assertThat(source.file()).exists();
    }
    assertThat(found.failures()).isEmpty();
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "names are any bytes there only")
  void read_nameThatIsAnothersBytes_isAFailure() throws IOException {
    undecodable("cat/caf%E9.png", "cat/caf%25E9.png");

    ClassFolders found = read();

    assertThat(found.sources()).extracting(Source::source).containsExactly("cat/caf%E9.png");
    assertThat(found.sources().get(0).file().getFileName()).hasToString("caf%E9.png");
    assertThat(found.failures())
        .containsExactly(
            new Failure(
                "cat/caf%E9.png",
                "its name is no text that can be read (UTF-8), and prints like another's: rename"
                    + " it"));
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "names are any bytes there only")
  void read_classFoldersWhoseNamesAreNoText_areFailures() throws IOException {
    undecodable("%B9%B7/1.png", "%C4%F1/1.png", "%C4%F1/2.png", "cat/1.png");

    ClassFolders found = read();

    assertThat(found.sources()).extracting(Source::source).containsExactly("cat/1.png");
    assertThat(found.failures()).extracting(Failure::source).containsExactly("%B9%B7", "%C4%F1");
    assertThat(found.failures().get(0).reason())
        .isEqualTo(
            "the folder's name is no text that can be read (UTF-8), so it is no label: rename it");
  }

  private ClassFolders read() {
    return ClassFolders.read(in, Links.in(in));
  }

  /** Names as a {@code file:} URI has them. */
  private void undecodable(String... names) throws IOException {
    for (String name : names) {
      Path file = Path.of(URI.create(in.toUri() + name));
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = in.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }
}
