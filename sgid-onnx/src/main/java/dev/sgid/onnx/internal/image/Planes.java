package dev.sgid.onnx.internal.image;

import java.nio.FloatBuffer;

/** Checks of buffers that hold (3, height, width). */
final class Planes {
  private Planes() {}

  static void checkRoom(FloatBuffer buffer, int width, int height) {
    long needed = 3L * width * height;
    if (buffer.remaining() < needed) {
      throw new IllegalArgumentException(
          "A picture of %dx%d takes %d floats, the buffer has %d"
              .formatted(width, height, needed, buffer.remaining()));
    }
  }
}
