package dev.sgid.onnx.diffusion;

import dev.sgid.Device;
import dev.sgid.Stage;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.image.VaeImages;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The VAE's encoder: pictures in, posteriors of latents out.
 *
 * <p>Newer exports give the posterior's moments, twice as many channels as latents have. Older ones
 * give one sample, which is either the mode or drawn inside the graph, out of reach of any seed;
 * such an encoder is run twice when opened, to tell which. Thread-safe.
 */
final class VaeEncoder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VaeEncoder.class);

  /**
   * How far two runs may differ on a GPU, whose kernels need not repeat themselves, relative to the
   * largest latent: well above rounding. A draw that stays below changes no more than they do.
   */
  private static final float GPU_ROUNDING = 1e-4f;

  private static final float GPU_ROUNDING_FLOAT16 = 1e-2f;

  private final OnnxModel model;
  private final VaeConfig config;
  private final Port output;
  private final boolean deterministic;

  private VaeEncoder(OnnxModel model, VaeConfig config, Device.Kind device) {
    this.model = model;
    this.config = config;
    this.output = model.outputs().get(0);
    if (model.inputs().size() != 1 || model.inputs().get(0).rank() != 4 || output.rank() != 4) {
      throw model.mismatch(
          "one image in, of rank 4, and latents out, of rank 4",
          model.inputs() + " and " + model.outputs());
    }
    this.deterministic = repeatsItself(device);
    if (!deterministic) {
      LOG.warn(
          "{} draws at random inside its graph: its pictures can't be made again. Export it with its"
              + " moments (latent_parameters) as output",
          model.file());
    }
  }

  static VaeEncoder open(Path file, VaeConfig config, Placement placement) {
    return OnnxModel.open(
        file,
        Stage.ENCODE_IMAGE,
        placement,
        model -> new VaeEncoder(model, config, placement.device().kind()));
  }

  private boolean repeatsItself(Device.Kind device) {
    int height = side(2);
    int width = side(3);
    List<RgbImage> black = List.of(new RgbImage(width, height, new byte[3 * width * height]));
    float[] first = run(black).get(0);
    int latents = config.latentChannels() * (height / config.factor()) * (width / config.factor());
    if (first.length > latents) {
      return true; // moments, from which nothing is drawn in the graph
    }
    // Posteriors are narrow, often as narrow as rounding: where runs repeat, every bit counts.
    float rounding = isFloat16() ? GPU_ROUNDING_FLOAT16 : GPU_ROUNDING;
    return isSame(first, run(black).get(0), device == Device.Kind.CPU ? 0 : rounding);
  }

  /** Whether two runs gave the same, up to a part of the largest latent. */
  static boolean isSame(float[] first, float[] second, float rounding) {
    float largest = 0;
    for (float latent : first) {
      largest = Math.max(largest, Math.abs(latent));
    }
    for (int i = 0; i < first.length; i++) {
      boolean equal = Float.compare(first[i], second[i]) == 0; // NaN is, too
      if (!equal && !(Math.abs(first[i] - second[i]) <= rounding * largest)) {
        return false;
      }
    }
    return true;
  }

  /** A side that the graph takes: its own, where that is fixed. */
  private int side(int dimension) {
    long fixed = model.inputs().get(0).dimension(dimension);
    return fixed == -1 ? 8 * config.factor() : Math.toIntExact(fixed);
  }

  /** Whether the same picture always gives the same posterior. */
  boolean isDeterministic() {
    return deterministic;
  }

  /** The size of images that it takes. */
  FixedSize fixedSize() {
    return FixedSize.of(model, model.inputs().get(0), 1);
  }

  /** Whether it computes in float16. */
  boolean isFloat16() {
    return output.type() == Port.ElementType.FLOAT16;
  }

  /** Encodes pictures of one size, each a multiple of the VAE's factor. */
  List<Posterior> encode(List<RgbImage> images) {
    int width = images.get(0).width() / config.factor();
    int height = images.get(0).height() / config.factor();
    List<Posterior> posteriors = new ArrayList<>();
    for (float[] values : run(images)) {
      posteriors.add(new Posterior(values, config.latentChannels(), width, height, config.scale()));
    }
    return posteriors;
  }

  private List<float[]> run(List<RgbImage> images) {
    int width = images.get(0).width();
    int height = images.get(0).height();
    long latents = (long) (height / config.factor()) * (width / config.factor());
    return VaeRuns.of(model, images, latents, some -> run(some, height, width));
  }

  private List<float[]> run(List<RgbImage> images, int height, int width) {
    try (Binding binding = model.bind()) {
      FloatBuffer pixels =
          binding.floatInput(model.inputs().get(0).name(), images.size(), 3, height, width);
      for (int i = 0; i < images.size(); i++) {
        VaeImages.toTensor(images.get(i), pixels.slice(i * 3 * height * width, 3 * height * width));
      }
      Binding.Fetched latents = binding.fetch(output.name());
      binding.run();
      requireShape(latents.shape(), images.size(), height, width);
      List<float[]> values = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        float[] one = new float[latents.values().capacity() / images.size()];
        latents.values().get(i * one.length, one);
        values.add(one);
      }
      return values;
    }
  }

  private void requireShape(long[] shape, int images, int height, int width) {
    int channels = config.latentChannels();
    boolean fits =
        shape[0] == images
            && (shape[1] == channels || shape[1] == 2L * channels)
            && shape[2] == height / config.factor()
            && shape[3] == width / config.factor();
    if (!fits) {
      throw model.mismatch(
          "latents of "
              + channels
              + " channels, or twice as many for moments, each side 1/"
              + config.factor()
              + " of "
              + width
              + "x"
              + height,
          Arrays.toString(shape));
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
