package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonElement;
import dev.sgid.Stage;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The UNet, in whichever dialect it was exported: the timestep may be a scalar, one number for all
 * or one per row, integer or float; the batch may be fixed; it may take the guidance scale, or what
 * Stable Diffusion XL is given.
 *
 * <p>Thread-safe; its {@link NoisePredictor}s are not.
 */
final class UNet implements AutoCloseable {
  /**
   * Numbers that self-attention compares all latents of a row with all others by, of one row of
   * 512x512 pixels: 8 heads of them are 0.5 GiB, twice.
   */
  private static final long ATTENTION = 4096L * 4096;

  private final OnnxModel model;
  private final Port sample; // (B, 4, h, w)
  private final Port timestep; // (), (1) or (B)
  private final Map<String, Port> conditions; // (B, ...) each, by name in a Conditioning
  private final Map<String, long[]> given; // their shapes, without the batch
  private final Port output; // (B, 4, h, w)
  private final @Nullable GuidanceEmbedding guidance;

  private UNet(
      OnnxModel model, JsonFile config, ModelFamily family, Map<String, long[]> conditions) {
    this.model = model;
    UNetInputs inputs = UNetInputs.of(model, config, family, conditions);
    this.sample = inputs.sample();
    this.timestep = inputs.timestep();
    this.conditions = inputs.conditions();
    int width = inputs.guidanceWidth(model, config);
    this.guidance = width == 0 ? null : new GuidanceEmbedding(width);
    this.given = new HashMap<>(conditions);
    if (guidance != null) {
      given.put(Conditioning.GUIDANCE, new long[] {guidance.dimensions()});
    }
    this.output = model.outputs().get(0);
    if (output.rank() != 4) {
      throw model.mismatch("an output of rank 4", output.toString());
    }
    model.requireFloats(output);
  }

  /**
   * Opens it.
   *
   * @param conditions the shape of what it is given beside latents, timestep and guidance scale,
   *     without a batch, by name in a {@link Conditioning}
   * @throws dev.sgid.SgidException naming the file, what was expected and what was found
   */
  static UNet open(
      Path file,
      JsonFile config,
      ModelFamily family,
      Map<String, long[]> conditions,
      Placement placement) {
    return OnnxModel.open(
        file, Stage.DENOISE, placement, model -> new UNet(model, config, family, conditions));
  }

  /**
   * How it is given the guidance scale; null for one that isn't, whose guidance is classifier-free.
   */
  @Nullable GuidanceEmbedding guidance() {
    return guidance;
  }

  /** Refuses texts and latents of another width than the UNet's, by its graph or its config. */
  void requireFits(JsonFile config, int latentChannels) {
    String asVae = "as many latent channels as the VAE has";
    model.requireSize(sample, 1, latentChannels, asVae);
    model.requireSize(output, 1, latentChannels, asVae);
    if (sample.dimension(1) == -1) {
      requireSize(config, "in_channels", latentChannels, asVae);
    }
    Port states = requireNonNull(conditions.get(Conditioning.HIDDEN_STATES));
    long[] shape = requireNonNull(given.get(Conditioning.HIDDEN_STATES));
    String asText = "as wide as the text encoder's output";
    model.requireSize(states, 1, shape[0], "the length of every prompt in tokens");
    model.requireSize(states, 2, shape[1], asText);
    if (states.dimension(2) == -1) {
      requireSize(config, "cross_attention_dim", (int) shape[1], asText);
    }
    Port pooled = conditions.get(Conditioning.TEXT_EMBEDS);
    if (pooled != null) {
      long width = requireNonNull(given.get(Conditioning.TEXT_EMBEDS))[0];
      model.requireSize(pooled, 1, width, "as wide as text_embeds of the second text encoder");
      model.requireSize(
          requireNonNull(conditions.get(Conditioning.TIME_IDS)),
          1,
          TimeIds.COUNT,
          "two sizes and a corner (the refiner, with 5, is not run here)");
    }
  }

  private static void requireSize(JsonFile config, String key, int size, String why) {
    JsonElement said = config.get(key);
    if (said != null && JsonFile.isNumber(said) && said.getAsDouble() != size) {
      throw config.unexpected(key, size + ", " + why + ",");
    }
  }

  /** Whether a timestep between two of training is rounded for it. */
  boolean takesWholeTimesteps() {
    return !timestep.type().isFloat();
  }

  /**
   * The size of images that it takes, of which a latent stands for {@code factor} pixels a side.
   */
  FixedSize fixedSize(int factor) {
    return FixedSize.of(model, sample, factor);
  }

  /** Whether it computes in float16. */
  boolean isFloat16() {
    return sample.type() == Port.ElementType.FLOAT16;
  }

  /** Whether pictures that share a call change one another. */
  boolean dependsOnBatch() {
    return model.dependsOnBatch();
  }

