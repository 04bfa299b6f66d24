package dev.sgid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.onnx.blip.BlipCaptioner;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.reference.TestModels;
import dev.sgid.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionersTest {
  @TempDir Path folder;
  private final Owned owned = new Owned();

  @BeforeEach
  void copy() {
    TestModels.copy("tiny-blip", folder);
  }

  @AfterEach
  void close() {
    owned.close();
  }

  @Test
  void open_modelTypeBlip_blip() {
    assertThat(open(null)).isInstanceOf(BlipCaptioner.class);
  }

  @Test
  void open_noModelType_blip() throws IOException {
    modelType(null);

    assertThat(open(null)).isInstanceOf(BlipCaptioner.class);
  }

  @Test
  void open_otherModelType_namedWithWhatThereIs() throws IOException {
    modelType("git");

    assertThatThrownBy(() -> open(null))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "\"model_type\" must be that of a captioner, blip or vision-encoder-decoder, but is \"git\": "
                + folder.resolve("config.json"));
  }

  @Test
  void open_packWantsAPrefix_everyCaptionBeginsWithIt() {
    Captioner captioner = open("{\"prefix\": \"a\", \"maxNewTokens\": 3}");

    assertThat(captioner.caption(TestImages.noise(20, 20, 1), 3, 0))
        .allSatisfy(caption -> assertThat(caption).startsWith("a"));
  }

  @Test
  void open_packWantsMoreTokensThanTheModelTakes_filesNamed() {
    assertThatThrownBy(() -> open("{\"maxNewTokens\": 1000}"))
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith("sgid.json or generation_config.json is wrong (The prompt's 1 tok")
        .hasMessageEndingWith(folder.toString());
  }

  private Captioner open(@Nullable String caption) {
    JsonFile wishes =
        caption == null
            ? null
            : new JsonFile(folder, JsonParser.parseString(caption).getAsJsonObject());
    return Captioners.open(new ModelFiles(folder, ""), Device.CPU, 1, wishes, owned);
  }

  private void modelType(@Nullable String type) throws IOException {
    Path file = folder.resolve("config.json");
    JsonObject config = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    config.remove("model_type");
    if (type != null) {
      config.addProperty("model_type", type);
    }
    Files.writeString(file, config.toString());
  }
}
