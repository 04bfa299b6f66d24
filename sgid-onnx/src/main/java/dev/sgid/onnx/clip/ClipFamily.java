package dev.sgid.onnx.clip;

import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import java.nio.file.Path;

/** What a folder with two encoders is, by its {@code config.json}. */
enum ClipFamily {
  /** CLIP: embeddings are projected, padding is masked. */
  CLIP(77),
  /**
   * SigLIP and SigLIP 2 of a fixed resolution: the pooled output is the embedding, and padding is
   * looked at like any other token, as in training. Their texts are in lower case.
   */
  SIGLIP(64);

  private static final String POOLED = "pooler_output";

  private final int usualLength;

  ClipFamily(int usualLength) {
    this.usualLength = usualLength;
  }

  /**
   * Looks at a folder's configs.
   *
   * @throws dev.sgid.SgidException if it is a SigLIP 2 whose pictures have no fixed size
   */
  static ClipFamily of(Path folder, JsonFile config) {
    if (!config.string("model_type", "clip").startsWith("siglip")) {
      return CLIP;
    }
    JsonFile processor = JsonFile.peek(folder.resolve("preprocessor_config.json"));
    if (processor.string("image_processor_type", "").startsWith("Siglip2")) {
      throw JsonFile.broken(
          processor.path(),
          "This is a SigLIP 2 of the NaFlex kind, which takes pictures as patches of any number and"
              + " is not run here; take one of a fixed resolution, like siglip2-base-patch16-224",
          null);
    }
    return SIGLIP;
  }

  /** How long every text is, in tokens, where no config says. */
  int usualLength() {
    return usualLength;
  }

  /** Whether a folder's texts are encoded in lower case, whatever they are written in. */
  boolean isInLowerCase(Path folder) {
    return this == SIGLIP
        && JsonFile.readOrEmpty(folder.resolve("tokenizer_config.json"))
            .flag("do_lower_case", true);
  }

  /** Whether a graph that takes an attention mask is told which tokens are padding. */
  boolean masksPadding() {
    return this == CLIP;
  }

  /** The output that is the embedding: {@code name}, or of SigLIP's towers the pooled one. */
  String embeddings(OnnxModel model, String name) {
    boolean pooled =
        this == SIGLIP && model.output(name).isEmpty() && model.output(POOLED).isPresent();
    return pooled ? POOLED : name;
  }
}
