package dev.sgid;

import static dev.sgid.TestClassPath.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sgid.testing.Concurrent;
import dev.sgid.testing.FakeBackend;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

class EmbeddedPackTest {
  private static final String CONFIG = "{\"name\": \"made up\"}";

  @TempDir Path folder;
  private Path cache = Path.of("");
  private Path jar = Path.of("");

  @BeforeEach
  void makeJar() throws Exception {
    cache = folder.resolve("cache");
    jar = jar(index("sgid.json", "unet/a model.onnx"));
  }

  @AfterEach
  void clearProperty() {
    System.clearProperty("sgid.cache");
  }

  private static String index(String... paths) throws Exception {
    StringBuilder index = new StringBuilder("pack made-up 1.2\nroot packs/made-up\n");
    for (String path : paths) {
      index.append(line(path));
    }
    return index.toString();
  }

  private static String line(String path) throws Exception {
    byte[] content = content(path);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
    return HexFormat.of().formatHex(digest) + " " + content.length + " " + path + "\n";
  }

  private static byte[] content(String path) {
    return utf8(path.equals("sgid.json") ? CONFIG : "weights of " + path);
  }

  /** A jar with this index and both files, the second one with spaces in its name. */
  private Path jar(String index) throws IOException {
    Path made = Files.createTempFile(folder, "pack", ".jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(made))) {
      TestClassPath.put(out, EmbeddedPack.INDEX, utf8(index));
      for (String path : List.of("sgid.json", "unet/a model.onnx")) {
        TestClassPath.put(out, "packs/made-up/" + path, content(path));
      }
    }
    return made;
  }

  private static void assertWhole(Path pack) {
    assertThat(pack.getFileName().toString()).startsWith("made-up-1.2-");
    assertThat(pack.resolve("sgid.json")).hasContent(CONFIG);
    assertThat(pack.resolve("unet").resolve("a model.onnx"))
        .hasContent("weights of unet/a model.onnx");
  }

