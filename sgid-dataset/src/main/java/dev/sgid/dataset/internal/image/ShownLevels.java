package dev.sgid.dataset.internal.image;

import dev.sgid.dataset.internal.image.Cmyk.Storage;
import dev.sgid.internal.Levels;
import java.awt.image.BufferedImage;
import java.io.IOException;
import javax.imageio.ImageReader;

/** The levels of a file's first picture, in sRGB. */
public final class ShownLevels {
  private ShownLevels() {}

  /** Of the picture that {@code reader} has been given, which is that of {@code parts}. */
  public static Levels read(ImageReader reader, ImageParts parts) throws IOException {
    byte[] picture = parts.picture();
    if (TiffDirectory.isTiff(picture)) {
      return TiffLevels.read(reader, TiffDirectory.of(picture), parts.profile());
    }
    Storage storage = ImageParts.isJpeg(picture) ? Cmyk.storage(picture) : null;
    return storage != null
        ? Cmyk.read(reader, storage, parts.profile())
        : of(reader.read(0), parts);
  }

  /** Of a picture that has been read. */
  public static Levels of(BufferedImage image, ImageParts parts) {
    return EmbeddedProfile.apply(parts.profile(), Levels.of(image));
  }
}
