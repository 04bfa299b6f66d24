package dev.sgid.onnx;

import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.blip.BlipCaptioner;
import dev.sgid.onnx.blip.BlipOptions;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.recognition.Recognition;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which captioner a folder is of: the one place that knows them all. */
final class Captioners {
  /** What config.json's model_type says of a folder, and what opens it. */
  private static final Map<String, Opener> BY_MODEL_TYPE =
      new TreeMap<>(Map.of("blip", Captioners::blip));

  /** Opens a folder of one model type. */
  private interface Opener {
    Captioner open(
        Path folder, Device device, int threads, @Nullable JsonFile caption, Owned owned);
  }

  private Captioners() {}

  /**
   * Opens the captioner in a folder.
   *
   * @param caption how a pack wants captions, over what the folder says; null for no wishes
   * @param owned closes it
   * @throws SgidException naming the file, what was expected and what was found
   */
  static Captioner open(
      Path folder, Device device, int threads, @Nullable JsonFile caption, Owned owned) {
    Recognition.requireCaptioner(folder);
    JsonFile config = JsonFile.read(folder.resolve("config.json"));
    String type = config.string("model_type", "blip"); // as packs were before there was another
    Opener opener = BY_MODEL_TYPE.get(type);
    if (opener == null) {
      throw config.unexpected(
          "model_type",
          "that of a captioner, " + String.join(" or ", BY_MODEL_TYPE.keySet()) + ",");
    }
    try {
      return opener.open(folder, device, threads, caption, owned);
    } catch (IllegalArgumentException e) { // the caller gave none of what it may complain about
      throw new SgidException(
          Stage.OPEN,
          folder,
          "sgid.json or generation_config.json is wrong (" + e.getMessage() + ")",
          e);
    }
  }

  private static Captioner blip(
      Path folder, Device device, int threads, @Nullable JsonFile caption, Owned owned) {
    BlipOptions options = BlipOptions.of(folder);
    if (caption != null) {
      options =
          options.toBuilder()
              .prefix(caption.string("prefix", options.prefix()))
              .maxNewTokens(caption.count("maxNewTokens", options.maxNewTokens()))
              .build();
    }
    BlipCaptioner captioner = BlipCaptioner.open(folder, device, threads, options);
    return owned.add(captioner, captioner::close);
  }
}
