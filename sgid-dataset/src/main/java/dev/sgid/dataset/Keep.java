package dev.sgid.dataset;

import dev.sgid.internal.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Which copies are fit to train on: all, or those that are consistent with their originals. A copy
 * of a single color never is.
 *
 * <p>A copy is consistent if its cosine to the original and the probability of its label are not
 * below two bounds, and it is no near duplicate of its original or of a copy before it. The bounds
 * that are not given are a quantile of how real images of the class score: of the cosines of any
 * two of them, and of the probabilities of their label. No copy needs a higher probability than its
 * own original has, nor any where its label is the most likely of all.
 *
 * <p>Immutable and thread-safe; {@code toString} gives what {@link #parse} reads.
 */
public final class Keep {
  private static final String ALL = "all";
  private static final String CONSISTENT = "consistent";
  private static final double USUAL_QUANTILE = 0.05;
  private static final double USUAL_LIKENESS = 0.998;

  private static final Keep EVERY = new Keep(false, USUAL_QUANTILE, null, null, USUAL_LIKENESS);
  private static final Keep USUAL = new Keep(true, USUAL_QUANTILE, null, null, USUAL_LIKENESS);

  private final boolean consistent;
  private final double quantile;
  private final @Nullable Double consistency;
  private final @Nullable Double labelProbability;
  private final double likeness;

  private Keep(
      boolean consistent,
      double quantile,
      @Nullable Double consistency,
      @Nullable Double labelProbability,
      double likeness) {
    this.consistent = consistent;
    this.quantile = quantile;
    this.consistency = consistency;
    this.labelProbability = labelProbability;
    this.likeness = likeness;
  }

  /** Every copy. */
  public static Keep all() {
    return EVERY;
  }

  /** Copies that are consistent, by bounds that the data set itself gives: quantiles of 0.05. */
  public static Keep consistent() {
    return USUAL;
  }

  /** This with bounds at another quantile of how real images score, in [0, 1]. */
  public Keep withQuantile(double value) {
    return new Keep(
        true, Require.within(0, 1, value, "quantile"), consistency, labelProbability, likeness);
  }

  /** This with a bound for the cosine of copy and original, in [-1, 1]. */
  public Keep withConsistency(double least) {
    return new Keep(
        true, quantile, Require.within(-1, 1, least, "consistency"), labelProbability, likeness);
  }

  /** This with a bound for the probability of a copy's label, in [0, 1]. */
  public Keep withLabelProbability(double least) {
    return new Keep(
        true, quantile, consistency, Require.within(0, 1, least, "label_probability"), likeness);
  }

  /**
   * This with another likeness from which on a copy is a near duplicate, in [0, 1]; default 0.998.
   */
  public Keep withLikeness(double most) {
    return new Keep(
        true, quantile, consistency, labelProbability, Require.within(0, 1, most, "likeness"));
  }

  /**
   * Reads {@code all}, {@code consistent}, or {@code consistent:NAME=VALUE,...} with the names
   * {@code quantile}, {@code consistency}, {@code label_probability} and {@code likeness}.
   *
   * @throws IllegalArgumentException if it is none of them, or a value is out of range
   */
  public static Keep parse(String text) {
    String given = text.strip();
    int colon = given.indexOf(':');
    String name = (colon < 0 ? given : given.substring(0, colon)).toLowerCase(Locale.ROOT);
    if (name.equals(ALL) && colon < 0) {
      return all();
    }
    if (!name.equals(CONSISTENT)) {
      throw new IllegalArgumentException(
          "What is kept is all, consistent, or consistent:NAME=VALUE,... with quantile,"
              + " consistency, label_probability or likeness; is \""
              + text
              + "\"");
    }
    Keep keep = consistent();
    if (colon >= 0) {
      for (String option : given.substring(colon + 1).split(",", -1)) {
        keep = keep.with(option.strip());
      }
    }
    return keep;
  }

  private Keep with(String option) {
    int equals = option.indexOf('=');
    String name = equals < 0 ? option : option.substring(0, equals).strip();
    double value;
    try {
      value = Double.parseDouble(equals < 0 ? "" : option.substring(equals + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "An option of consistent is a name and a number, like consistency=0.8, is \""
              + option
              + "\"",
          e);
    }
    return switch (name) {
      case "quantile" -> withQuantile(value);
      case "consistency" -> withConsistency(value);
      case "label_probability" -> withLabelProbability(value);
      case "likeness" -> withLikeness(value);
      default ->
          throw new IllegalArgumentException(
              "The options of consistent are quantile, consistency, label_probability and"
                  + " likeness, not \""
                  + name
                  + "\"");
    };
  }

  /** Whether copies are held against bounds. */
  public boolean isConsistent() {
    return consistent;
  }

  /** Which quantile of how real images score the bounds are that are not given, in [0, 1]. */
  public double quantile() {
    return quantile;
  }

  /** The bound for the cosine of copy and original; empty for one that is measured. */
  public OptionalDouble consistency() {
    return consistency == null ? OptionalDouble.empty() : OptionalDouble.of(consistency);
  }

  /** The bound for the probability of the label; empty for one that is measured. */
  public OptionalDouble labelProbability() {
    return labelProbability == null ? OptionalDouble.empty() : OptionalDouble.of(labelProbability);
  }

  /** From which likeness on a copy is a near duplicate. */
  public double likeness() {
    return likeness;
  }

  /** Whether bounds are measured on the data set. */
  public boolean needsCalibration() {
    return consistent && (consistency == null || labelProbability == null);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Keep keep && toString().equals(keep.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    if (!consistent) {
      return ALL;
    }
    List<String> options = new ArrayList<>();
    if (quantile != USUAL_QUANTILE) {
      options.add("quantile=" + quantile);
    }
    if (consistency != null) {
      options.add("consistency=" + consistency);
    }
    if (labelProbability != null) {
      options.add("label_probability=" + labelProbability);
    }
    if (likeness != USUAL_LIKENESS) {
      options.add("likeness=" + likeness);
    }
    return options.isEmpty() ? CONSISTENT : CONSISTENT + ":" + String.join(",", options);
  }
}
