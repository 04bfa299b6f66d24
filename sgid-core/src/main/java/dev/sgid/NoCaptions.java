package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.util.List;

/** Says nothing, in one blank caption, see {@link Captioner#none()}. */
enum NoCaptions implements Captioner {
  NONE;

  @Override
  public List<String> caption(BufferedImage image, int candidates, long seed) {
    requireNonNull(image, "image");
    Require.atLeast(1, candidates, "candidates");
    return List.of("");
  }
}
