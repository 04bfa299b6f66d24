package dev.sgid.onnx.blip;

import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.PixelInput;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * BLIP's image encoder, open: pixel_values (B, 3, H, W) → last_hidden_state (B, n, width), and
 * where the decoder wants them encoder.{i}.key and encoder.{i}.value (B, heads, n, size).
 *
 * <p>Thread-safe.
 */
record BlipVision(OnnxModel model, PixelInput pixels, Port output) {
  /**
   * One of the things that the decoder sees of each image of a batch.
   *
   * @param values of all images, one after the other
   * @param shape with the batch
   */
  @SuppressWarnings("ArrayRecordComponent") // handed straight to a tensor
  record Seen(FloatBuffer values, long[] shape) {
    /** How many floats an image has. */
    int perImage() {
      return values.capacity() / Math.toIntExact(shape[0]);
    }

    /** The images from one to another, the latter not among them. */
    Seen of(int from, int to) {
      return new Seen(
          values.slice(from * perImage(), (to - from) * perImage()), shapeOf(to - from));
    }

    /** The shape with so many rows. */
    long[] shapeOf(int rows) {
      long[] changed = shape.clone();
      changed[0] = rows;
      return changed;
    }
  }

  /**
   * Looks for input and output.
   *
   * @throws SgidException naming the file, what was expected and what was found
   */
  static BlipVision of(OnnxModel model, ImageProcessor processor) {
    PixelInput pixels = PixelInput.of(model, processor);
    Port output =
        model
            .output("last_hidden_state")
            .or(() -> model.outputs().stream().filter(port -> port.rank() == 3).findFirst())
            .filter(port -> port.rank() == 3)
            .orElseThrow(
                () ->
                    model.mismatch(
                        "an output last_hidden_state (batch, n, width)",
                        model.outputs().toString()));
    model.requireFloats(output);
    model.requireNoInputBut(List.of(pixels.name()));
    return new BlipVision(model, pixels, output);
  }

  /** What {@code outputs} say of a batch of images, by their names. */
  Map<String, Seen> encode(List<RgbImage> images, Collection<String> outputs) {
    try (Binding binding = model.bind()) {
      pixels.bind(binding, images);
      Map<String, Binding.Fetched> fetched = new LinkedHashMap<>();
      outputs.forEach(name -> fetched.put(name, binding.fetch(name)));
      binding.run();
      Map<String, Seen> seen = new LinkedHashMap<>();
      fetched.forEach((name, all) -> seen.put(name, new Seen(all.values(), all.shape())));
      return seen;
    }
  }
}
