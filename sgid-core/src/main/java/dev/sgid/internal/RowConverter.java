package dev.sgid.internal;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/**
 * From a row of a color space's components, from 0 to 1, to sRGB's levels. Gray without a profile
 * stays gray. Not thread-safe.
 */
interface RowConverter {
  /** Of the levels: 1 for gray, or 3. */
  int colors();

  /** Writes the row's levels into {@code out}, from {@code at} on. */
  void convert(double[] row, byte[] out, int at);

  /** For rows of {@code width} pixels. */
  static RowConverter of(ColorSpace space, int width) {
    if (space.isCS_sRGB()) {
      return new AsTheyAre(space.getNumComponents());
    }
    if (space instanceof ICC_ColorSpace icc) {
      ICC_Profile profile = icc.getProfile();
      // the JDK's own stands for gray of which nothing is said
      return profile.equals(ICC_Profile.getInstance(ColorSpace.CS_GRAY))
          ? new AsTheyAre(1)
          : new ByProfile(profile, width);
    }
    return new BySpace(space);
  }

  /** Levels by rounding alone. */
  record AsTheyAre(int colors) implements RowConverter {
    @Override
    public void convert(double[] row, byte[] out, int at) {
      for (int i = 0; i < row.length; i++) {
        out[at + i] = Levels.level(row[i]);
      }
    }
  }

  /** By the color space's own arithmetic, pixel by pixel. */
  record BySpace(ColorSpace space) implements RowConverter {
    @Override
    public int colors() {
      return 3;
    }

    @Override
    public void convert(double[] row, byte[] out, int at) {
      int components = space.getNumComponents();
      float[] pixel = new float[components];
      for (int i = 0, o = at; i < row.length; i += components) {
        for (int c = 0; c < components; c++) {
          pixel[c] = (float) row[i + c];
        }
        for (float value : space.toRGB(pixel)) {
          out[o++] = Levels.level(value);
        }
      }
    }
  }

  /** Through the JDK's color management, in 16 bits, since 8 of a linear space are too few. */
  final class ByProfile implements RowConverter {
    private final ColorConvertOp transform;
    private final WritableRaster from; // (1, width, components), unsigned 16 bits
    private final WritableRaster to; // (1, width, 3), 8 bits
    private final int[] in;
    private final int[] levels;

    ByProfile(ICC_Profile profile, int width) {
      transform = IccProfiles.toSrgb(profile);
      int components = profile.getNumComponents();
      from = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, width, 1, components, null);
      to = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, 1, 3, null);
      in = new int[width * components];
      levels = new int[3 * width];
    }

    @Override
    public int colors() {
      return 3;
    }

    @Override
    public void convert(double[] row, byte[] out, int at) {
      for (int i = 0; i < in.length; i++) {
        in[i] = (int) Math.rint(0xffff * row[i]);
      }
      from.setPixels(0, 0, from.getWidth(), 1, in);
      transform.filter(from, to);
      to.getPixels(0, 0, to.getWidth(), 1, levels);
      for (int i = 0; i < levels.length; i++) {
        out[at + i] = (byte) levels[i];
      }
    }
  }
}
