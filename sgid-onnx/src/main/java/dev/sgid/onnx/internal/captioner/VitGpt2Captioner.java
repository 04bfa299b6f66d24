package dev.sgid.onnx.internal.captioner;

import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.generation.DecoderModel;
import dev.sgid.onnx.internal.generation.GenerationOptions;
import dev.sgid.onnx.internal.generation.TextGenerator;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens what captions images with a vision transformer and GPT-2 that looks at what it sees, token
 * for token as transformers' {@code VisionEncoderDecoderModel.generate}.
 *
 * <p>Its folder holds what optimum and transformers.js have: {@code encoder_model.onnx}
 * (pixel_values → last_hidden_state) and of the decoder (input_ids, encoder_hidden_states → logits)
 * either {@code decoder_model_merged.onnx}, which takes past_key_values.* and use_cache_branch, or
 * {@code decoder_model.onnx} for the first token and {@code decoder_with_past_model.onnx} for the
 * others; or the former alone, slower. @@
 */
public final class VitGpt2Captioner {
  private static final Logger LOG = LoggerFactory.getLogger(VitGpt2Captioner.class);
  private static final String MERGED = "decoder_model_merged";
  private static final String FIRST = "decoder_model";
  private static final String WITH_PAST = "decoder_with_past_model";

  private VitGpt2Captioner() {}

  private static ImageCaptions captions(
      ModelFiles files, Placement placement, UnaryOperator<GenerationOptions> wishes, Owned owned) {
    Path folder = files.folder();
    VitGpt2Config config = VitGpt2Config.read(folder);
    if (!config.ignored().isEmpty()) {
      LOG.warn(
          "The settings of {} have {}, which is not done here: captions may differ from those of"
              + " transformers",
          folder,
          String.join(", ", config.ignored()));
    }
    TextTokenizer text = TextTokenizer.open(folder, config.positions());
    owned.add(text, text::close);
    ImageEncoder encoder =
        ImageEncoder.of(
            open(files, "encoder_model", placement, owned), ImageProcessor.read(folder));
    int pair = Math.max(files.rank(FIRST), files.rank(WITH_PAST));
    boolean merged = files.has(MERGED) && files.rank(MERGED) <= pair;
    OnnxModel decoder = open(files, merged ? MERGED : FIRST, placement, owned);
    OnnxModel later =
        merged || !files.has(WITH_PAST) ? decoder : open(files, WITH_PAST, placement, owned);
    Map<String, String> seen = encoder.seenBy(decoder);
    DecoderModel next =
        DecoderModel.of(later, seen.keySet(), config.vocabulary(), config.heads(), config.width());
    DecoderModel first =
        later.equals(decoder) ? next : DecoderModel.first(decoder, seen.keySet(), next);
    TextGenerator generator =
        new TextGenerator(
            first,
            next,
            wishes.apply(config.generation()),
            new int[] {config.start()},
            config.end(),
            config.positions());
    return new ImageCaptions(
        text, encoder, seen, generator, placement.device().kind(), folder, owned);
  }

  /**
   * Opens a folder.
   *
   * @param device where it runs
   * @param threads how many CPU threads a model uses, at least 1; 0 for as many as there are
   *     processors
   * @param wishes how captions are searched for, from what the folder says
   * @throws SgidException naming the file, what was expected and what was found
   * @throws IllegalArgumentException if the new tokens are more than the model takes
   */
  public static ImageCaptions open(
      ModelFiles files, Device device, int threads, UnaryOperator<GenerationOptions> wishes) {
    Placement placement = Placement.of(device, threads);
    Owned owned = new Owned();
    return owned.opening(() -> captions(files, placement, wishes, owned));
  }

  private static OnnxModel open(ModelFiles files, String name, Placement placement, Owned owned) {
    OnnxModel model = OnnxModel.open(files.graph(name), Stage.CAPTION, placement);
    return owned.add(model, model::close);
  }
}
