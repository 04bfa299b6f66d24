package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What became of one {@link Img2ImgRequest}: a picture, or the reason why there is none. */
public sealed interface Img2ImgResult {
  /** The picture, or the failure thrown. */
  Picture orThrow();

  /**
   * A picture.
   *
   * @param image RGB
   * @param fit how the original was made to fit the model; {@link Fit#padded()} is the size
   *     generated
   * @param stepsRun how many denoising steps were run
   * @param timestepSpacing which of the model's timesteps they were
   * @param cutText what the tokenizer's length cut off the prompt; empty for nothing
   * @param reproducible whether the request alone decides the picture, which is not so where the
   *     VAE encoder draws at random inside its graph
   * @param timings time by stage; what a batch took is shared evenly among its pictures
   */
  record Picture(
      BufferedImage image,
      Fit fit,
      int stepsRun,
      TimestepSpacing timestepSpacing,
      String cutText,
      boolean reproducible,
      Map<Stage, Duration> timings)
      implements Img2ImgResult {
    public Picture {
      requireNonNull(image, "image");
      requireNonNull(fit, "fit");
      Require.atLeast(0, stepsRun, "stepsRun");
      requireNonNull(timestepSpacing, "timestepSpacing");
      requireNonNull(cutText, "cutText");
      requireNonNull(timings, "timings");
      timings = Collections.unmodifiableMap(new TreeMap<>(timings)); // in the stages' order
    }

    @Override
    public Picture orThrow() {
      return this;
    }
  }

  /**
   * No picture.
   *
   * @param reason what went wrong first
   */
  record Failure(SgidException reason) implements Img2ImgResult {
    public Failure {
      requireNonNull(reason, "reason");
    }

    @Override
    public Picture orThrow() {
      throw reason;
    }
  }
}
