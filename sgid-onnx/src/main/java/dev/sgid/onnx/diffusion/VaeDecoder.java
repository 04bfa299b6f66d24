package dev.sgid.onnx.diffusion;

import dev.sgid.Stage;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The VAE's decoder: latents in, pictures out. Thread-safe. */
final class VaeDecoder implements AutoCloseable {
  private final OnnxModel model;
  private final VaeConfig config;
  private final Port input;
  private final Port output;

  private VaeDecoder(OnnxModel model, VaeConfig config) {
    this.model = model;
    this.config = config;
    this.input = model.inputs().get(0);
    this.output = model.outputs().get(0);
    if (model.inputs().size() != 1 || input.rank() != 4 || output.rank() != 4) {
      throw model.mismatch(
          "latents in, of rank 4, and one image out, of rank 4",
          model.inputs() + " and " + model.outputs());
    }
    if (input.dimension(0) > 1) {
      throw model.mismatch("a batch that is free, or of 1", input.toString());
    }
    model.requireFloats(input);
    model.requireFloats(output);
    model.requireSize(input, 1, config.latentChannels(), "the latent_channels of its config");
    model.requireSize(output, 1, 3, "red, green and blue");
  }

  static VaeDecoder open(Path file, VaeConfig config, Placement placement) {
    return OnnxModel.open(file, Stage.DECODE, placement, model -> new VaeDecoder(model, config));
  }

  /**
   * Decodes latents of one size.
   *
   * @param latents each {@code (c, height, width)}, as the UNet knows them
   * @return pixels in about [-1, 1], each {@code (3, factor * height, factor * width)}
   */
  List<float[]> decode(List<float[]> latents, int height, int width) {
    return VaeRuns.of(model, latents, (long) height * width, some -> run(some, height, width));
  }

  private List<float[]> run(List<float[]> latents, int height, int width) {
    int factor = config.factor();
    try (Binding binding = model.bind()) {
      FloatBuffer in =
          binding.floatInput(input.name(), latents.size(), config.latentChannels(), height, width);
      int area = height * width;
      for (float[] one : latents) {
        for (int i = 0; i < one.length; i++) {
          in.put(config.scale().toVae(one[i], i / area));
        }
      }
      FloatBuffer out =
          binding.floatOutput(
              output.name(), latents.size(), 3, (long) factor * height, (long) factor * width);
      binding.run();
      List<float[]> pictures = new ArrayList<>();
      for (int i = 0; i < latents.size(); i++) {
        float[] pixels = new float[3 * factor * height * factor * width];
        out.get(pixels);
        pictures.add(pixels);
      }
      return pictures;
    }
  }

  /** The size of images that it takes. */
  FixedSize fixedSize() {
    return FixedSize.of(model, input, config.factor());
  }

  /** Whether it computes in float16. */
  boolean isFloat16() {
    return output.type() == Port.ElementType.FLOAT16;
  }

  @Override
  public void close() {
    model.close();
  }
}
