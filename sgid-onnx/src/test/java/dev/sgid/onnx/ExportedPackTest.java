package dev.sgid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Augmentation;
import dev.sgid.BackendOptions;
import dev.sgid.Device;
import dev.sgid.GuidanceSchedule;
import dev.sgid.OpenPack;
import dev.sgid.Sgid;
import dev.sgid.onnx.reference.Golden;
import dev.sgid.onnx.reference.TestModels;
import dev.sgid.onnx.reference.TinyPacks;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tools/export} writes, by {@code tools/reference/exported_pack.py}. */
class ExportedPackTest {
  private static final double FLOAT16 = 2e-2;
  private static final BackendOptions CPU =
      new BackendOptions(Device.CPU, 1, 0, 2, Map.of(), Set.of(), true, null, false, "");

  @TempDir Path pack;
  private JsonObject manifest;

  @BeforeEach
  void unpack() throws IOException {
    try (InputStream in = Golden.open("models/exported.zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = pack.resolve(entry.getName());
        Files.createDirectories(file.resolve("..").normalize());
        Files.copy(zip, file);
      }
    }
    manifest =
        JsonParser.parseString(Files.readString(pack.resolve("sgid.json"))).getAsJsonObject();
    TinyPacks.assemble(pack, "tiny-sd1"); // its Stable Diffusion would be as large again
  }

  private Sgid open() {
    return Sgid.builder(pack).withDevice(Device.CPU).withGeneration(g -> g.withSteps(4)).build();
  }

  @Test
  void open_exported_guidanceIsThatOfItsImages() {
    try (Sgid sgid = open()) {
      String guidance = manifest.getAsJsonObject("defaults").get("guidance").getAsString();
      assertThat(sgid.settings().guidance()).isEqualTo(GuidanceSchedule.parse(guidance));
    }
  }

  @Test
  void augment_exported_hasCaptionAndDomainDistance() {
    try (Sgid sgid = open()) {
      BufferedImage image = TestModels.image("square-48x48");
      Augmentation copy = sgid.augment(image, "bag");

      assertThat(copy.caption()).isNotBlank();
      assertThat(copy.domainDistance()).isPresent();
      assertThat(copy.picture().reproducible()).isTrue();
    }
  }

  /** Of the model in float32, whose weights the pack has in float16. */
  @Test
  void embed_exported_cosinesOfTransformers() {
    float[] expected = Golden.floats(Golden.read("models/exported.json.gz").get("cosines"));
    try (OpenPack open = new OnnxBackend().open(pack, CPU)) {
      List<float[]> images =
          open.scorer()
              .embedImages(
                  Stream.of("square-48x48", "landscape-64x48", "gray-28x28")
                      .map(TestModels::image)
                      .toList());
      List<float[]> texts = open.scorer().embedTexts(List.of("a photo of a boot", "a bag"));
      for (int i = 0; i < expected.length; i++) {
        float[] image = images.get(i / texts.size());
        float[] text = texts.get(i % texts.size());
        double cosine = 0;
        for (int j = 0; j < text.length; j++) {
          cosine += (double) image[j] * text[j];
        }
        assertThat(cosine).isCloseTo(expected[i], within(FLOAT16));
      }
    }
  }
}
