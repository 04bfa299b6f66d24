package dev.sgid.dataset.report;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A small picture as a {@code data:} URI: as it is, in PNG, where it is tiny, so that each pixel
 * can be looked at; else JPEG of at most a given side. Static only.
 */
final class Thumbnail {
  /** Pictures with no longer side stay as they are. */
  static final int TINY = 64;

  private static final float QUALITY = 0.82f;

  private Thumbnail() {}

  /**
   * Makes one.
   *
   * @param longest the longest side that it may have, in pixels, at least {@link #TINY}
   */
  static String of(BufferedImage picture, int longest) throws IOException {
    int side = Math.max(picture.getWidth(), picture.getHeight());
    return side <= TINY
        ? uri(picture, "png")
        : uri(scaled(picture, Math.min(1, (double) longest / side)), "jpeg");
  }

  /** Halves it until the last step is less than a half: each pixel counts then. */
  private static BufferedImage scaled(BufferedImage picture, double scale) {
    int width = Math.max(1, (int) Math.round(picture.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(picture.getHeight() * scale));
    BufferedImage at = picture;
    while (at.getWidth() >= 2 * width && at.getHeight() >= 2 * height) {
      at = drawn(at, at.getWidth() / 2, at.getHeight() / 2);
    }
    return drawn(at, width, height);
  }

  private static BufferedImage drawn(BufferedImage picture, int width, int height) {
    BufferedImage drawn = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = drawn.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(picture, 0, 0, width, height, null);
    graphics.dispose();
    return drawn;
  }

  private static String uri(BufferedImage picture, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next(); // the JDK has both
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      options.setCompressionQuality(format.equals("png") ? 0 : QUALITY); // 0: PNG's smallest
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, null), options);
    } finally {
      writer.dispose();
    }
    return "data:image/"
        + format
        + ";base64,"
        + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
