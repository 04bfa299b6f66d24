package dev.sgid.onnx.internal;

import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A vision model's input, pixel_values (B, 3, H, W), and what turns pictures into it.
 *
 * <p>Thread-safe.
 *
 * @param name of the input
 * @param processor makes the values of one picture
 */
public record PixelInput(String name, ImageProcessor processor) {
  private static final String NAME = "pixel_values";

  /**
   * Looks for the input, and checks that it takes what the processor makes.
   *
   * @throws SgidException naming the file, what was expected and what was found
   */
  public static PixelInput of(OnnxModel model, ImageProcessor processor) {
    long[] expected = {-1, 3, processor.height(), processor.width()};
    Port port =
        model
            .input(NAME)
            .or(() -> model.inputs().stream().filter(input -> input.rank() == 4).findFirst())
            .filter(input -> fits(input, expected))
            .orElseThrow(
                () ->
                    model.mismatch(
                        "an input %s (batch, 3, %d, %d), as the image processor makes them"
                            .formatted(NAME, processor.height(), processor.width()),
                        model.inputs().toString()));
    model.requireFloats(port);
    return new PixelInput(port.name(), processor);
  }

  private static boolean fits(Port port, long[] expected) {
    boolean fits = port.rank() == expected.length;
    for (int i = 0; fits && i < expected.length; i++) {
      fits = port.dimension(i) == -1 || port.dimension(i) == expected[i];
    }
    return fits;
  }

  /** Fills the input with a batch of pictures. */
  public void bind(Binding binding, List<RgbImage> images) {
    FloatBuffer pixels =
        binding.floatInput(name, images.size(), 3, processor.height(), processor.width());
    int perImage = 3 * processor.height() * processor.width();
    for (int i = 0; i < images.size(); i++) {
      processor.process(images.get(i), pixels.position(i * perImage));
    }
  }
}
