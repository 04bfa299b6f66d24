package dev.sgid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.BackendOptions;
import dev.sgid.BackendOptions.Part;
import dev.sgid.Device;
import dev.sgid.OpenPack;
import dev.sgid.SgidException;
import dev.sgid.onnx.reference.OwnJvm;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files a pack is, wherever they lie and whatever the paths to them look like. */
class PackFilesTest {
  private static String assembled = "";

  @TempDir Path folder;
  private Path pack = Path.of("");

  @BeforeEach
  void assemble() throws IOException {
    pack = folder.resolve("pack");
    TinyPacks.assemble(pack, "tiny-sd1", "unet-external-data");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");
    Files.writeString(pack.resolve("sgid.json"), "{\"name\": \"tiny\"}");
  }

  /** Of the pack as it is assembled, wherever that was. */
  private String digest() {
    if (assembled.isEmpty()) {
      assembled = digest(pack);
    }
    return assembled;
  }

  private String digest(Path of) {
    return digest(of, Map.of());
  }

  private String digest(Path of, Map<Part, Path> folders) {
    BackendOptions options =
        new BackendOptions(
            Device.CPU, 1, 0, 2, folders, Set.of(), true, folder.resolve("cache"), false, "");
    try (OpenPack open = new OnnxBackend().open(of, options)) {
      return open.digest();
    }
  }

  /** Prints the digest of each pack that is named, or why it can't be opened. */
  static final class Digests {
    public static void main(String[] paths) {
      for (String path : paths) {
        BackendOptions options =
            new BackendOptions(Device.CPU, 1, 0, 2, Map.of(), Set.of(), true, null, false, "");
        try (OpenPack open = new OnnxBackend().open(Path.of(path), options)) {
          System.out.println(open.digest());
        } catch (SgidException e) {
          System.out.println(path + ": " + e.getMessage());
        }
      }
    }
  }

  @Test
  void open_anyPathToIt_isTheSamePack() throws IOException {
    Files.writeString(
        pack.resolve("sgid.json"),
        "{\"files\": {\"clip/config.json\": {\"bytes\": "
            + Files.size(pack.resolve("clip/config.json"))
            + "}}}");
    Files.createSymbolicLink(folder.resolve("link"), pack);
    Files.createDirectories(folder.resolve("a/b"));
    Files.createSymbolicLink(pack.resolve("aside"), folder.resolve("a/b"));
    String printed =
        new OwnJvm()
            .in(pack)
            .run(
                Digests.class,
                ".",
                "./",
                "./.",
                "",
                "clip/..",
                "../pack",
                "../link",
                "../link/.",
                "aside/../../pack", // by way of the link, as the system takes it
                pack.toString(),
                pack + "/../pack/");

    assertThat(printed.lines()).as(printed).hasSize(11).containsOnly(digest(pack));
  }

  @ParameterizedTest
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it allows no such names")
  @ValueSource(
      strings = {
        "with space",
        "quotes ' \" $x `x`",
        "line\nbreak",
        "umlaut \u00fc",
        "\ud83d\ude00 beyond U+FFFF",
        "#?%20&;:*"
      })
  void open_anyName_works(String name) throws IOException {
    String expected = digest();

    assertThat(digest(Files.move(pack, folder.resolve(name)))).isEqualTo(expected);
  }

  @Test
  void digest_links_areWhatTheyLeadTo() throws IOException {
    Path links = Files.createDirectory(folder.resolve("links"));
    for (String part : List.of("stable-diffusion", "clip", "blip", "sgid.json")) {
      Files.createSymbolicLink(links.resolve(part), pack.resolve(part));
    }
    Path fileLinks = folder.resolve("file links");
    try (Stream<Path> files = Files.walk(pack)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path link = fileLinks.resolve(pack.relativize(file));
        Files.createDirectories(link.resolve("..").normalize());
        Files.createSymbolicLink(link, file);
      }
    }

