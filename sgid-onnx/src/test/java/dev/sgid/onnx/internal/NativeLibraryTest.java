package dev.sgid.onnx.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.NativeLibrary.Loader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a file of the tests in a library's place; what loads it is made up. */
class NativeLibraryTest {
  private static final List<String> FILE = List.of("landscape-64x48.png");

  @TempDir Path cache;
  private final List<Path> tried = new ArrayList<>();

  private static NativeLibrary library() {
    return NativeLibrary.find(
            "The library",
            "library-here",
            "Here",
            NativeLibraryTest.class,
            "/dev/sgid/onnx/images/",
            FILE,
            List.of("none.png"))
        .orElseThrow();
  }

  private Loader takenUntil(int copy) {
    return folder -> {
      tried.add(folder);
      if (tried.size() < copy) {
        throw new UnsatisfiedLinkError(
            "Native Library " + folder + "/x already loaded in another classloader");
      }
    };
  }

  @Test
  void load_firstLoader_takesTheFirstCopyWhole() throws IOException {
    library().load(cache, takenUntil(1));

    assertThat(tried).singleElement().asString().contains("library-here-");
    assertThat(Files.readAllBytes(tried.get(0).resolve(FILE.get(0))))
        .isEqualTo(
            NativeLibraryTest.class
                .getResourceAsStream("/dev/sgid/onnx/images/" + FILE.get(0))
                .readAllBytes());
  }

  @Test
  void load_anotherProcess_takesTheSameFile() throws IOException {
    library().load(cache, takenUntil(1));
    Object before = Files.readAttributes(tried.get(0), "*").get("fileKey");

    library().load(cache, takenUntil(1));

    assertThat(tried.get(1)).isEqualTo(tried.get(0));
    assertThat(Files.readAttributes(tried.get(1), "*").get("fileKey")).isEqualTo(before);
  }

  @Test
  void load_damagedOfTheSameSize_isMadeAnew() throws IOException {
    library().load(cache, takenUntil(1));
    Path file = tried.get(0).resolve(FILE.get(0));
    byte[] content = Files.readAllBytes(file);
    Files.write(file, new byte[content.length]);

    library().load(cache, takenUntil(1));

    assertThat(Files.readAllBytes(file)).isEqualTo(content);
  }

  @Test
  void load_copiesTakenByOtherClassLoaders_takesTheNext() {
    library().load(cache, takenUntil(3));

    assertThat(tried).doesNotHaveDuplicates().hasSize(3);
    assertThat(tried.get(2).toString()).isEqualTo(tried.get(0) + "-3");
  }

  @Test
  void load_tooManyClassLoaders_namesTheRemedyThatHelps() {
    assertThatThrownBy(() -> library().load(cache, takenUntil(100)))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "The library is loaded by 8 class loaders of this JVM already: put sgid and the libraries"
                + " it needs where one class loader has them for all applications (a server's shared"
                + " libraries)");
  }

  @Test
  void load_folderThatForbidsExecution_namesFolderReasonAndSetting() {
    Loader noexec =
        folder -> {
          tried.add(folder);
          throw new UnsatisfiedLinkError(
              folder + "/x.so: " + folder + "/x.so: failed to map segment from shared object");
        };

    assertThatThrownBy(() -> library().load(cache, noexec))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "The library can't be loaded from "
                + tried.get(0)
                + " (x.so: x.so: failed to map segment from shared object). If the folder forbids"
                + " execution (noexec), choose another folder with -Dsgid.cache=FOLDER, SGID_CACHE or"
                + " Builder.withCacheFolder. The library exists for Here");
  }

  @Test
  void load_cacheThatIsAFile_namesItAndTheSetting() throws IOException {
    Path file = Files.write(cache.resolve("file"), "x".getBytes(UTF_8));

    assertThatThrownBy(() -> library().load(file, takenUntil(1)))
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith(
            "The library can't be unpacked to " + file + " (something of that name is in the way: ")
        .hasMessageEndingWith(
            "choose another folder with -Dsgid.cache=FOLDER, SGID_CACHE or Builder.withCacheFolder");
  }

  @Test
  void find_nothingForThisPlatform_isEmpty() {
    assertThat(
            NativeLibrary.find(
                "The library",
                "library",
                "Here",
                NativeLibraryTest.class,
                "/none/",
                List.of("library.so"),
                List.of()))
        .isEmpty();
  }
}
