package dev.sgid.dataset.internal.image;

import static dev.sgid.dataset.internal.image.ImageParts.NONE;

import dev.sgid.dataset.internal.image.JpegSegments.Segment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Takes a JPEG file apart. */
final class JpegParts {
  private static final String EXIF = "Exif\0\0";
  private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";
  private static final String ICC = "ICC_PROFILE\0";
  private static final int JFIF_LENGTH = 14;
  private static final int ADOBE_LENGTH = 12;

  private final byte[] file;
  private final Pieces picture;
  private final ByteArrayOutputStream exif = new ByteArrayOutputStream();
  private final List<byte[]> profile = new ArrayList<>(); // number, how many, content
  private byte[] xmp = NONE;

  private JpegParts(byte[] file) {
    this.file = file;
    this.picture = new Pieces(file);
  }

  static ImageParts of(byte[] file) throws IOException {
    return new JpegParts(file).parts();
  }

  private ImageParts parts() throws IOException {
    JpegSegments all = JpegSegments.of(file);
    if (all.areCut(file)) {
      throw new IOException("can't be decoded as JPEG: the file is cut short");
    }
    picture.keep(0, 2);
    for (Segment segment : all.segments()) {
      sort(segment);
    }
    picture.keep(all.rest(), file.length);
    return new ImageParts(picture.toByteArray(), exif.toByteArray(), xmp, profile());
  }

  private void sort(Segment segment) {
    int marker = segment.marker();
    if (marker == JpegSegments.APP1 && has(segment, EXIF)) { // longer ones go on in the next
      exif.writeBytes(after(segment, EXIF.length()));
    } else if (marker == JpegSegments.APP1 && has(segment, XMP)) {
      xmp = after(segment, XMP.length());
    } else if (marker == JpegSegments.APP2 && has(segment, ICC)) {
      profile.add(after(segment, ICC.length()));
    } else if (marker == JpegSegments.APP0) {
      if (has(segment, "JFIF\0") && segment.length() >= JFIF_LENGTH) {
        byte[] jfif = Arrays.copyOfRange(file, segment.at(), segment.at() + JFIF_LENGTH);
        jfif[12] = 0; // no thumbnail
        jfif[13] = 0;
        write(marker, jfif);
      }
    } else if (marker == JpegSegments.APP14) {
      if (has(segment, "Adobe") && segment.length() >= ADOBE_LENGTH) {
        write(marker, Arrays.copyOfRange(file, segment.at(), segment.at() + ADOBE_LENGTH));
      }
    } else if (marker < JpegSegments.APP0
        || (marker > JpegSegments.APP15 && marker != JpegSegments.COMMENT)) {
      picture.keep(segment.at() - 4, segment.at() + segment.length());
    }
  }

  private boolean has(Segment segment, String name) {
    return segment.length() >= name.length() && ImageParts.starts(file, segment.at(), name);
  }

  private byte[] after(Segment segment, int skipped) {
    return Arrays.copyOfRange(file, segment.at() + skipped, segment.at() + segment.length());
  }

  private void write(int marker, byte[] content) {
    int length = content.length + 2;
    picture.put(new byte[] {(byte) 0xff, (byte) marker, (byte) (length >> 8), (byte) length});
    picture.put(content);
  }

  /** Its parts in their order; nothing where some are missing. */
  private byte[] profile() {
    profile.removeIf(part -> part.length < 2);
    profile.sort(Comparator.comparingInt(part -> part[0] & 0xff));
    if (profile.isEmpty() || (profile.get(0)[1] & 0xff) != profile.size()) {
      return NONE;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : profile) {
      whole.write(part, 2, part.length - 2);
    }
    return whole.toByteArray();
  }
}
