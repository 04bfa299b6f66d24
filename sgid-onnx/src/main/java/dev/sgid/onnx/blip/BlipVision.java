package dev.sgid.onnx.blip;

import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.PixelInput;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * BLIP's image encoder, open: pixel_values (B, 3, H, W) → last_hidden_state (B, n, width).
 *
 * <p>Thread-safe.
 */
record BlipVision(OnnxModel model, PixelInput pixels, Port output) {
  /**
   * The states of a batch of images.
   *
   * @param perImage (n, width) each
   * @param n how many states an image has
   */
  @SuppressWarnings("ArrayRecordComponent") // handed straight to a tensor
  record States(float[][] perImage, int n) {}

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

  States encode(List<RgbImage> images) {
    try (Binding binding = model.bind()) {
      pixels.bind(binding, images);
      Binding.Fetched states = binding.fetch(output.name());
      binding.run();
      int n = Math.toIntExact(states.shape()[1]);
      float[][] perImage = new float[images.size()][n * Math.toIntExact(states.shape()[2])];
      FloatBuffer values = states.values();
      for (float[] own : perImage) {
        values.get(own);
      }
      return new States(perImage, n);
    }
  }
}
