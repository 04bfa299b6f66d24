package dev.sgid.dataset;

import dev.sgid.Size;
import dev.sgid.dataset.internal.image.BmpParts;
import dev.sgid.dataset.internal.image.BytesInput;
import dev.sgid.dataset.internal.image.Claims;
import dev.sgid.dataset.internal.image.GifFrames;
import dev.sgid.dataset.internal.image.ImageParts;
import dev.sgid.dataset.internal.image.Orientation;
import dev.sgid.dataset.internal.image.ShownLevels;
import dev.sgid.dataset.internal.image.TooLargeException;
import dev.sgid.dataset.internal.image.Unreadable;
import dev.sgid.dataset.internal.image.Webp;
import dev.sgid.internal.Levels;
import dev.sgid.internal.RootCause;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes image files to what a viewer shows: 8-bit sRGB, by the color profile that a file has,
 * upright as EXIF or XMP say, on white where they are transparent; of an animation the first frame,
 * of several pages the first.
 *
 * <p>What is broken, cut short, too large or of a kind that no two viewers show alike is an {@link
 * IOException} whose message says so; the size is checked before the pixels are decoded. Damaged
 * metadata are ignored. JPEG (CMYK too), PNG, WebP, TIFF, GIF and BMP.
 *
 * <p>Immutable and thread-safe.
 */
public final class ImageDecoder {
  /** The largest image that is decoded where nothing else is said: 100 million pixels. */
  public static final long DEFAULT_MAX_PIXELS = 100_000_000;

  private static final String CUT = "the file is cut short";
  private static final long MAX_BYTES = 1L << 30; // a file is read as a whole

  /** Warnings after which part of the picture is made up. */
  private static final Pattern DAMAGE =
      Pattern.compile("premature|truncat|unexpected end|bad huffman", Pattern.CASE_INSENSITIVE);

  private final long maxPixels;

  /** Decodes images of up to {@link #DEFAULT_MAX_PIXELS}. */
  public ImageDecoder() {
    this(DEFAULT_MAX_PIXELS);
  }

  /**
   * Decodes images of up to {@code maxPixels}.
   *
   * @param maxPixels width x height, at least 1
   */
  public ImageDecoder(long maxPixels) {
    if (maxPixels < 1) {
      throw new IllegalArgumentException("maxPixels must be at least 1, is " + maxPixels);
    }
    this.maxPixels = maxPixels;
  }

  /**
   * Reads and decodes a file.
   *
   * @return {@code TYPE_INT_RGB}
   * @throws IOException if the file can't be read, is no image, broken, cut short or too large
   */
  public BufferedImage read(Path file) throws IOException {
    return decode(bytes(file));
  }

  /** The whole file, which must be of a size that is reasonable for an image. */
  static byte[] bytes(Path file) throws IOException {
    requireReasonable(Files.size(file));
    try {
      return Files.readAllBytes(file); // goes on to the end in an interrupted thread
    } catch (OutOfMemoryError e) {
      throw tooLargeForMemory(e);
    }
  }

  /** Refuses a file that is too long for an image. */
  static void requireReasonable(long size) throws IOException {
    if (size > MAX_BYTES) {
      throw new IOException("the file has " + size + " bytes, at most " + MAX_BYTES + " are read");
    }
    Claims.requireMemory(size, "the file's " + size + " bytes");
  }

  /**
   * Decodes a file's content.
   *
   * @return {@code TYPE_INT_RGB}
   * @throws IOException if it is no image, broken, cut short or too large
   */
  public BufferedImage decode(byte[] bytes) throws IOException {
    if (bytes.length == 0) {
      throw new IOException("the file is empty");
    }
    String unreadable = Unreadable.reason(bytes);
    if (unreadable != null) {
      throw new IOException(unreadable);
    }
    try {
      return shown(ImageParts.of(bytes), bytes);
    } catch (OutOfMemoryError e) { // of this one image; what is smaller can still be decoded
      throw tooLargeForMemory(e);
    }
  }

  private static IOException tooLargeForMemory(OutOfMemoryError e) {
    return new IOException("too large for the memory of this Java process", e);
  }

  private BufferedImage shown(ImageParts parts, byte[] bytes) throws IOException {
    Levels levels = Webp.isWebp(bytes) ? webp(parts, bytes) : levels(parts, bytes);
    return Orientation.of(parts).apply(levels.onWhite()).toBufferedImage();
  }