    assertThat(digest(links)).isEqualTo(digest()).isEqualTo(digest(fileLinks));
  }

  @Test
  void digest_filesThatAreNotOpened_doNotCount() throws IOException {
    String before = digest();
    Files.createDirectories(pack.resolve(".git/objects"));
    Files.writeString(pack.resolve(".git/objects/aa"), "an object");
    Files.writeString(pack.resolve("clip/README.md"), "read me");
    Files.writeString(pack.resolve("stable-diffusion/unet/other.onnx_data"), "another one's");

    assertThat(digest(pack)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sgid.json",
        "clip/config.json",
        "clip/preprocessor_config.json",
        "clip/tokenizer.json",
        "clip/tokenizer_config.json",
        "blip/config.json",
        "blip/preprocessor_config.json",
        "blip/generation_config.json",
        "blip/tokenizer.json",
        "stable-diffusion/scheduler/scheduler_config.json",
        "stable-diffusion/unet/config.json",
        "stable-diffusion/unet/model.onnx_data",
        "stable-diffusion/text_encoder/config.json",
        "stable-diffusion/vae_decoder/config.json"
      })
  void digest_anyFileThatIsOpened_counts(String name) throws IOException {
    String before = digest();
    Path file = pack.resolve(name);
    Files.writeString(file, "\n", StandardOpenOption.APPEND);

    assertThat(digest(pack)).isNotEqualTo(before);
  }

  /** What it says of Stable Diffusion 1 and 2 changes no picture. */
  @Test
  void digest_indexOfThePipeline_countsForStableDiffusionXlOnly() throws IOException {
    String before = digest();
    Path index = pack.resolve("stable-diffusion/model_index.json");
    Files.writeString(index, "\n", StandardOpenOption.APPEND);
    assertThat(digest(pack)).isEqualTo(before);

    Path xl = TinyPacks.assemble(folder.resolve("xl"), "tiny-sd1", "tiny-sdxl");
    Map<Part, Path> generator = Map.of(Part.GENERATOR, xl.resolve("stable-diffusion"));
    List<String> digests = new ArrayList<>(List.of(digest(pack, generator)));
    for (String name :
        List.of("model_index.json", "text_encoder_2/config.json", "tokenizer_2/tokenizer.json")) {
      Path file = xl.resolve("stable-diffusion").resolve(name);
      Files.writeString(file, "\n", StandardOpenOption.APPEND);
      digests.add(digest(pack, generator));
    }
    assertThat(digests).doesNotHaveDuplicates();
  }

  @Test
  void digest_partsFromElsewhere_countAsThePacksOwnDo() throws IOException {
    Path clip = TinyPacks.assembleBeside(folder.resolve("my clip"), "tiny-clip");
    Path blip = TinyPacks.assembleBeside(folder.resolve("my blip"), "tiny-blip");
    String own = digest();

    assertThat(digest(pack, Map.of(Part.CAPTIONER, blip, Part.SCORER, clip))).isEqualTo(own);
    Files.writeString(clip.resolve("config.json"), "\n", StandardOpenOption.APPEND);
    assertThat(digest(pack, Map.of(Part.CAPTIONER, blip, Part.SCORER, clip))).isNotEqualTo(own);
    assertThat(digest(pack, Map.of(Part.CAPTIONER, blip))).isEqualTo(own);
  }

  @Test
  void digest_closedPack_isTheOneComputedOrSaysSo() {
    BackendOptions options =
        new BackendOptions(
            Device.CPU, 1, 0, 2, Map.of(), Set.of(), true, folder.resolve("cache"), false, "");
    OpenPack open = new OnnxBackend().open(pack, options);
    String digest = open.digest();
    open.close();

    assertThat(open.digest()).isEqualTo(digest);
  }

  @Test
  void open_danglingLink_namesIt() throws IOException {
    Path file = pack.resolve("clip/text_model.onnx");
    Files.delete(file);
    Files.createSymbolicLink(file, folder.resolve("nowhere"));

    assertThatThrownBy(() -> digest(pack))
        .isInstanceOf(SgidException.class)
        .hasMessageEndingWith(": " + file);
  }
}
