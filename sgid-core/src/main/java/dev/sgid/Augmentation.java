package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A new training image and everything that explains it: enough to make it again.
 *
 * @param picture the new image and how it was generated
 * @param id the request's
 * @param label as given, stripped, with {@code _} read as a space
 * @param identity SHA-256 of the original's size and pixels, in hexadecimal
 * @param copy index of the copy, from 0
 * @param caption the chosen caption; empty without a captioner, {@link Captioner#none()}
 * @param similarity cosine of caption and original, in [-1, 1]; where the caption is blank, of the
 *     label and the original
 * @param prompt what the generation was given
 * @param guidanceScale w, rounded to two decimals
 * @param settings all other settings, as they held for this picture
 * @param seed of torch's CPU generator, in [0, 2^32)
 * @param consistency cosine of copy and original, in [-1, 1]: whether it still shows the same
 * @param domainDistance how far the original is from what the pack knows, see {@link Domain}; empty
 *     where the pack does not say what it knows
 * @param pack which models made it
 * @param timings time by stage; what a batch took is shared evenly among its pictures
 */
public record Augmentation(
    Img2ImgResult.Picture picture,
    String id,
    String label,
    String identity,
    int copy,
    String caption,
    double similarity,
    String prompt,
    double guidanceScale,
    Settings settings,
    long seed,
    double consistency,
    OptionalDouble domainDistance,
    PackInfo pack,
    Map<Stage, Duration> timings)
    implements Outcome {
  public Augmentation {
    requireNonNull(picture, "picture");
    requireNonNull(id, "id");
    requireNonNull(label, "label");
    requireNonNull(identity, "identity");
    Require.atLeast(0, copy, "copy");
    requireNonNull(caption, "caption");
    Require.within(-1, 1, similarity, "similarity");
    requireNonNull(prompt, "prompt");
    Require.atLeast(0.0, guidanceScale, "guidanceScale");
    requireNonNull(settings, "settings");
    Require.within(-1, 1, consistency, "consistency");
    requireNonNull(domainDistance, "domainDistance");
    requireNonNull(pack, "pack");
    requireNonNull(timings, "timings");
    timings = Collections.unmodifiableMap(new TreeMap<>(timings)); // in the stages' order
  }

  @Override
  public Augmentation orThrow() {
    return this;
  }

  /** The new image, RGB. */
  public BufferedImage image() {
    return picture.image();
  }

  /**
   * Whether the caption says nothing, because it repeats itself or is blank, and no candidate was
   * better: a sign that the captioner does not know what it sees. Not so where there is none.
   */
  public boolean hasDegenerateCaption() {
    return DegenerateCaption.is(caption) && (pack.captions() || !caption.isBlank());
  }

  /** Fraction of the noising schedule that was run, in (0, 1]: diffusers' {@code strength}. */
  public double noiseRate() {
    return settings.generation().noiseRateRun();
  }

  /** Length of the whole schedule; {@link Img2ImgResult.Picture#stepsRun()} of them were run. */
  public int steps() {
    return settings.generation().scheduleSteps();
  }

  /** The size that was generated. */
  public Size size() {
    return fit().padded();
  }

  /** How the original was made to fit the model. */
  public Fit fit() {
    return picture.fit();
  }

  /** What the tokenizer's length cut off the prompt; empty for nothing. */
  public String cutText() {
    return picture.cutText();
  }
}
