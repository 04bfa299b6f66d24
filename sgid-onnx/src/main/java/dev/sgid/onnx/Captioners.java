package dev.sgid.onnx;

import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.blip.BlipCaptioner;
import dev.sgid.onnx.blip.BlipOptions;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.captioner.ImageCaptions;
import dev.sgid.onnx.internal.captioner.VitGpt2Captioner;
import dev.sgid.onnx.internal.recognition.Recognition;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which captioner a folder is of: the one place that knows them all. */
final class Captioners {
  /** What config.json's model_type says of a folder, and what opens it. */
  private static final Map<String, Opener> BY_MODEL_TYPE =
      new TreeMap<>(
          Map.of("blip", Captioners::blip, "vision-encoder-decoder", Captioners::vitGpt2));

  /** Opens a folder of one model type. */
  private interface Opener {
    Captioner open(
        ModelFiles files, Device device, int threads, @Nullable JsonFile caption, Owned owned);
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
      ModelFiles files, Device device, int threads, @Nullable JsonFile caption, Owned owned) {
    Path folder = files.folder();
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
      return opener.open(files, device, threads, caption, owned);
    } catch (IllegalArgumentException e) { // the caller gave none of what it may complain about
      throw new SgidException(
          Stage.OPEN,
          folder,
          "sgid.json or generation_config.json is wrong (" + e.getMessage() + ")",
          e);
    }
  }

  private static Captioner blip(
      ModelFiles files, Device device, int threads, @Nullable JsonFile caption, Owned owned) {
    BlipOptions options = BlipOptions.of(files.folder());
    if (caption != null) {
      options =
          options.toBuilder()
              .prefix(caption.string("prefix", options.prefix()))
              .maxNewTokens(caption.count("maxNewTokens", options.maxNewTokens()))
              .build();
    }
    BlipCaptioner captioner =
        BlipCaptioner.open(files.folder(), device, threads, options, files.variant());
    return owned.add(captioner, captioner::close);
  }

  private static Captioner vitGpt2(
      ModelFiles files, Device device, int threads, @Nullable JsonFile caption, Owned owned) {
    if (caption != null && !caption.string("prefix", "").isEmpty()) {
      throw caption.unexpected("prefix", "absent for a ViT-GPT2, which takes none,");
    }
    ImageCaptions captioner =
        VitGpt2Captioner.open(
            files,
            device,
            threads,
            options ->
                caption == null
                    ? options
                    : options.withMaxNewTokens(
                        caption.count("maxNewTokens", options.maxNewTokens())));
    return owned.add(captioner, captioner::close);
  }
}
