package dev.sgid.onnx.diffusion;

import com.google.gson.JsonElement;
import dev.sgid.Stage;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The UNet, in whichever dialect it was exported: the timestep may be a scalar, one number for all
 * or one per row, integer or float; the batch may be fixed. Inputs are told by their rank.
 *
 * <p>Thread-safe; its {@link NoisePredictor}s are not.
 */
final class UNet implements AutoCloseable {
  private final OnnxModel model;
  private final Port sample; // (B, 4, h, w)
  private final Port timestep; // (), (1) or (B)
  private final Port text; // (B, tokens, width)
  private final Port output; // (B, 4, h, w)

  private UNet(OnnxModel model) {
    this.model = model;
    if (model.inputs().size() != 3) {
      throw model.mismatch(
          "the three inputs sample, timestep and encoder_hidden_states of Stable Diffusion 1 or 2",
          describe(model.inputs()));
    }
    this.sample = only("sample, of rank 4", port -> port.rank() == 4);
    this.text = only("encoder_hidden_states, of rank 3", port -> port.rank() == 3);
    this.timestep = only("timestep, of rank 0 or 1", port -> port.rank() <= 1);
    this.output = model.outputs().get(0);
    if (output.rank() != 4) {
      throw model.mismatch("an output of rank 4", output.toString());
    }
    model.requireFloats(sample);
    model.requireFloats(text);
    model.requireFloats(output);
    model.requireNumbers(timestep);
  }

  static UNet open(Path file, Placement placement) {
    return OnnxModel.open(file, Stage.DENOISE, placement, UNet::new);
  }

  private Port only(String what, Predicate<Port> test) {
    List<Port> found = model.inputs().stream().filter(test).toList();
    if (found.size() != 1) {
      throw model.mismatch("one input " + what, describe(model.inputs()));
    }
    return found.get(0);
  }

  private static String describe(List<Port> ports) {
    return ports.stream().map(Port::toString).collect(Collectors.joining(", "));
  }

  /** Refuses texts and latents of another width than the UNet's, by its graph or its config. */
  void requireFits(JsonFile config, int latentChannels, int tokens, int textWidth) {
    String asVae = "as many latent channels as the VAE has";
    String asText = "as wide as the text encoder's output";
    model.requireSize(sample, 1, latentChannels, asVae);
    model.requireSize(output, 1, latentChannels, asVae);
    model.requireSize(text, 1, tokens, "the length of every prompt in tokens");
    model.requireSize(text, 2, textWidth, asText);
    if (sample.dimension(1) == -1) {
      requireSize(config, "in_channels", latentChannels, asVae);
    }
    if (text.dimension(2) == -1) {
      requireSize(config, "cross_attention_dim", textWidth, asText);
    }
  }

  private static void requireSize(JsonFile config, String key, int size, String why) {
    JsonElement said = config.get(key);
    if (said != null && JsonFile.isNumber(said) && said.getAsDouble() != size) {
      throw config.unexpected(key, size + ", " + why + ",");
    }
  }

  /** The type it computes in, like {@code float32}. */
  String dtype() {
    return sample.type().name().toLowerCase(Locale.ROOT);
  }

  /**
   * Predicts the noise in latents {@code (channels, height, width)} under texts {@code (tokens,
   * textWidth)}.
   */
  NoisePredictor predictor(int channels, int height, int width, int tokens, int textWidth) {
    return new Predictor(channels, height, width, tokens, textWidth);
  }

  @Override
  public void close() {
    model.close();
  }

  private final class Predictor implements NoisePredictor {
    private final long[] latentShape; // (B, channels, h, w)
    private final long[] textShape; // (B, tokens, width)
    private final Map<Integer, Rows> byCount = new HashMap<>();
    private final List<Chunk> chunks = new ArrayList<>();

    Predictor(int channels, int height, int width, int tokens, int textWidth) {
      this.latentShape = new long[] {-1, channels, height, width};
      this.textShape = new long[] {-1, tokens, textWidth};
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

    /** One run for all rows, or as many as a fixed batch needs. */
    private Rows allocate(int count) {
      long fixed = sample.dimension(0);
      int size = fixed == -1 ? count : (int) fixed;
      List<Chunk> own = new ArrayList<>();
      try {
        for (int first = 0; first < count; first += size) {
          own.add(new Chunk(size, Math.min(size, count - first)));
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
      private final FloatBuffer texts; // (size, tokens, width)
      private final FloatBuffer predictions; // (size, channels, h, w)
      private final LongBuffer timesteps; // (), (1) or (size)

      Chunk(int size, int used) {
        this.size = size;
        this.used = used;
        try {
          latents = binding.floatInput(sample.name(), withBatch(latentShape));
          texts = binding.floatInput(text.name(), withBatch(textShape));
          timesteps =
              timestep.rank() == 0
                  ? binding.longInput(timestep.name())
                  : binding.longInput(timestep.name(), timestep.dimension(0) == 1 ? 1 : size);
          predictions = binding.floatOutput(output.name(), withBatch(latentShape));
        } catch (RuntimeException | Error e) {
          binding.close();
          throw e;
        }
      }

      private long[] withBatch(long[] shape) {
        long[] whole = shape.clone();
        whole[0] = size;
        return whole;
      }

      void putLatents(int row, float[] values, int at) {
        for (int i = row; i < (row == used - 1 ? size : row + 1); i++) {
          latents.put(i * values.length, values);
          timesteps.put(timesteps.capacity() == 1 ? 0 : i, at);
        }
      }

      void putText(int row, float[] values) {
        for (int i = row; i < (row == used - 1 ? size : row + 1); i++) {
          texts.put(i * values.length, values);
        }
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
    public void putLatents(int row, float[] latents, int timestep) {
      chunks.get(row / size).putLatents(row % size, latents, timestep);
    }

    @Override
    public void putText(int row, float[] embedding) {
      chunks.get(row / size).putText(row % size, embedding);
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
