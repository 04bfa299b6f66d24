package dev.sgid.onnx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.BackendOptions;
import dev.sgid.BackendOptions.Part;
import dev.sgid.Device;
import dev.sgid.OpenPack;
import dev.sgid.SgidException;
import dev.sgid.onnx.reference.TestGraph;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people have in place of a pack, and what they are told, in one line. */
class BadPacksTest {
  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3438167540\n";

  @TempDir Path folder;
  private Path pack = Path.of("");

  @BeforeEach
  void assemble() {
    pack = folder.resolve("pack");
    TinyPacks.assemble(pack, "tiny-sd1", "unet-external-data");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");
  }

  private AbstractThrowableAssert<?, ?> assertRefused(Path opened) {
    return assertRefused(opened, Map.of());
  }

  private AbstractThrowableAssert<?, ?> assertRefused(Path opened, Map<Part, Path> parts) {
    BackendOptions options = new BackendOptions(Device.CPU, 1, 0, 2, parts, Set.of(), null);
    return assertThatThrownBy(
            () -> {
              try (OpenPack open = new OnnxBackend().open(opened, options)) {
                throw new AssertionError("opened " + open.info());
              }
            })
        .isInstanceOf(SgidException.class)
        .hasMessageNotContaining("\n");
  }

  /** The file, with what {@code text} says a byte for each character. */
  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolve("..").normalize());
    return Files.write(file, text.getBytes(ISO_8859_1));
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Stable Diffusion as diffusers saves it. */
  private static Path pytorch(Path sd, String pipeline) throws IOException {
    write(sd.resolve("model_index.json"), "{\"_class_name\": \"" + pipeline + "\"}");
    write(sd.resolve("scheduler/scheduler_config.json"), "{}");
    for (String part : List.of("unet", "vae", "text_encoder")) {
      write(sd.resolve(part + "/config.json"), "{}");
      write(sd.resolve(part + "/model.safetensors"), "w");
    }
    return sd;
  }

  @Test
  void open_nothing_saysSo() {
    assertRefused(folder.resolve("no"))
        .hasMessage("There is no such folder of a model pack: " + folder.resolve("no"));
  }

  @Test
  void open_emptyFolder_saysWhatAPackIs() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertRefused(empty)
        .hasMessage(
            "The folder is empty; a pack is a folder with stable-diffusion, clip and blip in it, see"
                + " docs/packs.md: "
                + empty);
  }

  @Test
  void open_folderOfSomethingElse_saysWhatIsMissing() throws IOException {
    write(folder.resolve("photos/1.png"), "p");

    assertRefused(folder.resolve("photos"))
        .hasMessageStartingWith(
            "There is no part of a pack in it, neither blip nor clip nor stable-diffusion; a pack"
                + " is");
  }

  @Test
  void open_singleSafetensors_saysHowToExportIt() throws IOException {
    Path file = write(folder.resolve("sd15.safetensors"), "\2\0\0\0\0\0\0\0{\"a\": 1}");

    assertRefused(file)
        .hasMessageStartingWith("This is weights of PyTorch (safetensors), not a folder; python -c")
        .hasMessageContaining("from_single_file('" + file + "').save_pretrained('DIR')")
        .hasMessageContaining(
            "\"optimum-cli export onnx --model DIR --task text-to-image OUT\" ONNX of that");
  }

  @Test
  void open_checkpoint_saysHowToExportIt() throws IOException {
    Path zip = folder.resolve("sd15.ckpt");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("archive/data.pkl"));
    }
    Path pickle = write(folder.resolve("old.ckpt"), "\u0080\2}q\1.");

    for (Path file : List.of(zip, pickle)) {
      assertRefused(file)
          .hasMessageStartingWith("This is weights of PyTorch (a checkpoint), not a folder; python")
          .hasMessageContaining("--task text-to-image");
    }
  }

  @Test
  void open_folderOfASingleFile_saysHowToExportIt() throws IOException {
    Path dir = folder.resolve("download");
    write(dir.resolve("model.safetensors"), "w");

    assertRefused(dir)
        .hasMessageStartingWith("This is a folder of weights of PyTorch (model.safetensors)")
        .hasMessageContaining("from_single_file('" + dir.resolve("model.safetensors") + "')");
  }

  @Test
  void open_archives_saysHowToUnpackThem() throws IOException {
    Path zip = folder.resolve("pack.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("pack/sgid.json"));
    }
    Path gzip = write(folder.resolve("pack.tar.gz"), "\u001f\u008b\b\0");
    Path tar = write(folder.resolve("a pack.tar"), "pack/" + "\0".repeat(252) + "ustar\0");

    assertRefused(zip)
        .hasMessage(
            "This is a zip archive, not a folder; \"sgid models pull "
                + zip
                + " OUT\" unpacks it: "
                + zip);
    assertRefused(gzip).hasMessageStartingWith("This is a gzip archive, not a folder; \"sgid");
    assertRefused(tar)
        .hasMessageStartingWith("This is a tar archive, not a folder; \"sgid models pull '")
        .hasMessageContaining("a pack.tar' OUT\"");
  }

  @Test
  void open_anyOtherFile_saysThatItIsOne() throws IOException {
    assertRefused(write(folder.resolve("readme.md"), "# A pack"))
        .hasMessageStartingWith("This is a file, not a folder; a pack is a folder with");
    assertRefused(write(folder.resolve("model.gguf"), "GGUF\3"))
        .hasMessageStartingWith("This is weights in GGUF form");
    assertRefused(write(folder.resolve("model.h5"), "\u0089HDF\r\n"))
        .hasMessageStartingWith("This is weights in HDF5 form");
  }

  @Test
  void open_stableDiffusionItself_saysHowToMakeItAPart() {
    Path sd = pack.resolve("stable-diffusion");

    assertRefused(sd)
        .hasMessage(
            "This is the Stable Diffusion folder itself, not a pack; \"mkdir PACK && mv "
                + sd
                + " PACK/stable-diffusion\" makes it a part of one: "
                + sd);
  }

  @ParameterizedTest
  @CsvSource({"clip, a scorer's folder (clip), clip", "blip, a captioner's folder (blip), blip"})
  void open_anotherPartItself_saysHowToMakeItAPart(String part, String what, String name) {
    Path its = pack.resolve(part);

    assertRefused(its)
        .hasMessage(
            "This is "
                + what
                + ", not a pack; \"mkdir PACK && mv "
                + its
                + " PACK/"
                + name
                + "\" makes it a part of one: "
                + its);
  }

  @Test
  void open_partsOfPyTorchItself_saysHowToExportThem() throws IOException {
    Path clip = folder.resolve("clip-vit");
    write(clip.resolve("config.json"), "{\"model_type\": \"clip\"}");
    write(clip.resolve("model.safetensors"), "w");
    Path gpt = folder.resolve("vit-gpt2");
    write(gpt.resolve("config.json"), "{\"model_type\": \"vision-encoder-decoder\"}");
    write(gpt.resolve("pytorch_model.bin"), "w");
    Path bert = folder.resolve("bert");
    write(bert.resolve("config.json"), "{\"model_type\": \"bert\"}");

    assertRefused(clip)
        .hasMessageStartingWith("This is a scorer's folder (clip) of PyTorch, not a pack;")
        .hasMessageContaining("--task zero-shot-image-classification OUT\" makes ONNX of it");
    assertRefused(gpt)
        .hasMessageStartingWith("This is a captioner's folder (vision-encoder-decoder) of PyTorch")
        .hasMessageContaining("--task image-to-text-with-past OUT\" makes ONNX of it");
    assertRefused(bert)
        .hasMessageStartingWith("This is the folder of one model (bert), not a pack; a pack is");
  }

  @Test
  void open_pytorchFolder_saysHowToExportIt() throws IOException {
    Path itself = pytorch(folder.resolve("sd"), "StableDiffusionPipeline");
    delete(pack.resolve("stable-diffusion"));
    Path part = pytorch(pack.resolve("stable-diffusion"), "StableDiffusionXLPipeline");

    for (Path sd : List.of(itself, part)) {
      assertRefused(sd.equals(part) ? pack : sd)
          .hasMessage(
              "This is Stable Diffusion of PyTorch (text_encoder/model.safetensors), not of ONNX;"
                  + " \"optimum-cli export onnx --model "
                  + sd
                  + " --task text-to-image OUT\" makes ONNX of it: "
                  + sd);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"blip", "clip"})
  void open_partOfPyTorch_saysHowToExportIt(String part) throws IOException {
    Path its = pack.resolve(part);
    try (Stream<Path> files = Files.list(its)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".onnx")).toList()) {
        Files.delete(file);
      }
    }
    write(its.resolve("pytorch_model.bin"), "w");

    assertRefused(pack)
        .hasMessageStartingWith(
            "This is a model of PyTorch or another framework (pytorch_model.bin), not of ONNX; \"")
        .hasMessageContaining(
            part.equals("blip")
                ? "python tools/export/sgid_export.py --captioner " + its + " --out PACK"
                : "--model " + its + " --task zero-shot-image-classification OUT");
  }

  @ParameterizedTest
  @CsvSource({
    "StableDiffusion3Pipeline, Stable Diffusion 3",
    "FluxPipeline, FLUX",
    "FluxImg2ImgPipeline, FLUX",
    "ORTStableDiffusionInpaintPipeline, a model for inpainting",
    "StableDiffusionInstructPix2PixPipeline, 'InstructPix2Pix, which is told what to edit'",
    "StableDiffusionUpscalePipeline, a model that enlarges pictures",
    "KandinskyV22Pipeline, Kandinsky"
  })
  void open_pipelineThatIsNotRun_isNamed(String pipeline, String what) throws IOException {
    write(
        pack.resolve("stable-diffusion/model_index.json"),
        "{\"_class_name\": \"" + pipeline + "\"}");

    assertRefused(pack)
        .hasMessageStartingWith(
            "This is "
                + what
                + " ("
                + pipeline
                + "), which is not run; take Stable Diffusion 1, 2"
                + " or XL: ");
  }

  @Test
  void open_otherPipeline_isNamed() throws IOException {
    Path index = pack.resolve("stable-diffusion/model_index.json");
    write(index, "{\"_class_name\": \"NewPipeline\"}");
    assertRefused(pack).hasMessageStartingWith("This is another model (NewPipeline), which is not");

    Files.move(pack.resolve("stable-diffusion/unet"), pack.resolve("stable-diffusion/transformer"));
    Files.delete(index);
    assertRefused(pack).hasMessageStartingWith("This is a model with a transformer in place of");
  }

  @ParameterizedTest
  @CsvSource({"9, for inpainting", "8, of InstructPix2Pix", "5, that is also given depth"})
  void open_unetOfMoreChannels_isNamed(int channels, String what) throws IOException {
    Path config = pack.resolve("stable-diffusion/unet/config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\"in_channels\": *\\d+", "\"in_channels\": " + channels));

    assertRefused(pack)
        .hasMessageStartingWith(
            "This is a UNet "
                + what
                + " ("
                + channels
                + " latent channels), which is not run; take"
                + " the model it was made from: ");
  }

  @Test
  void open_graphFusedForAGpu_namesTheOperatorAndBothWaysOut() {
    Path unet = pack.resolve("stable-diffusion/unet/model.onnx");
    new TestGraph()
        .input("a", TestGraph.Element.FLOAT, 1, 8, 32)
        .input("b", TestGraph.Element.FLOAT, 32)
        .operator("com.microsoft", "BiasSplitGelu", List.of("a", "b"), "c", 1, 8, 16)
        .write(unet);

    assertRefused(pack)
        .hasMessage(
            "This graph was fused for a GPU (its BiasSplitGelu is not there on a CPU); run it with"
                + " --device cuda, or \"optimum-cli export onnx --model DIR OUT\" makes a graph that"
                + " runs anywhere: "
                + unet);
  }

  @Test
  void open_ortFile_saysWhatToTake() throws IOException {
    Path file = write(pack.resolve("clip/text_model.onnx"), "\u0018\0\0\0ORTM\0\0");

    assertRefused(pack)
        .hasMessage(
            "This is a graph in ONNX Runtime's own form (ORT), which fits one version of it only;"
                + " take the .onnx file it was made from: "
                + file);
  }

  @Test
  void open_externalDataMissing_namesTheFileAndTheGraph() throws IOException {
    Path data = pack.resolve("stable-diffusion/unet/model.onnx_data");
    Files.delete(data);

    assertRefused(pack)
        .hasMessage(
            "There is no such file that has weights of model.onnx; copy it beside the graph: "
                + data);
  }

  @Test
  void open_externalDataShort_saysByHowMuch() throws IOException {
    Path data = pack.resolve("stable-diffusion/unet/model.onnx_data");
    byte[] whole = Files.readAllBytes(data);
    Files.write(data, java.util.Arrays.copyOf(whole, whole.length / 2));

    assertRefused(pack)
        .hasMessageMatching(
            "The file that has weights of model.onnx is cut short: it has "
                + whole.length / 2
                + " bytes of at least \\d+; copy it anew from where it was published: .*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stable-diffusion/unet/model.onnx",
        "stable-diffusion/unet/model.onnx_data",
        "stable-diffusion/unet/config.json",
        "stable-diffusion/scheduler/scheduler_config.json",
        "stable-diffusion/tokenizer/tokenizer.json",
        "clip/config.json",
        "clip/tokenizer.json",
        "clip/vision_model.onnx",
        "blip/config.json",
        "blip/tokenizer.json",
        "blip/text_decoder.onnx",
        "sgid.json"
      })
  void open_gitLfsPointer_saysHowToFetchIt(String name) throws IOException {
    Path file = write(pack.resolve(name), POINTER);

    assertRefused(pack)
        .hasMessage(
            "This is a Git LFS pointer, which stands for a file that was not fetched; \"git -C "
                + file.getParent()
                + " lfs pull\" fetches it: "
                + file);
  }

  @Test
  void open_gitLfsPointersOfASlowTokenizer_areNoVocabulary() throws IOException {
    Files.delete(pack.resolve("blip/tokenizer.json"));
    Path words = write(pack.resolve("blip/vocab.txt"), POINTER);
    assertRefused(pack)
        .hasMessageStartingWith("This is a Git LFS")
        .hasMessageEndingWith("" + words);

    assemble();
    Files.delete(pack.resolve("clip/tokenizer.json"));
    Path merges = write(pack.resolve("clip/merges.txt"), POINTER);
    assertRefused(pack)
        .hasMessageStartingWith("This is a Git LFS")
        .hasMessageEndingWith("" + merges);
  }

  @ParameterizedTest
  @ValueSource(strings = {"clip/config.json", "blip/vision_model.onnx"})
  void open_savedWebPage_saysSo(String name) throws IOException {
    write(pack.resolve(name), "<!DOCTYPE html>\n<html><body>Sign in</body></html>");

    assertRefused(pack)
        .hasMessageStartingWith("This is a web page, saved in place of the file; fetch the file");
  }

  @ParameterizedTest
  @CsvSource({
    "SCORER, clip, a scorer",
    "CAPTIONER, blip, a captioner",
    "GENERATOR, stable-diffusion, a Stable Diffusion model"
  })
  void open_partMissingEmptyOrNoFolder_saysSo(Part role, String part, String what)
      throws IOException {
    Path its = pack.resolve(part);
    delete(its);
    assertRefused(pack).hasMessageStartingWith("The pack has no ").hasMessageEndingWith(": " + its);
    assertRefused(pack, Map.of(role, its))
        .hasMessage("There is no such folder of " + what + ": " + its);

    Files.createDirectory(its);
    assertRefused(pack).hasMessage("The folder of " + what + " is empty: " + its);

    Files.delete(its);
    write(its, "PK\3\4");
    assertRefused(pack)
        .hasMessageStartingWith("This is a zip archive, not a folder; \"sgid models");
  }

  @ParameterizedTest
  @CsvSource({
    "blip, clip",
    "clip, blip",
    "blip, stable-diffusion/tokenizer",
    "clip, stable-diffusion/tokenizer"
  })
  void open_tokenizerOfAnotherModel_saysSo(String from, String to) throws IOException {
    for (String name :
        List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "vocab.json",
            "merges.txt",
            "vocab.txt")) {
      Path target = pack.resolve(to).resolve(name);
      Files.deleteIfExists(target);
      if (Files.exists(pack.resolve(from).resolve(name))) {
        Files.copy(pack.resolve(from).resolve(name), target);
      }
    }

    assertRefused(pack)
        .hasMessageMatching(
            "This is the tokenizer of another model: its last token is \\d+, and the model knows"
                + " \\d+ \\(vocab_size\\); take the tokenizer's files that were published with the"
                + " model: "
                + java.util.regex.Pattern.quote("" + pack.resolve(to))
                + "/?");
  }

  @Test
  void open_partsFromElsewhere_areAllThatIsNeeded() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    BackendOptions options =
        new BackendOptions(
            Device.CPU,
            1,
            0,
            2,
            Map.of(
                Part.CAPTIONER, pack.resolve("blip"),
                Part.SCORER, pack.resolve("clip"),
                Part.GENERATOR, pack.resolve("stable-diffusion")),
            Set.of(),
            null);

    new OnnxBackend().open(empty, options).close();
  }
}