  private List<String> inCache() throws IOException {
    try (Stream<Path> paths = Files.list(cache)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void unpack_firstTime_makesTheFolderAndNothingElseButItsLock() throws Exception {
    try (TestClassPath path = TestClassPath.of(jar)) {
      Path pack = EmbeddedPack.unpack(cache);

      assertWhole(pack);
      assertThat(inCache()).containsExactly(pack.getFileName() + "", pack.getFileName() + ".lock");
    }
  }

  @Test
  void unpack_secondTime_leavesTheFilesAlone() throws Exception {
    try (TestClassPath path = TestClassPath.of(jar)) {
      Path file = EmbeddedPack.unpack(cache).resolve("sgid.json");
      Object before = Files.readAttributes(file, "*").get("fileKey");

      Path again = EmbeddedPack.unpack(cache).resolve("sgid.json");

      assertThat(again).isEqualTo(file);
      assertThat(Files.readAttributes(again, "*").get("fileKey")).isEqualTo(before);
    }
  }

  @Test
  void unpack_damagedCache_isMadeAnew() throws Exception {
    try (TestClassPath path = TestClassPath.of(jar)) {
      Path pack = EmbeddedPack.unpack(cache);
      Files.writeString(pack.resolve("sgid.json"), CONFIG.replace('m', 'M'));
      assertWhole(EmbeddedPack.unpack(cache));

      Files.delete(pack.resolve("unet").resolve("a model.onnx"));
      assertWhole(EmbeddedPack.unpack(cache));
    }
  }

  @Test
  void unpack_halfLeftByAKilledProcess_isClearedAway() throws Exception {
    try (TestClassPath path = TestClassPath.of(jar)) {
      Path pack = EmbeddedPack.unpack(cache);
      Path half = cache.resolve(pack.getFileName() + ".unpacking");
      Files.move(pack, half);
      Files.writeString(half.resolve("sgid.json"), "{");

      assertWhole(EmbeddedPack.unpack(cache));
      assertThat(half).doesNotExist();
    }
  }

  @Test
  void unpack_eightThreadsAndADamagedCache_allGetItWhole() throws Exception {
    try (TestClassPath path = TestClassPath.of(jar)) {
      for (int round = 0; round < 5; round++) {
        List<Path> packs = Concurrent.call(8, () -> EmbeddedPack.unpack(cache));

        assertThat(packs).hasSize(8).containsOnly(packs.get(0));
        assertWhole(packs.get(0));
        Files.writeString(packs.get(0).resolve("sgid.json"), "damage");
      }
    }
  }

  @Test
  void unpack_threeCopiesOfTheLibraryInOneProcess_allGetItWhole() throws Exception {
    List<Callable<Path>> unpackings = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      URLClassLoader own = ownCopyOfTheLibrary();
      unpackings.add(
          () -> {
            Thread.currentThread().setContextClassLoader(own);
            Method unpack =
                own.loadClass(EmbeddedPack.class.getName()).getDeclaredMethod("unpack", Path.class);
            unpack.setAccessible(true);
            return (Path) requireNonNull(unpack.invoke(null, cache));
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      for (Future<Path> pack : threads.invokeAll(unpackings)) {
        assertWhole(pack.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  /** As a container gives each of its applications. */
  private URLClassLoader ownCopyOfTheLibrary() throws Exception {
    Path slf4j = Path.of(Logger.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<URL> urls = new ArrayList<>();
    for (Path path : List.of(Path.of("target", "classes"), slf4j, jar)) {
      urls.add(path.toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void unpack_twoProcesses_bothGetItWhole() throws Exception {
    Path slf4j = Path.of(Logger.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String classPath =
        Stream.of(Path.of("target", "classes"), Path.of("target", "test-classes"), slf4j, jar)
            .map(Path::toString)
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElseThrow();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(
                  java, "-Xmx64m", "-cp", classPath, "dev.sgid.UnpackMain", cache.toString())
              .redirectErrorStream(true)
              .start());
    }
    for (Process process : processes) {
      String printed = new String(process.getInputStream().readAllBytes(), UTF_8);

      assertThat(process.waitFor()).as(printed).isZero();
      assertWhole(Path.of(printed));
    }
  }

  @Test
  void unpack_property_isTaken() throws Exception {
    System.setProperty("sgid.cache", cache.toString());
    try (TestClassPath path = TestClassPath.of(jar)) {
      assertThat(EmbeddedPack.unpack(null)).hasParent(cache);
    }
  }

  @Test
  void open_packAndBackendOnTheClassPath_opensThePackInTheCacheFolder() throws Exception {
    Path backend = TestClassPath.backendJar(folder, FakeBackend.class);
    try (TestClassPath path = TestClassPath.of(jar, backend);
        Sgid sgid = Sgid.builder().withCacheFolder(cache).build()) {
      assertThat(sgid.settings().generation().steps()).isEqualTo(Steps.of(12));
      assertThat(inCache()).hasSize(2);
    }
  }

  @Test
  void build_packWithoutBackend_unpacksNothing() throws Exception {
    try (TestClassPath path = TestClassPath.of(jar)) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> Sgid.builder().withCacheFolder(cache).build())
          .withMessageStartingWith("There is no sgid backend");
      assertThat(cache).doesNotExist();
    }
  }

  @Test
  void unpack_noPack_saysWhatToAdd() {
    assertFails(
        "There is no model pack on the class path: add dev.sgid:sgid-models-mini, or open a pack's"
            + " folder with Sgid.open(Path)");
  }

  @Test
  void unpack_onePackInTwoJars_isThatPack() throws Exception {
    Path copy = Files.copy(jar, folder.resolve("copy.jar"));
    try (TestClassPath path = TestClassPath.of(jar, copy)) {
      assertWhole(EmbeddedPack.unpack(cache));
    }
  }

  @Test
  void unpack_twoPacks_namesBoth() throws Exception {
    Path other = jar(index("sgid.json"));
    try (TestClassPath path = TestClassPath.of(jar, other)) {
      assertFails("There is more than one model pack", jar.toString(), other.toString());
    }
  }

  @Test
  void unpack_jarInALoaderAndInItsParent_isOnePack() throws Exception {
    URL[] urls = {jar.toUri().toURL()};
    try (TestClassPath path = TestClassPath.of(jar);
        URLClassLoader child =
            new URLClassLoader(urls, Thread.currentThread().getContextClassLoader())) {
      Thread.currentThread().setContextClassLoader(child);

      assertWhole(EmbeddedPack.unpack(cache));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside",
        "/outside",
        "unet/../../outside",
        "unet//outside",
        "./a",
        "C:/a",
        "a\\b"
      })
  void unpack_pathThatLeadsOutside_isRefused(String outside) throws Exception {
    try (TestClassPath path = TestClassPath.of(jar(index("sgid.json", outside)))) {
      assertFails(
          "The embedded pack is damaged, ", "a path that may lead outside the pack: " + outside);
      assertThat(cache).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../made-up", "made/up", "", "a:b"})
  void unpack_nameThatIsNoPlainName_isRefused(String name) throws Exception {
    String index = index("sgid.json").replace("pack made-up", "pack " + name);
    try (TestClassPath path = TestClassPath.of(jar(index))) {
      assertFails("The embedded pack is damaged, ", "no pack line with a plain name and version");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "abc many sgid.json", "abc -1 sgid.json"})
  void unpack_lineThatMeansNothing_isNamed(String line) throws Exception {
    try (TestClassPath path = TestClassPath.of(jar(index("sgid.json") + line))) {
      assertFails("The embedded pack is damaged, ", "a line that can't be read: " + line);
    }
  }

  @Test
  void unpack_listedFileMissing_isNamed() throws Exception {
    try (TestClassPath path = TestClassPath.of(jar(index("vae/none.onnx")))) {
      assertFails("The embedded pack is damaged, ", "no file packs/made-up/vae/none.onnx");
    }
  }

  @Test
  void unpack_fileThatIsNotWhatIsListed_isNamedAndNothingStays() throws Exception {
    String wrong = line("sgid.json").replace(" sgid.json", " unet/a model.onnx");
    try (TestClassPath path = TestClassPath.of(jar(index() + wrong))) {
      assertFails("The embedded pack is damaged, ", "unet/a model.onnx is not what is listed");
      assertThat(inCache()).noneMatch(name -> !name.endsWith(".lock"));
    }
  }

  @Test
  void unpack_cacheThatIsAFile_saysHowToChooseAnother() throws Exception {
    Files.writeString(cache, "no folder");
    try (TestClassPath path = TestClassPath.of(jar)) {
      assertFails(
          "The embedded pack can't be unpacked to "
              + cache
              + " (something of that name is in the way: "
              + cache
              + "); choose another folder with -Dsgid.cache=FOLDER, SGID_CACHE or"
              + " Builder.withCacheFolder");
    }
  }

  private void assertFails(String start, String... parts) {
    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> EmbeddedPack.unpack(cache))
        .withMessageStartingWith(start)
        .satisfies(
            e -> {
              for (String part : parts) {
                assertThat(e).hasMessageContaining(part);
              }
            })
        .matches(e -> e.stage() == Stage.OPEN);
  }
}
