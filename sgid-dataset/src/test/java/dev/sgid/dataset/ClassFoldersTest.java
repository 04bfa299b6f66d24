package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassFoldersTest {
  private final Path in;

  ClassFoldersTest(@TempDir Path in) {
    this.in = in;
  }

  @Test
  void read_classFolders_givesImagesInOrder() throws IOException {
    files("dog/2.png", "dog/10.PNG", "cat/b.jpeg", "cat/sub/a.webp", "Zebra/z.gif");

    ClassFolders found = ClassFolders.read(in);

    assertThat(found.sources())
        .extracting(Source::source)
        .containsExactly("Zebra/z.gif", "cat/b.jpeg", "cat/sub/a.webp", "dog/10.PNG", "dog/2.png");
    assertThat(found.sources())
        .extracting(Source::label)
        .containsExactly("Zebra", "cat", "cat", "dog", "dog");
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

    ClassFolders found = ClassFolders.read(in);

    assertThat(found.sources()).extracting(Source::source).containsExactly("cat/a.png");
    assertThat(found.ignored()).containsExactly("cat/notes.txt", "loose.png");
  }

  @Test
  void read_socketNamedLikeAnImage_ignoresIt() throws IOException {
    files("cat/a.png");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(in.resolve("cat/b.png")));

      ClassFolders found = ClassFolders.read(in);

      assertThat(found.sources()).extracting(Source::source).containsExactly("cat/a.png");
      assertThat(found.ignored()).containsExactly("cat/b.png");
    }
  }

  @Test
  void read_linkToAFolder_followsIt(@TempDir Path elsewhere) throws IOException {
    Files.createFile(elsewhere.resolve("a.png"));
    Files.createSymbolicLink(in.resolve("cat"), elsewhere);

    assertThat(ClassFolders.read(in).sources())
        .extracting(Source::source)
        .containsExactly("cat/a.png");
  }

  @Test
  void read_linkInALoop_isRefused() throws IOException {
    files("cat/a.png");
    Files.createSymbolicLink(in.resolve("cat/again"), in);

    assertThatThrownBy(() -> ClassFolders.read(in))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            in + " has a link that leads back to a folder above it: " + in.resolve("cat/again"));
  }

  @Test
  void read_noFolder_isRefused() throws IOException {
    Path file = Files.createFile(in.resolve("file"));

    assertThatThrownBy(() -> ClassFolders.read(in.resolve("nowhere")))
        .isInstanceOf(DatasetException.class)
        .hasMessage("There is no folder " + in.resolve("nowhere"));
    assertThatThrownBy(() -> ClassFolders.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessage(file + " is not a folder");
  }

  @Test
  void read_imagesInNoClassFolder_saysHowTheyMustLie() throws IOException {
    files("a.png");

    assertThatThrownBy(() -> ClassFolders.read(in))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            "There are no images in "
                + in
                + ": it must hold one folder per class, like "
                + in.resolve("cat/1.jpg")
                + ", and holds a.png");
  }

  @Test
  void read_folderNameThatIsNoLabel_isRefused() throws IOException {
    files("_/a.png");

    assertThatThrownBy(() -> ClassFolders.read(in))
        .isInstanceOf(DatasetException.class)
        .hasMessage("The folder name \"_\" of _/a.png is no label");
  }

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = in.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }
}
