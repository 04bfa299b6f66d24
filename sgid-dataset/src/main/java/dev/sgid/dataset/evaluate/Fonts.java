package dev.sgid.dataset.evaluate;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The font of charts and figures: Java's own name for whatever the machine has without serifs. */
final class Fonts {
  private Fonts() {}

  static Font plain(int size) {
    return new Font(Font.SANS_SERIF, Font.PLAIN, size);
  }

  static Font bold(int size) {
    return new Font(Font.SANS_SERIF, Font.BOLD, size);
  }

  /**
   * Looks whether text can be drawn, which takes libraries and fonts that small servers may lack.
   *
   * @throws UncheckedIOException saying what to install
   */
  static void require() {
    try {
      double ignored =
          plain(12).getStringBounds("sgid", new FontRenderContext(null, true, true)).getWidth();
    } catch (LinkageError | InternalError | RuntimeException e) { // Java's ways to say so
      throw new UncheckedIOException(
          new IOException(
              "Text can't be drawn on this machine: install a font and the library fontconfig"
                  + " (Debian: fontconfig and fonts-dejavu-core)",
              e));
    }
  }
}
