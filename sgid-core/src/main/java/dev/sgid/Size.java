package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of a picture.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 */
public record Size(int width, int height) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,6})[xX](\\d{1,6})");

  public Size {
    Require.atLeast(1, width, "width");
    Require.atLeast(1, height, "height");
  }

  /**
   * Reads {@code 512x384}, width first.
   *
   * @throws IllegalArgumentException if {@code text} is no such size
   */
  public static Size parse(String text) {
    Matcher matcher = TEXT.matcher(requireNonNull(text, "text").strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "A size is WIDTHxHEIGHT, like 512x384, is \"" + text + "\"");
    }
    return new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** {@code width x height}, in pixels. */
  public long area() {
    return (long) width * height;
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
