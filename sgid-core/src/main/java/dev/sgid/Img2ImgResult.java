package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of one {@link Img2ImgRequest}: a picture, or the reason why there is none.
 *
 * @param image RGB; null exactly where there is a failure
 * @param failure why there is no picture; null where there is one
 * @param fit how the original was made to fit the model; {@link Fit#padded()} is the size generated
 * @param stepsRun how many denoising steps were run
 * @param cutText what the tokenizer's length cut off the prompt; empty for nothing
 * @param reproducible whether the request alone decides the picture, which is not so where the VAE
 *     encoder draws at random inside its graph
 * @param timings time by stage; what a batch took is shared evenly among its pictures
 */
public record Img2ImgResult(
    @Nullable BufferedImage image,
    @Nullable SgidException failure,
    Fit fit,
    int stepsRun,
    String cutText,
    boolean reproducible,
    Map<Stage, Duration> timings) {
  public Img2ImgResult {
    if ((image == null) == (failure == null)) {
      throw new IllegalArgumentException(
          "A result has either an image or a failure, got image " + image + ", failure " + failure);
    }
    requireNonNull(fit, "fit");
    Require.atLeast(0, stepsRun, "stepsRun");
    requireNonNull(cutText, "cutText");
    requireNonNull(timings, "timings");
    timings = Collections.unmodifiableMap(new TreeMap<>(timings)); // in the stages' order
  }
}
