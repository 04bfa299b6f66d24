package dev.sgid.onnx.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.onnx.internal.text.TokenizersNatives;
import dev.sgid.onnx.reference.OwnJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM loads the libraries once, so each case takes one of its own. */
class OrtLibrariesTest {
  @TempDir Path folder;
  private Path cache = Path.of("");
  private Path temporary = Path.of("");

  @BeforeEach
  void makeFolders() throws IOException {
    cache = folder.resolve("the cache");
    temporary = Files.createDirectory(folder.resolve("tmp"));
  }

  /** Loads both libraries, prints what has changed and is killed. */
  static final class Loading {
    public static void main(String[] args) {
      Properties before = (Properties) System.getProperties().clone();
      Placement.loadRuntime(null);
      TokenizersNatives.load(null);
      System.out.println(Placement.runtime());
      System.getProperties()
          .forEach(
              (name, value) -> {
                if (!value.equals(before.get(name))) {
                  System.out.println("changed: " + name);
                }
              });
      Runtime.getRuntime().halt(0);
    }
  }

  private String load(String... options) throws IOException {
    return new OwnJvm()
        .options("-Dsgid.cache=" + cache, "-Djava.io.tmpdir=" + temporary)
        .options(options)
        .run(Loading.class);
  }

  private static List<String> in(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void load_killedProcesses_leaveTheCacheAloneAndNothingElse() throws IOException {
    String printed = load();
    List<String> unpacked = in(cache);
    load();

    assertThat(printed).contains("ONNX Runtime 1.").doesNotContain("changed");
    assertThat(unpacked).isEqualTo(in(cache)).hasSize(4); // two folders and their locks
    assertThat(unpacked).filteredOn(name -> name.startsWith("onnxruntime-")).hasSize(2);
    assertThat(unpacked).filteredOn(name -> name.startsWith("tokenizers-")).hasSize(2);
    assertThat(in(temporary)).isEmpty();
  }

  @Test
  void load_pathSetByTheApplication_isKept() throws IOException {
    load();
    String name =
        in(cache).stream().filter(n -> n.matches("onnxruntime.*[^k]")).findFirst().orElseThrow();
    Path own = Files.move(cache.resolve(name), folder.resolve("own"));

    String printed = load("-Donnxruntime.native.path=" + own);

    assertThat(printed).contains("ONNX Runtime 1.").doesNotContain("changed");
    assertThat(cache.resolve(name)).doesNotExist();
  }

  @Test
  void load_noTemporaryFolder_namesTheSettingThatMovesIt() throws IOException {
    Path none = folder.resolve("none");

    assertThat(load("-Djava.io.tmpdir=" + none))
        .contains("ONNX Runtime can't make its temporary folder (no such file or folder: " + none)
        .contains("); choose another place with -Djava.io.tmpdir=FOLDER");
  }
}
