package dev.sgid.onnx.blip;

import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.PixelInput;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.FloatBuffer;
import java.util.Arrays;
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
   * One of the things that the decoder sees of each image.
   *
   * @param perImage of {@code shape} each
   * @param shape without the batch
   */
  @SuppressWarnings("ArrayRecordComponent") // handed straight to a tensor
  record Seen(float[][] perImage, long[] shape) {
    Seen of(int from, int to) {
      return new Seen(Arrays.copyOfRange(perImage, from, to), shape);
    }

    /** Shape of a tensor with so many images. */
    long[] shapeOf(int rows) {
      long[] whole = new long[shape.length + 1];
      whole[0] = rows;
      System.arraycopy(shape, 0, whole, 1, shape.length);
      return whole;
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
      fetched.forEach((name, all) -> seen.put(name, perImage(all, images.size())));
      return seen;
    }
  }

  private static Seen perImage(Binding.Fetched all, int images) {
    FloatBuffer values = all.values();
    float[][] perImage = new float[images][values.remaining() / images];
    for (float[] own : perImage) {
      values.get(own);
    }
    long[] shape = all.shape();
    return new Seen(perImage, Arrays.copyOfRange(shape, 1, shape.length));
  }
}
