package dev.sgid.onnx.diffusion;

import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The size of images that a graph was exported for, where it takes no other.
 *
 * @param file the graph
 * @param width in pixels of the image; -1 where it is free
 * @param height likewise
 */
record FixedSize(Path file, long width, long height) {
  /**
   * That of a graph.
   *
   * @param images its input, (B, C, height, width)
   * @param factor how many pixels one of its numbers stands for along a side
   */
  static FixedSize of(OnnxModel model, Port images, int factor) {
    return new FixedSize(
        model.file(), pixels(images.dimension(3), factor), pixels(images.dimension(2), factor));
  }

  private static long pixels(long side, int factor) {
    return side == -1 ? -1 : side * factor;
  }

  /**
   * The size that all graphs take, where one of them is fixed.
   *
   * @return null where sizes are free
   * @throws SgidException if they are fixed to different ones
   */
  static @Nullable Size agreed(List<FixedSize> graphs) {
    FixedSize width = null;
    FixedSize height = null;
    for (FixedSize graph : graphs) {
      width = agreed(width, graph, graph.width, width == null ? -1 : width.width);
      height = agreed(height, graph, graph.height, height == null ? -1 : height.height);
    }
    return width == null || height == null
        ? null
        : new Size(Math.toIntExact(width.width), Math.toIntExact(height.height));
  }

  private static @Nullable FixedSize agreed(
      @Nullable FixedSize before, FixedSize graph, long side, long sideBefore) {
    if (side == -1) {
      return before;
    }
    if (before != null && side != sideBefore) {
      throw new SgidException(
          Stage.OPEN,
          graph.file,
          "The model is fixed to images of "
              + graph.text()
              + ", and "
              + before.file
              + " to "
              + before.text()
              + ": export all for one size, or for any",
          null);
    }
    return before == null ? graph : before;
  }

  private String text() {
    return (width == -1 ? "any" : width) + "x" + (height == -1 ? "any" : height);
  }
}
