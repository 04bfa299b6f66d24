package dev.sgid.dataset.internal.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sgid.internal.IccProfiles;
import dev.sgid.internal.Levels;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import org.jspecify.annotations.Nullable;

/**
 * The ICC profile in a file, if it is one for the file's kind of colors: gray, RGB or CMYK. A
 * damaged one, or one for other colors, is as good as none.
 *
 * <p>Converts to sRGB as Pillow's {@code ImageCms.profileToProfile} does (Little CMS, perceptual
 * intent, no black point compensation of its own). Not thread-safe.
 */
final class EmbeddedProfile {
  private static final String PRINTER = "prtr";
  private static final String DISPLAY = "mntr";
  private static final int[] PROBES = {0, 32, 64, 96, 128, 160, 192, 224, 255};

  private final ColorConvertOp toSrgb;
  private final int components;

  private EmbeddedProfile(ICC_Profile profile) {
    toSrgb = IccProfiles.toSrgb(profile);
    components = profile.getNumComponents();
  }

  /** The picture with sRGB's levels: {@code levels} itself where there is nothing to convert. */
  static Levels apply(byte[] profile, Levels levels) {
    boolean gray = levels.colors() == 1;
    EmbeddedProfile embedded = of(profile, gray ? ColorSpace.TYPE_GRAY : ColorSpace.TYPE_RGB);
    return embedded == null || embedded.isSrgb()
        ? levels
        : levels.withRgb(embedded.rgb(levels.samples(), levels.width()));
  }

  /**
   * The profile, if it can be used.
   *
   * @param space what the file's colors are, as {@link ColorSpace} counts
   */
  static @Nullable EmbeddedProfile of(byte[] bytes, int space) {
    if (bytes.length == 0) {
      return null;
    }
    try {
      ICC_Profile profile = ICC_Profile.getInstance(asDisplay(bytes));
      if (profile.getColorSpaceType() != space || !describesColors(profile)) {
        return null;
      }
      EmbeddedProfile embedded = new EmbeddedProfile(profile);
      embedded.rgb(new byte[embedded.components], 1); // fails where its tables are broken
      return embedded;
    } catch (RuntimeException e) { // the JDK throws any of several on broken profiles
      return null;
    }
  }

  /** The JDK takes a printer's profile as relative colorimetric, which Pillow does not. */
  private static byte[] asDisplay(byte[] bytes) {
    if (!ImageParts.starts(bytes, ICC_Profile.icHdrDeviceClass, PRINTER)) {
      return bytes;
    }
    byte[] display = bytes.clone();
    System.arraycopy(
        DISPLAY.getBytes(US_ASCII), 0, display, ICC_Profile.icHdrDeviceClass, DISPLAY.length());
    return display;
  }

  /** Profiles of links between devices, of effects and of named colors don't. */
  private static boolean describesColors(ICC_Profile profile) {
    return switch (profile.getProfileClass()) {
      case ICC_Profile.CLASS_INPUT,
          ICC_Profile.CLASS_DISPLAY,
          ICC_Profile.CLASS_OUTPUT,
          ICC_Profile.CLASS_COLORSPACECONVERSION ->
          true;
      default -> false;
    };
  }

  /** Whether it moves no color by more than a level: rounding, where most files say sRGB. */
  private boolean isSrgb() {
    int n = PROBES.length;
    int count = components == 1 ? n : n * n * n;
    byte[] colors = new byte[components * count];
    byte[] same = new byte[3 * count];
    for (int i = 0; i < count; i++) {
      int[] rgb = {PROBES[i % n], PROBES[i / n % n], PROBES[i / n / n]};
      for (int c = 0; c < 3; c++) {
        int probe = rgb[components == 1 ? 0 : c];
        same[3 * i + c] = (byte) probe;
        colors[components == 1 ? i : 3 * i + c] = (byte) probe;
      }
    }
    byte[] converted = rgb(colors, count);
    for (int i = 0; i < same.length; i++) {
      if (Math.abs((same[i] & 0xff) - (converted[i] & 0xff)) > 1) {
        return false;
      }
    }
    return true;
  }

  /** sRGB of colors in rows of {@code width} pixels. */
  byte[] rgb(byte[] colors, int width) {
    int height = colors.length / components / width;
    byte[] rgb = new byte[3 * width * height];
    toSrgb.filter(raster(colors, width, height, components), raster(rgb, width, height, 3));
    return rgb;
  }

  private static WritableRaster raster(byte[] samples, int width, int height, int bands) {
    int[] offsets = new int[bands];
    for (int i = 0; i < bands; i++) {
      offsets[i] = i;
    }
    DataBuffer buffer = new DataBufferByte(samples, samples.length);
    return Raster.createInterleavedRaster(
        buffer, width, height, bands * width, bands, offsets, null);
  }
}
