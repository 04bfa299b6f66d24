package dev.sgid.dataset;

import java.util.Locale;
import java.util.Set;

/** What an image is, its file extension says: so a broken one is told from what is none. */
final class ImageFiles {
  /** Also those that nothing here can decode: they are images, and their loss is to be told. */
  private static final Set<String> EXTENSIONS =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "gif", "bmp", "webp", "tif", "tiff",
          "ppm", "pgm", "pbm", "pnm", "heic", "heif", "avif", "jp2", "jxl");

  private ImageFiles() {}

  /** Whether a file of this name is an image. */
  static boolean isImage(String name) {
    return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /** Hidden files and folders, those whose names begin with a dot, don't count. */
  static boolean isHidden(String name) {
    return name.startsWith(".");
  }
}
