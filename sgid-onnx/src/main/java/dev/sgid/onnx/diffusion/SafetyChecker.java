package dev.sgid.onnx.diffusion;

import dev.sgid.Stage;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.image.PillowResize;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flags pictures that nobody should see: Stable Diffusion's safety checker, as diffusers' own
 * script exports it and as Olive does, in float32 or float16. Its graph also blackens what it
 * flags; that output is not looked at. Thread-safe.
 */
final class SafetyChecker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SafetyChecker.class);
  private static final String CLIP_INPUT = "clip_input";
  private static final String IMAGES = "images";
  private static final String FLAGS = "has_nsfw_concepts";

  private static final String NAME = "safety_checker";

  private final OnnxModel model;
  private final ImageProcessor processor;
  private final @Nullable Port images; // (B, H, W, 3), in [0, 1]; null where only flags are given

  private SafetyChecker(OnnxModel model, ImageProcessor processor) {
    this.model = model;
    this.processor = processor;
    Port clip = model.requireFloats(model.requireInput(CLIP_INPUT));
    if (clip.rank() != 4) {
      throw model.mismatch(CLIP_INPUT + " of rank 4", clip.toString());
    }
    requireSize(clip, 2, processor.height());
    requireSize(clip, 3, processor.width());
    this.images = model.input(IMAGES).map(model::requireFloats).orElse(null);
    if (images != null) {
      if (images.rank() != 4) {
        throw model.mismatch(IMAGES + " of rank 4", images.toString());
      }
      model.requireSize(images, 3, 3, "red, green and blue");
    }
    model.requireNoInputBut(List.of(CLIP_INPUT, IMAGES));
    Port flags = model.requireOutput(FLAGS);
    if (flags.type() != Port.ElementType.BOOL) {
      throw model.mismatch(FLAGS + " as truth values", flags.toString());
    }
  }

  private void requireSize(Port clip, int dimension, int size) {
    model.requireSize(clip, dimension, size, "the size in feature_extractor");
  }

  /**
   * Opens the safety checker of a Stable Diffusion folder.
   *
   * @return null where there is none in ONNX form
   * @throws dev.sgid.SgidException if it can't be used, naming the file
   */
  static @Nullable SafetyChecker open(ModelFiles files, Placement placement) {
    Path folder = files.folder();
    Path own = folder.resolve(NAME);
    Path file = StableDiffusionModels.graph(files, NAME);
    if (!Files.exists(file)) {
      if (Files.isDirectory(own)) {
        LOG.warn(
            "{} holds no model.onnx: the safety checker is not used, and pictures are not looked at."
                + " diffusers' convert_stable_diffusion_checkpoint_to_onnx.py exports it",
            own);
      }
      return null;
    }
    Path extractor = folder.resolve("feature_extractor");
    if (!Files.isDirectory(extractor)) {
      throw JsonFile.broken(
          extractor,
          "The safety checker needs feature_extractor/preprocessor_config.json, which is not there;"
              + " --no-safety-checker does without",
          null);
    }
    ImageProcessor processor = ImageProcessor.read(extractor);
    return OnnxModel.open(
        file, Stage.DECODE, placement, model -> new SafetyChecker(model, processor));
  }

  /** Whether a folder has one. */
  static boolean isIn(ModelFiles files) {
    return files.in(NAME).has("model");
  }

  /**
   * Whether it flags a picture. One at a time: exported graphs can't be trusted with more, which is
   * why diffusers' own pipeline for them does the same.
   */
  boolean flags(RgbImage picture) {
    try (Binding binding = model.bind()) {
      processor.process(
          picture, binding.floatInput(CLIP_INPUT, 1, 3, processor.height(), processor.width()));
      if (images != null) {
        putImage(picture, binding, images);
      }
      Binding.Fetched flags = binding.fetch(FLAGS);
      binding.run();
      return flags.values().get(0) != 0;
    }
  }

  private static void putImage(RgbImage picture, Binding binding, Port port) {
    int height = side(port.dimension(1), picture.height());
    int width = side(port.dimension(2), picture.width());
    byte[] rgb = PillowResize.resize(picture, width, height, PillowResize.Filter.LANCZOS).rgb();
    FloatBuffer pixels = binding.floatInput(port.name(), 1, height, width, 3);
    for (byte value : rgb) {
      pixels.put((value & 0xff) / 255f);
    }
  }

  /** The graph's own where it is fixed. */
  private static int side(long fixed, int own) {
    return fixed == -1 ? own : Math.toIntExact(fixed);
  }

  @Override
  public void close() {
    model.close();
  }
}
