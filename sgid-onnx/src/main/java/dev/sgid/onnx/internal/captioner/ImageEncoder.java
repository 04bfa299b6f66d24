package dev.sgid.onnx.internal.captioner;

import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.PixelInput;
import dev.sgid.onnx.internal.Ports;
import dev.sgid.onnx.internal.generation.Context;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A captioner's image encoder, open: pixel_values (B, 3, H, W) → last_hidden_state (B, n, width),
 * and where the decoder wants them encoder.{i}.key and encoder.{i}.value (B, heads, n, size).
 *
 * <p>Thread-safe.
 *
 * @param model the graph
 * @param pixels its input
 * @param output its states
 */
public record ImageEncoder(OnnxModel model, PixelInput pixels, Port output) {
  private static final String KEYS = "encoder.";

  /**
   * Looks for input and output.
   *
   * @throws SgidException naming the file, what was expected and what was found
   */
  public static ImageEncoder of(OnnxModel model, ImageProcessor processor) {
    PixelInput pixels = PixelInput.of(model, processor);
    Port output =
        Ports.find(
            model.outputs(),
            "last_hidden_state",
            port -> port.rank() == 3,
            "an output (batch, n, width)",
            model);
    model.requireFloats(output);
    model.requireNoInputBut(List.of(pixels.name()));
    return new ImageEncoder(model, pixels, output);
  }

  /**
   * What the decoder is given of an image: its inputs, and the output that each one is. Keys and
   * values for cross-attention are called encoder.{i}.key and encoder.{i}.value by both models. A
   * decoder that takes none makes them itself, for every token anew, of the states.
   *
   * @throws SgidException naming the file, what was expected and what was found
   */
  public Map<String, String> seenBy(OnnxModel decoder) {
    Map<String, String> seen = new LinkedHashMap<>();
    for (Port key : decoder.inputs()) {
      if (key.rank() == 4 && key.name().startsWith(KEYS)) {
        Port made = model.requireOutput(key.name());
        requireSame(decoder, key, made);
        seen.put(key.name(), made.name());
      }
    }
    if (seen.isEmpty()) {
      Port states =
          Ports.find(
              decoder.inputs(),
              "encoder_hidden_states",
              port -> port.rank() == 3,
              "the image's states",
              decoder);
      requireSame(decoder, states, output);
      seen.put(states.name(), output.name());
    }
    return seen;
  }

  private void requireSame(OnnxModel decoder, Port taken, Port given) {
    decoder.requireFloats(taken);
    model.requireFloats(given);
    if (given.rank() != taken.rank()) {
      throw model.mismatch(
          given.name() + " of rank " + taken.rank() + ", as the decoder takes it",
          given.toString());
    }
    for (int i = 1; i < taken.rank(); i++) {
      if (given.dimension(i) != -1) {
        decoder.requireSize(taken, i, given.dimension(i), "as wide as the vision model's output");
      }
    }
  }

  /**
   * Looks at a batch of images.
   *
   * @param seen as {@link #seenBy} gives it
   * @return by the decoder's input, what it is given
   */
  Map<String, Context> encode(List<RgbImage> images, Map<String, String> seen) {
    try (Binding binding = model.bind()) {
      pixels.bind(binding, images);
      Map<String, Binding.Fetched> fetched = new LinkedHashMap<>();
      seen.forEach((input, output) -> fetched.put(input, binding.fetch(output)));
      binding.run();
      Map<String, Context> context = new LinkedHashMap<>();
      fetched.forEach((input, all) -> context.put(input, new Context(all.values(), all.shape())));
      return context;
    }
  }
}
