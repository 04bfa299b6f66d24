package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A new training image and everything that explains it: enough to make it again.
 *
 * @param result the picture, or why there is none, and how it was generated
 * @param label as given, stripped, with {@code _} read as a space
 * @param id the request's
 * @param identity SHA-256 of the original's size and pixels, in hexadecimal
 * @param copy index of the copy, from 0
 * @param caption the chosen caption
 * @param similarity cosine of caption and original, in [-1, 1]
 * @param prompt what the generation was given
 * @param guidanceScale w, rounded to two decimals
 * @param settings all other settings, as they held for this picture
 * @param seed of torch's CPU generator, in [0, 2^32)
 * @param pack which models made it
 * @param timings time by stage; what a batch took is shared evenly among its pictures
 */
public record Augmentation(
    Img2ImgResult result,
    String label,
    String id,
    String identity,
    int copy,
    String caption,
    double similarity,
    String prompt,
    double guidanceScale,
    Settings settings,
    long seed,
    PackInfo pack,
    Map<Stage, Duration> timings) {
  public Augmentation {
    requireNonNull(result, "result");
    requireNonNull(label, "label");
    requireNonNull(id, "id");
    requireNonNull(identity, "identity");
    Require.atLeast(0, copy, "copy");
    requireNonNull(caption, "caption");
    Require.within(-1, 1, similarity, "similarity");
    requireNonNull(prompt, "prompt");
    Require.atLeast(0.0, guidanceScale, "guidanceScale");
    requireNonNull(settings, "settings");
    requireNonNull(pack, "pack");
    requireNonNull(timings, "timings");
    timings = Collections.unmodifiableMap(new TreeMap<>(timings)); // in the stages' order
  }

  /**
   * The new image, RGB.
   *
   * @throws SgidException if this copy failed, which only {@link Sgid#augmentAll} hands out
   */
  public BufferedImage image() {
    @Nullable BufferedImage image = result.image();
    if (image == null) {
      throw requireNonNull(result.failure(), "failure");
    }
    return image;
  }

  /** Why there is no image; empty where there is one. */
  public Optional<SgidException> failure() {
    return Optional.ofNullable(result.failure());
  }

  /** Fraction of the noising schedule that was run, in (0, 1]. */
  public double noiseRate() {
    return settings.noiseRate();
  }

  /** Length of the whole schedule; {@link Img2ImgResult#stepsRun()} of them were run. */
  public int steps() {
    return settings.steps();
  }

  /** The size that was generated. */
  public Size size() {
    return result.fit().padded();
  }

  /** How the original was made to fit the model. */
  public Fit fit() {
    return result.fit();
  }

  /** What the tokenizer's length cut off the prompt; empty for nothing. */
  public String cutText() {
    return result.cutText();
  }
}