  /** The type it computes in, like {@code float32}. */
  String dtype() {
    return sample.type().name().toLowerCase(Locale.ROOT);
  }

  /** Predicts the noise in latents {@code (channels, height, width)}. */
  NoisePredictor predictor(int channels, int height, int width) {
    return new Predictor(new long[] {channels, height, width});
  }

  @Override
  public void close() {
    model.close();
  }

  private final class Predictor implements NoisePredictor {
    private final long[] latentShape; // without the batch
    private final Map<Integer, Rows> byCount = new HashMap<>();
    private final List<Chunk> chunks = new ArrayList<>();

    Predictor(long[] latentShape) {
      this.latentShape = latentShape;
    }

    @Override
    public boolean takesTimestepPerRow() {
      boolean oneRowPerRun = sample.dimension(0) == 1;
      return oneRowPerRun || (timestep.rank() == 1 && timestep.dimension(0) != 1);
    }

    @Override
    public Rows rows(int count) {
      return byCount.computeIfAbsent(count, this::allocate);
    }

    /** One run for all rows, or as many as a fixed batch needs, or memory. */
    private Rows allocate(int count) {
      long fixed = sample.dimension(0);
      long area = latentShape[1] * latentShape[2];
      int free = Math.min(count, model.rowsAtOnce(area * area, ATTENTION));
      int size = fixed == -1 ? free : (int) fixed;
      List<Chunk> own = new ArrayList<>();
      try {
        for (int first = 0; first < count; first += size) {
          int used = Math.min(size, count - first);
          own.add(new Chunk(fixed == -1 ? used : size, used));
        }
      } catch (RuntimeException | Error e) { // out of direct memory, for one
        own.forEach(Chunk::close);
        throw e;
      }
      chunks.addAll(own);
      return new ChunkedRows(own, size);
    }

    @Override
    public void close() {
      chunks.forEach(Chunk::close);
    }

    /** The memory of one run. */
    private final class Chunk {
      private final int
          used; // rows that are somebody's; the rest of a fixed batch repeats the last
      private final int size;
      private final Binding binding = model.bind();
      private final FloatBuffer latents; // (size, channels, h, w)
      private final Map<String, FloatBuffer> rows = new HashMap<>(); // (size, ...) each
      private final FloatBuffer predictions; // (size, channels, h, w)
      private final FloatBuffer timesteps; // (), (1) or (size)

      Chunk(int size, int used) {
        this.size = size;
        this.used = used;
        try {
          latents = binding.floatInput(sample.name(), withBatch(latentShape));
          conditions.forEach(
              (name, port) ->
                  rows.put(
                      name,
                      binding.floatInput(port.name(), withBatch(requireNonNull(given.get(name))))));
          timesteps =
              timestep.rank() == 0
                  ? binding.numberInput(timestep.name())
                  : binding.numberInput(timestep.name(), timestep.dimension(0) == 1 ? 1 : size);
          predictions = binding.floatOutput(output.name(), withBatch(latentShape));
        } catch (RuntimeException | Error e) {
          binding.close();
          throw e;
        }
      }

      private long[] withBatch(long[] shape) {
        return LongStream.concat(LongStream.of(size), LongStream.of(shape)).toArray();
      }

      void putLatents(int row, float[] values, float scale, float at) {
        for (int i = row; i < (row == used - 1 ? size : row + 1); i++) {
          if (scale == 1) {
            latents.put(i * values.length, values);
          } else {
            for (int k = 0; k < values.length; k++) {
              latents.put(i * values.length + k, scale * values[k]);
            }
          }
          timesteps.put(timesteps.capacity() == 1 ? 0 : i, at);
        }
      }

      void putConditioning(int row, Conditioning conditioning) {
        rows.forEach(
            (name, buffer) -> {
              float[] values = requireNonNull(conditioning.values().get(name), name);
              for (int i = row; i < (row == used - 1 ? size : row + 1); i++) {
                buffer.put(i * values.length, values);
              }
            });
      }

      void get(int row, float[] values) {
        predictions.get(row * values.length, values);
      }

      void close() {
        binding.close();
      }
    }
  }

  /** Rows spread over chunks of equal size. */
  private record ChunkedRows(List<Predictor.Chunk> chunks, int size)
      implements NoisePredictor.Rows {
    @Override
    public void putLatents(int row, float[] latents, float scale, float timestep) {
      chunks.get(row / size).putLatents(row % size, latents, scale, timestep);
    }

    @Override
    public void putConditioning(int row, Conditioning conditioning) {
      chunks.get(row / size).putConditioning(row % size, conditioning);
    }

    @Override
    public void predict() {
      chunks.forEach(chunk -> chunk.binding.run());
    }

    @Override
    public void get(int row, float[] prediction) {
      chunks.get(row / size).get(row % size, prediction);
    }
  }
}
