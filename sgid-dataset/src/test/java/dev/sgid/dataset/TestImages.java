package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Image files for the tests: made by the JDK, or by Pillow 11 where the JDK writes no such file.
 */
final class TestImages {
  static final int RED = 0xdc1e28;
  static final int BLUE = 0x1e3cc8;

  /** Four quadrants, C M Y K of (0,200,220,20), (220,30,0,40), (0,0,0,128), (60,0,200,0). */
  static final byte[] CMYK_JPEG =
      base64(
          "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcG",
          "BggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAAB",
          "AgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNi",
          "coIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SV",
          "lpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4E",
          "QwBNAFkASwAAPwD9/K/NuvyLr9rK/iPr+qiv7cK8vr+3CveKK/J+vg+iv436/oAr/9k=");

  /** 16x16, the upper half red, the lower blue. */
  static final byte[] LOSSLESS_WEBP =
      base64("UklGRigAAABXRUJQVlA4TBwAAAAvD8ADAA9QjwtxHwV0/qOCWDDJX7pzChH9zzgB");

  /** 16x8, the left half red, the right blue, to be turned by 90 degrees. */
  static final byte[] TURNED_WEBP =
      base64(
          "UklGRlwAAABXRUJQVlA4WAoAAAAIAAAADwAABwAAVlA4TBsAAAAvD8ABAA9QjwtxHwV0/qOCWDCZv3RnChH9Dx0A",
          "RVhJRhoAAABNTQAqAAAACAABARIAAwAAAAEABgAAAAAAAA==");

  private TestImages() {}

  private static byte[] base64(String... lines) {
    return Base64.getDecoder().decode(String.join("", lines));
  }

  /** The left half red, the right blue. */
  static BufferedImage halves(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(RED));
    graphics.fillRect(0, 0, width / 2, height);
    graphics.setColor(new Color(BLUE));
    graphics.fillRect(width / 2, 0, width - width / 2, height);
    graphics.dispose();
    return image;
  }

  static BufferedImage halves(int width, int height) {
    return halves(width, height, BufferedImage.TYPE_INT_RGB);
  }

  /** Noise, which no format can make small. */
  static BufferedImage noise(int width, int height, long seed) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt(0x1000000));
      }
    }
    return image;
  }

  static byte[] encode(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, bytes)) {
      throw new IOException("no writer for " + format);
    }
    return bytes.toByteArray();
  }

  static byte[] animatedGif(BufferedImage... frames) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
      for (BufferedImage frame : frames) {
        writer.writeToSequence(new IIOImage(frame, null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** An EXIF block with the orientation and nothing else. */
  private static byte[] exif(int orientation) {
    return ByteBuffer.allocate(26)
        .put(new byte[] {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1})
        .putShort((short) 274)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) orientation)
        .array();
  }

  static byte[] withOrientation(byte[] jpeg, int orientation) {
    byte[] exif = exif(orientation);
    return ByteBuffer.allocate(jpeg.length + 10 + exif.length)
        .put(jpeg, 0, 2)
        .putShort((short) 0xffe1)
        .putShort((short) (8 + exif.length))
        .put("Exif\0\0".getBytes(ISO_8859_1))
        .put(exif)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  /** A PNG with a chunk more behind its header. */
  static byte[] withChunk(byte[] png, String type, byte[] data) {
    int headerEnd = 8 + 25;
    byte[] body = Arrays.copyOf(type.getBytes(ISO_8859_1), 4 + data.length);
    System.arraycopy(data, 0, body, 4, data.length);
    CRC32 checksum = new CRC32();
    checksum.update(body);
    return ByteBuffer.allocate(png.length + 12 + data.length)
        .put(png, 0, headerEnd)
        .putInt(data.length)
        .put(body)
        .putInt((int) checksum.getValue())
        .put(png, headerEnd, png.length - headerEnd)
        .array();
  }

  static byte[] pngWithOrientation(byte[] png, int orientation) {
    return withChunk(png, "eXIf", exif(orientation));
  }

  /** A small PNG whose header claims another size. */
  static byte[] pngClaiming(int width, int height) throws IOException {
    byte[] png = encode(halves(4, 4), "png");
    ByteBuffer header = ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
    CRC32 checksum = new CRC32();
    checksum.update(png, 12, 17);
    header.putInt(29, (int) checksum.getValue());
    return png;
  }
}
