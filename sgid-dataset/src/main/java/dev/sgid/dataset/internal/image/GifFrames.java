package dev.sgid.dataset.internal.image;

/** The frames of a GIF file, found by its blocks. */
public final class GifFrames {
  private static final int HEAD = 13;
  private static final int FRAME_HEAD = 10;

  private GifFrames() {}

  /** Whether the file ends before its first frame does. */
  public static boolean areCut(byte[] file) {
    try {
      count(file, 1);
      return false;
    } catch (IndexOutOfBoundsException e) {
      return true;
    }
  }

  /**
   * How many there are.
   *
   * @param most that are looked for
   * @throws IndexOutOfBoundsException if the file ends before
   */
  static int count(byte[] file, int most) {
    int at = HEAD + colors(file[HEAD - 3]);
    int frames = 0;
    while (frames < most && file[at] != ';') {
      if (file[at] == ',') {
        frames++;
        at += FRAME_HEAD + colors(file[at + FRAME_HEAD - 1]) + 1; // how long its codes are
      } else {
        at += 2; // an extension
      }
      while (file[at] != 0) { // blocks of data
        at += 1 + (file[at] & 0xff);
      }
      at++;
    }
    return frames;
  }

  /** Bytes of the palette that flags announce. */
  private static int colors(byte flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }
}