  private Levels webp(ImageParts parts, byte[] bytes) throws IOException {
    try {
      requireWhole(bytes);
      Webp webp = Webp.of(parts.picture());
      requireSize(webp.width(), webp.height());
      Claims.require(parts.picture(), webp.width(), webp.height());
      return ShownLevels.of(webp.read(), parts);
    } catch (TooLargeException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // offsets that lead astray
      throw new IOException("can't be decoded as WEBP: " + reason(e), e);
    }
  }

  private Levels levels(ImageParts parts, byte[] bytes) throws IOException {
    // no cache file on disk, and none of ImageIO's global settings changed
    try (ImageInputStream in = new BytesInput(parts.picture())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("can't be decoded: cut short or damaged at the very beginning");
      }
      ImageReader reader = readers.next();
      try {
        return decode(reader, in, parts, bytes);
      } finally {
        reader.dispose();
      }
    }
  }

  private Levels decode(ImageReader reader, ImageInputStream in, ImageParts parts, byte[] bytes)
      throws IOException {
    String format = reader.getFormatName().toUpperCase(Locale.ROOT);
    boolean gif = format.equals("GIF");
    StringBuilder damage = new StringBuilder();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          if (damage.isEmpty() && DAMAGE.matcher(warning).find()) {
            damage.append(warning);
          }
        });
    try {
      reader.setInput(in, false, !gif); // a GIF's metadata say where its first frame lies
      if (format.equals("BMP")) { // its reader refuses large ones in words of its own
        requireSize(BmpParts.size(bytes));
      }
      requireSize(reader.getWidth(0), reader.getHeight(0));
      Claims.require(parts.picture(), reader.getWidth(0), reader.getHeight(0));
      Levels levels =
          gif
              ? ShownLevels.of(onScreen(reader.read(0), bytes, reader.getImageMetadata(0)), parts)
              : ShownLevels.read(reader, parts);
      if (!damage.isEmpty()) {
        throw new IOException("the picture is damaged: " + damage);
      }
      return levels;
    } catch (TooLargeException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // readers throw anything on broken files
      if (RootCause.of(e) instanceof OutOfMemoryError memory) { // which some of them wrap
        throw tooLargeForMemory(memory);
      }
      String reason = gif && GifFrames.areCut(bytes) ? CUT : reason(e);
      throw new IOException("can't be decoded as " + format + ": " + reason, e);
    }
  }

  /** Readers say little themselves; what they met first says more. */
  private static String reason(Exception e) {
    Throwable root = RootCause.of(e);
    if (root instanceof EOFException) {
      return CUT;
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  /** A file may end between the pixels and what the header announces. */
  private static void requireWhole(byte[] webp) throws EOFException {
    long length = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xffff_ffffL;
    if (webp.length < 8 + length) {
      throw new EOFException();
    }
  }

  private void requireSize(Size size) throws TooLargeException {
    requireSize(size.width(), size.height());
  }

  private void requireSize(int width, int height) throws TooLargeException {
    if ((long) width * height > maxPixels) {
      throw new TooLargeException(
          width + "x" + height + " pixels are more than the " + maxPixels + " allowed");
    }
  }

  /** A GIF's first frame may cover just a part of the picture. */
  private BufferedImage onScreen(BufferedImage frame, byte[] gif, IIOMetadata metadata)
      throws TooLargeException {
    ByteBuffer header = ByteBuffer.wrap(gif).order(ByteOrder.LITTLE_ENDIAN);
    IIOMetadataNode root =
        (IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
    IIOMetadataNode place = (IIOMetadataNode) root.getElementsByTagName("ImageDescriptor").item(0);
    int left = Integer.parseInt(place.getAttribute("imageLeftPosition"));
    int top = Integer.parseInt(place.getAttribute("imageTopPosition"));
    Size screen =
        new Size(
            Math.max(header.getShort(6) & 0xffff, left + frame.getWidth()),
            Math.max(header.getShort(8) & 0xffff, top + frame.getHeight()));
    if (screen.equals(new Size(frame.getWidth(), frame.getHeight()))) {
      return frame;
    }
    requireSize(screen.width(), screen.height());
    BufferedImage whole =
        new BufferedImage(screen.width(), screen.height(), BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = whole.createGraphics();
    graphics.drawImage(frame, left, top, null);
    graphics.dispose();
    return whole;
  }
}
