package dev.sgid.dataset.internal.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sgid.dataset.internal.image.JpegSegments.Segment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names what can't be read by its content, whatever the file is called: kinds of pictures that Java
 * has no reader for, and what is often found in the place of a picture.
 */
public final class Unreadable {
  private static final int LOOKED_AT = 1 << 10; // bytes, for what is text

  private static final List<Kind> KINDS =
      List.of(
          picture(0, "\u00ff\n", "a JPEG XL picture"),
          picture(0, "\0\0\0\fJXL \r\n\u0087\n", "a JPEG XL picture"),
          picture(0, "\0\0\0\fjP  \r\n\u0087\n", "a JPEG 2000 picture"),
          picture(0, "\u00ffO\u00ffQ", "a JPEG 2000 picture"),
          picture(0, "II\u00bc", "a JPEG XR picture"),
          picture(0, "8BPS", "a Photoshop (PSD) picture"),
          picture(0, "gimp xcf", "a GIMP (XCF) picture"),
          picture(0, "v/1\u0001", "an OpenEXR picture"),
          picture(0, "#?RADIANCE", "a Radiance (HDR) picture"),
          picture(0, "qoif", "a QOI picture"),
          picture(0, "DDS ", "a DDS picture"),
          picture(0, "\0\0\u0001\0", "an ICO picture"),
          picture(0, "\0\0\u0002\0", "a CUR picture"),
          picture(0, "icns", "an ICNS picture"),
          picture(0, "BPG\u00fb", "a BPG picture"),
          picture(0, "SIMPLE  =", "a FITS picture"),
          picture(0, "FUJIFILMCCD-RAW", "a camera raw (RAF) picture"),
          picture(0, "%!PS", "a PostScript (EPS) picture"),
          picture(128, "DICM", "a DICOM picture"),
          other(0, "%PDF-", "a PDF document"),
          other(0, "PK\u0003\u0004", "a ZIP archive"),
          other(0, "\u001f\u008b", "a gzip archive"),
          other(257, "ustar", "a tar archive"),
          other(0, "\u001aE\u00df\u00a3", "a video (WebM or Matroska)"));

  private static final Set<String> HEIC =
      Set.of("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1");

  private static final int LOSSLESS = 0xc3;
  private static final int ARITHMETIC = 0xc9; // and what follows
  private static final int JPEG_LS = 0xf7;
  private static final Set<Integer> HIERARCHICAL = Set.of(0xc5, 0xc6, 0xc7);

  private Unreadable() {}

  private record Kind(int at, String prefix, String reason) {}

  private static Kind picture(int at, String prefix, String name) {
    return new Kind(at, prefix, cantRead(name));
  }

  private static Kind other(int at, String prefix, String name) {
    return new Kind(at, prefix, "is " + name + ", no picture");
  }

  private static String cantRead(String what) {
    return "is " + what + ", which sgid can't read: convert it to PNG or baseline JPEG";
  }

  /** Why a file can't be read; null where it is of a kind that can be. */
  public static @Nullable String reason(byte[] file) {
    if (ImageParts.isJpeg(file)) {
      return jpeg(file);
    }
    if (ImageParts.starts(file, 4, "ftyp")) {
      return media(file);
    }
    for (Kind kind : KINDS) {
      if (ImageParts.starts(file, kind.at, kind.prefix)) {
        return kind.reason;
      }
    }
    if (isReadable(file)) {
      return null;
    }
    if (isPortableAnymap(file)) {
      return cantRead("a Netpbm (PNM) picture");
    }
    if (ImageParts.starts(file, 0, "RIFF")) {
      return "is a sound or video (RIFF), no picture";
    }
    if (isZeros(file)) {
      return "holds nothing but zeros, as files do that were not copied to their end";
    }
    String text = text(file);
    return text == null ? "no image of a format that can be read" : text;
  }

  private static boolean isReadable(byte[] file) {
    return ImageParts.starts(file, 0, PngParts.SIGNATURE)
        || ImageParts.starts(file, 0, "GIF8")
        || BmpParts.isBmp(file)
        || (ImageParts.starts(file, 0, "RIFF") && ImageParts.starts(file, 8, "WEBP"))
        || TiffDirectory.isTiff(file);
  }

  /** The ways to code a JPEG that no reader of Java's knows. */
  private static @Nullable String jpeg(byte[] file) {
    for (Segment segment : JpegSegments.of(file).segments()) {
      int marker = segment.marker();
      if (marker == JPEG_LS) {
        return cantRead("a JPEG-LS picture");
      } else if (segment.isFrame() && marker >= ARITHMETIC) {
        return cantRead("a JPEG with arithmetic coding");
      } else if (HIERARCHICAL.contains(marker)) {
        return cantRead("a hierarchical JPEG picture");
      } else if (segment.isFrame() && segment.length() > 0 && marker != LOSSLESS) {
        int bits = file[segment.at()] & 0xff;
        return bits == 12 ? cantRead("a JPEG of 12 bits a sample") : null;
      }
    }
    return null;
  }

  /** ISO's container of pictures and films: what it holds, the brands say. */
  private static String media(byte[] file) {
    int end = Math.min(file.length, Math.max(16, ByteBuffer.wrap(file).getInt(0)));
    String name = null;
    for (int at = 8; at + 4 <= end && name == null; at += at == 8 ? 8 : 4) { // after a version
      String brand = new String(file, at, 4, ISO_8859_1);
      if (brand.equals("avif") || brand.equals("avis")) {
        name = "an AVIF picture";
      } else if (brand.equals("crx ")) {
        name = "a camera raw (CR3) picture";
      } else if (HEIC.contains(brand) && !(brand.equals("mif1") || brand.equals("msf1"))) {
        name = "a HEIC picture";
      }
    }
    if (name == null
        && HEIC.contains(new String(file, 8, Math.min(4, file.length - 8), ISO_8859_1))) {
      name = "a HEIF picture";
    }
    return name == null ? "is a video or sound (MP4), no picture" : cantRead(name);
  }

  private static boolean isPortableAnymap(byte[] file) {
    return file.length > 2
        && file[0] == 'P'
        && file[1] >= '1'
        && file[1] <= '7'
        && Character.isWhitespace(file[2]);
  }

  private static boolean isZeros(byte[] file) {
    for (byte value : file) {
      if (value != 0) {
        return false;
      }
    }
    return file.length > 0;
  }

  /** What kind of text the file is; null where it is none. */
  private static @Nullable String text(byte[] file) {
    byte[] start = Arrays.copyOf(file, Math.min(file.length, LOOKED_AT));
    String text;
    try {
      int end = start.length;
      while (end > 0 && file.length > LOOKED_AT && start[end - 1] < 0) {
        end--; // within a character
      }
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(start, 0, end)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
    if (text.isEmpty() || text.chars().anyMatch(c -> c < ' ' && !Character.isWhitespace(c))) {
      return null;
    }
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (lower.startsWith("version https://git-lfs")) {
      return "is a pointer of Git LFS, not the picture: git lfs pull gets it";
    } else if (lower.startsWith("<") && lower.contains("<svg")) {
      return cantRead("an SVG picture");
    } else if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return "is a web page (HTML), no picture, as failed downloads are";
    }
    return "is text, no picture";
  }
}
