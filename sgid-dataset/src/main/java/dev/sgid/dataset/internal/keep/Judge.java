package dev.sgid.dataset.internal.keep;

import dev.sgid.Augmentation;
import dev.sgid.Sgid;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.Verdict;
import dev.sgid.dataset.internal.duplicate.Fingerprint;
import dev.sgid.dataset.internal.keep.ClassProbabilities.Guess;
import dev.sgid.dataset.internal.keep.ClassProbabilities.OfImage;
import dev.sgid.dataset.internal.keep.KeepBounds.Bound;
import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says which copies are fit to train on, and why the others are not. Thread-safe. */
public final class Judge {
  private static final int SINGLE_COLOR = 3; // levels between the lowest and the highest

  private final Keep keep;
  private final KeepBounds bounds;
  private final ClassProbabilities classes;
  private final Sgid sgid;

  public Judge(Keep keep, KeepBounds bounds, ClassProbabilities classes, Sgid sgid) {
    this.keep = keep;
    this.bounds = bounds;
    this.classes = classes;
    this.sgid = sgid;
  }

  /** What is known of an original. */
  public record Original(
      String label, double labelProbability, Fingerprint fingerprint, boolean isSingleColor) {}

  /** Looks at an original. */
  public Original original(Source source, BufferedImage image) {
    float[] embedding = sgid.embedImages(List.of(image)).get(0);
    RgbImage rgb = RgbImage.of(image);
    return new Original(
        source.label(),
        classes.of(embedding).probability(source.label()),
        Fingerprint.of(rgb),
        isSingleColor(rgb));
  }

  /** Whether a picture shows nothing, as a model's does whose numbers went wrong. */
  public static boolean isSingleColor(RgbImage image) {
    byte[] rgb = image.rgb();
    for (int channel = 0; channel < 3; channel++) {
      int lowest = 255;
      int highest = 0;
      for (int i = channel; i < rgb.length; i += 3) {
        lowest = Math.min(lowest, rgb[i] & 0xff);
        highest = Math.max(highest, rgb[i] & 0xff);
      }
      if (highest - lowest > SINGLE_COLOR) {
        return false;
      }
    }
    return true;
  }

  /**
   * What was found of a copy.
   *
   * @param verdict what follows
   * @param showsNothing whether it must not be written whatever is asked for
   * @param fingerprint by which later copies are compared with it
   */
  public record Finding(Verdict verdict, boolean showsNothing, Fingerprint fingerprint) {}

  /**
   * Looks at a copy.
   *
   * @param before the copies before it, by index
   */
  public Finding judge(
      Original original, Augmentation copy, int attempt, Map<Integer, Fingerprint> before) {
    RgbImage rgb = RgbImage.of(copy.image());
    float[] embedding = sgid.embedImages(List.of(copy.image())).get(0);
    OfImage shown = classes.of(embedding);
    double probability = shown.probability(original.label());
    Fingerprint fingerprint = Fingerprint.of(rgb);
    double likeness = fingerprint.likeness(original.fingerprint());
    @Nullable Integer alike = null;
    for (Map.Entry<Integer, Fingerprint> other : before.entrySet()) {
      double toOther = fingerprint.likeness(other.getValue());
      if (toOther > likeness) {
        likeness = toOther;
        alike = other.getKey();
      }
    }
    boolean showsNothing = isSingleColor(rgb) && !original.isSingleColor();
    List<String> reasons = new ArrayList<>();
    if (showsNothing) {
      reasons.add("it is of a single color");
    }
    if (keep.isConsistent()) {
      hold(original, copy.consistency(), probability, shown.best(), reasons);
      if (likeness >= keep.likeness()) {
        reasons.add(
            String.format(
                Locale.ROOT,
                "it hardly differs from %s: likeness %.4f is not below %s",
                alike == null ? "its original" : "copy " + alike,
                likeness,
                keep.likeness()));
      }
    }
    String reason = reasons.isEmpty() ? null : String.join("; ", reasons);
    return new Finding(
        new Verdict(probability, likeness, attempt, reason == null, reason),
        showsNothing,
        fingerprint);
  }

  private void hold(
      Original original,
      double consistency,
      double probability,
      Guess guess,
      List<String> reasons) {
    Bound bound = bounds.of(original.label());
    if (consistency < bound.consistency()) {
      reasons.add(
          String.format(
              Locale.ROOT, "consistency %.4f is below %s", consistency, bound.consistency()));
    }
    double least = Math.min(bound.labelProbability(), original.labelProbability());
    if (probability < least && guess.probability() > probability) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "label probability %.4f is below %.4f, it looks like \"%s\" (%.2f)",
              probability,
              least,
              guess.text(),
              guess.probability()));
    }
  }
}
