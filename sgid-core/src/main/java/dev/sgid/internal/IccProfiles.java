package dev.sgid.internal;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;

/** Color profiles as the JDK's color management (Little CMS) applies them. */
public final class IccProfiles {
  private IccProfiles() {}

  /** From a profile's colors to sRGB. Not thread-safe. */
  public static ColorConvertOp toSrgb(ICC_Profile profile) {
    return new ColorConvertOp(
        new ICC_Profile[] {profile, ICC_Profile.getInstance(ColorSpace.CS_sRGB)}, null);
  }
}
