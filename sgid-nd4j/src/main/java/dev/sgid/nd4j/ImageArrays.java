package dev.sgid.nd4j;

import static dev.sgid.nd4j.PixelLayout.CHANNELS;
import static java.util.Objects.requireNonNull;

import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Turns pictures into arrays of 32-bit floats and back. Pictures are read as every stage of sgid
 * sees them: RGB, 8 bits, gray in all three channels, alpha laid on white.
 *
 * <p>An array belongs to whoever asked for it, who closes it; in an open workspace of ND4J it lives
 * as long as that. Arrays passed in are left as they are. Immutable and thread-safe.
 *
 * @param layout the order of the dimensions
 * @param range what the pixels' values become
 */
public record ImageArrays(PixelLayout layout, PixelRange range) {
  public ImageArrays {
    requireNonNull(layout, "layout");
    requireNonNull(range, "range");
  }

  /**
   * An array of one picture, its first dimension 1.
   *
   * @param image not changed
   */
  public INDArray toArray(BufferedImage image) {
    requireNonNull(image, "image");
    return toArray(List.of(image));
  }

  /**
   * An array of pictures, in their order.
   *
   * @param images at least one, all of one size, with at most 2147483647 values in all; not changed
   * @throws IllegalArgumentException if there is none, their sizes differ, or they are too many
   */
  public INDArray toArray(List<BufferedImage> images) {
    requireNonNull(images, "images");
    if (images.isEmpty()) {
      throw new IllegalArgumentException("images must not be empty");
    }
    int width = images.get(0).getWidth();
    int height = images.get(0).getHeight();
    for (int i = 1; i < images.size(); i++) {
      requireSize(width, height, images.get(i), i);
    }
    long each = (long) CHANNELS * width * height;
    if (each * images.size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "An array holds at most "
              + Integer.MAX_VALUE / each
              + " pictures of "
              + (width + "x" + height)
              + ", these are "
              + images.size());
    }
    float[] values = new float[(int) each * images.size()];
    for (int i = 0; i < images.size(); i++) {
      put(RgbImage.of(images.get(i)).rgb(), values, i * (int) each);
    }
    long[] shape = layout.shape(images.size(), height, width);
    return Nd4j.create(values, shape, Nd4j.getStrides(shape, 'c'), 'c', DataType.FLOAT);
  }

  private static void requireSize(int width, int height, BufferedImage image, int index) {
    if (image.getWidth() != width || image.getHeight() != height) {
      throw new IllegalArgumentException(
          "Pictures must be of one size to share an array: picture 0 is "
              + (width + "x" + height)
              + (", picture " + index + " is ")
              + (image.getWidth() + "x" + image.getHeight()));
    }
  }

  private void put(byte[] rgb, float[] values, int start) {
    int pixels = rgb.length / CHANNELS;
    for (int pixel = 0, in = 0; pixel < pixels; pixel++) {
      for (int channel = 0; channel < CHANNELS; channel++) {
        values[start + layout.index(channel, pixel, pixels)] =
            range.toFloat(channel, rgb[in++] & 0xff);
      }
    }
  }

  /**
   * The pictures of an array, in its order. Values are clipped to the range and rounded, halves to
   * even; of an array that {@link #toArray} made, exactly the pictures that went in come out.
   *
   * @param array of rank 4, of any numeric type and memory order
   * @return RGB pictures
   * @throws IllegalArgumentException if the array has another shape or holds a NaN
   */
  public List<BufferedImage> toImages(INDArray array) {
    requireNonNull(array, "array");
    long[] shape = array.shape();
    boolean fits = shape.length == 4 && shape[layout == PixelLayout.NCHW ? 1 : 3] == CHANNELS;
    if (!fits) {
      throw new IllegalArgumentException(
          "An array of pictures has the shape "
              + (layout == PixelLayout.NCHW ? "(n, 3, h, w)" : "(n, h, w, 3)")
              + ", this one has "
              + Arrays.toString(shape));
    }
    int height = Math.toIntExact(shape[layout == PixelLayout.NCHW ? 2 : 1]);
    int width = Math.toIntExact(shape[layout == PixelLayout.NCHW ? 3 : 2]);
    float[] values = copyOf(array);
    List<BufferedImage> images = new ArrayList<>();
    for (int i = 0; i < shape[0]; i++) {
      byte[] rgb = get(values, i, CHANNELS * height * width);
      images.add(new RgbImage(width, height, rgb).toBufferedImage());
    }
    return images;
  }

  /** The values in C order. The copy is made outside of workspaces, where it can be closed. */
  private static float[] copyOf(INDArray array) {
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        INDArray copy = array.dup('c')) {
      return copy.data().asFloat();
    }
  }

  private byte[] get(float[] values, int picture, int size) {
    byte[] rgb = new byte[size];
    int pixels = size / CHANNELS;
    int start = picture * size;
    for (int pixel = 0, out = 0; pixel < pixels; pixel++) {
      for (int channel = 0; channel < CHANNELS; channel++) {
        float value = values[start + layout.index(channel, pixel, pixels)];
        if (Float.isNaN(value)) {
          throw new IllegalArgumentException("Picture " + picture + " of the array holds a NaN");
        }
        rgb[out++] = (byte) Math.rint(Math.min(255, Math.max(0, range.toLevel(channel, value))));
      }
    }
    return rgb;
  }
}
