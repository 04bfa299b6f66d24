package dev.sgid.dataset;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * The kind of file that pictures are written as; originals stay what they are. Immutable and
 * thread-safe; {@code toString} gives what {@link #parse} reads.
 */
public final class ImageFormat {
  private static final int LOSSLESS = 0;
  private static final int BEST = 100;
  private static final int USUAL_QUALITY = 95;
  private static final Pattern SPELLED = Pattern.compile("png|jpeg(?::(\\d{1,9}))?");
  private static final ImageFormat PNG = new ImageFormat(LOSSLESS);

  private final int quality; // of JPEG

  private ImageFormat(int quality) {
    this.quality = quality;
  }

  /** PNG: each pixel as it was made. */
  public static ImageFormat png() {
    return PNG;
  }

  /**
   * JPEG, with colors at half the resolution: smaller, and no pixel quite as it was made.
   *
   * @param quality in [1, 100], as JPEG encoders have it
   */
  public static ImageFormat jpeg(int quality) {
    return new ImageFormat(Require.within(1, BEST, quality, "quality"));
  }

  /**
   * Reads {@code png}, {@code jpeg} or {@code jpeg:QUALITY}; the usual quality is 95.
   *
   * @throws IllegalArgumentException if {@code text} is none of them or the quality out of range
   */
  public static ImageFormat parse(String text) {
    Matcher spelled = SPELLED.matcher(text.strip());
    if (!spelled.matches()) {
      throw new IllegalArgumentException(
          "An image format is png, jpeg or jpeg:QUALITY, is \"" + text + "\"");
    }
    String digits = spelled.group(1);
    if (digits != null) {
      return jpeg(Integer.parseInt(digits));
    }
    return text.strip().startsWith("jpeg") ? jpeg(USUAL_QUALITY) : png();
  }

  boolean isLossless() {
    return quality == LOSSLESS;
  }

  /** What files of this kind end with, dot included. */
  String extension() {
    return isLossless() ? ".png" : ".jpg";
  }

  /** A file of the picture, without any metadata. */
  byte[] encode(BufferedImage picture) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer =
        ImageIO.getImageWritersByFormatName(isLossless() ? "png" : "jpeg")
            .next(); // in the end the JDK's
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      if (!isLossless()) {
        options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        options.setCompressionQuality((float) quality / BEST);
      }
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, null), options);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return isLossless() ? "png" : "jpeg:" + quality;
  }
}
