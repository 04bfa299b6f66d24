package dev.sgid.dataset;

import dev.sgid.GuidanceSchedule;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A guidance schedule that is linear between two quantiles of a data set's own similarities of
 * caption and image, which are not known before the images have been captioned. Immutable and
 * thread-safe.
 */
public final class CalibratedGuidance {
  private static final String FORM = "calibrated:Q0,Q1,G0,G1";
  private static final String PREFIX = "calibrated:";
  private static final int NUMBERS = 4;
  private static final Pattern COMMA = Pattern.compile(",");
  private static final double[] SPREAD = {0, 1};

  private final String text;
  private final double[] numbers;

  private CalibratedGuidance(String text, double[] numbers) {
    this.text = text;
    this.numbers = numbers;
    GuidanceSchedule ignored = schedule(SPREAD); // complains if a number is out of range
  }

  /** Whether a text is meant to be one. */
  public static boolean isCalibrated(String text) {
    return text.strip().startsWith(PREFIX);
  }

  /**
   * Reads {@code calibrated:Q0,Q1,G0,G1}: quantiles in [0, 1], guidance scales of at least 0.
   *
   * @throws IllegalArgumentException if it is none or a number is out of range
   */
  public static CalibratedGuidance parse(String text) {
    String given = text.strip();
    if (!isCalibrated(given)) {
      throw new IllegalArgumentException(
          "A calibrated guidance schedule is " + FORM + ", is \"" + text + "\"");
    }
    List<String> parts =
        COMMA.splitAsStream(given.substring(PREFIX.length())).map(String::strip).toList();
    if (parts.size() != NUMBERS) {
      throw new IllegalArgumentException(
          FORM + " takes " + NUMBERS + " numbers, got " + parts.size() + " in " + given);
    }
    return new CalibratedGuidance(
        given, parts.stream().mapToDouble(part -> number(part, given)).toArray());
  }

  private static double number(String part, String text) {
    try {
      return Double.parseDouble(part);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + part + "\" is no number, in " + text, e);
    }
  }

  /**
   * The schedule that is meant.
   *
   * @param similarities a sample of the data set's cosines of caption and image
   * @throws IllegalArgumentException if the sample has no two different similarities, or those at
   *     the two quantiles are equal
   */
  public GuidanceSchedule schedule(double[] similarities) {
    double[] n = numbers;
    return GuidanceSchedule.calibrated(similarities, n[0], n[1], n[2], n[3]);
  }

  /** The text that was read, without white space around it. */
  @Override
  public String toString() {
    return text;
  }
}
