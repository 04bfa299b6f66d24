package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;

/**
 * How an image was made to fit the model: scaled (Lanczos), then padded by reflection. Undone in
 * reverse order after generation.
 *
 * @param scaled the size it was scaled to; its own size where it was left alone
 * @param left columns added on the left, at least 0
 * @param top rows added on top, at least 0
 * @param right columns added on the right, at least 0
 * @param bottom rows added at the bottom, at least 0
 */
public record Fit(Size scaled, int left, int top, int right, int bottom) {
  public Fit {
    requireNonNull(scaled, "scaled");
    Require.atLeast(0, left, "left");
    Require.atLeast(0, top, "top");
    Require.atLeast(0, right, "right");
    Require.atLeast(0, bottom, "bottom");
  }

  /** The fit of an image of {@code size} that needs neither scaling nor padding. */
  public static Fit none(Size size) {
    return new Fit(size, 0, 0, 0, 0);
  }

  /** The size that is generated: the scaled one and its padding. */
  public Size padded() {
    return new Size(left + scaled.width() + right, top + scaled.height() + bottom);
  }
}
