package dev.sgid.dataset;

import dev.sgid.GuidanceSchedule;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A guidance schedule as people write it.
 *
 * <table>
 * <caption>The forms</caption>
 * <tr><td>{@code constant:G}</td><td>the same scale for every image</td></tr>
 * <tr><td>{@code linear:SIM0,SIM1,G0,G1}</td><td>grows with the similarity</td></tr>
 * <tr><td>{@code inverse:SIM0,SIM1,G0,G1}</td><td>falls with the similarity</td></tr>
 * <tr><td>{@code calibrated:Q0,Q1,G0,G1}</td><td>linear between two quantiles of the data set's own
 * similarities</td></tr>
 * </table>
 *
 * <p>Immutable and thread-safe.
 */
public final class GuidanceText {
  private static final String FORMS =
      "constant:G, linear:SIM0,SIM1,G0,G1, inverse:SIM0,SIM1,G0,G1 or calibrated:Q0,Q1,G0,G1";
  private static final Pattern COMMA = Pattern.compile(",");
  private static final double[] SPREAD = {0, 1};

  private final String text;
  private final Kind kind;
  private final double[] numbers;

  private enum Kind {
    CONSTANT("constant:G", 1),
    LINEAR("linear:SIM0,SIM1,G0,G1", 4),
    INVERSE("inverse:SIM0,SIM1,G0,G1", 4),
    CALIBRATED("calibrated:Q0,Q1,G0,G1", 4);

    private final String form;
    private final int numbers;

    Kind(String form, int numbers) {
      this.form = form;
      this.numbers = numbers;
    }

    private String prefix() {
      return form.substring(0, form.indexOf(':') + 1);
    }
  }

  private GuidanceText(String text, Kind kind, double[] numbers) {
    this.text = text;
    this.kind = kind;
    this.numbers = numbers;
  }

  /**
   * Reads one of the forms.
   *
   * @throws IllegalArgumentException if {@code text} is none of them or a number is out of range
   */
  public static GuidanceText parse(String text) {
    String stripped = text.strip();
    for (Kind kind : Kind.values()) {
      if (stripped.startsWith(kind.prefix())) {
        GuidanceText parsed = new GuidanceText(stripped, kind, numbers(stripped, kind));
        GuidanceSchedule ignored = parsed.schedule(() -> SPREAD); // complains if out of range
        return parsed;
      }
    }
    throw new IllegalArgumentException("A guidance schedule is " + FORMS + ", is \"" + text + "\"");
  }

  private static double[] numbers(String text, Kind kind) {
    List<String> parts =
        COMMA.splitAsStream(text.substring(kind.prefix().length())).map(String::strip).toList();
    if (parts.size() != kind.numbers) {
      throw new IllegalArgumentException(
          kind.form + " takes " + count(kind.numbers) + ", got " + parts.size() + " in " + text);
    }
    return parts.stream().mapToDouble(part -> number(part, text)).toArray();
  }

  private static double number(String part, String text) {
    try {
      return Double.parseDouble(part);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + part + "\" is no number, in " + text, e);
    }
  }

  private static String count(int numbers) {
    return numbers == 1 ? "one number" : numbers + " numbers";
  }

  /** Whether the schedule depends on the data set. */
  public boolean isCalibrated() {
    return kind == Kind.CALIBRATED;
  }

  /**
   * The schedule that is meant.
   *
   * @param similarities a sample of the data set's cosines of caption and image; asked for only if
   *     {@link #isCalibrated()}
   * @throws IllegalArgumentException if the sample has no two different similarities, or those at
   *     the two quantiles are equal
   */
  public GuidanceSchedule schedule(Supplier<double[]> similarities) {
    double[] n = numbers;
    return switch (kind) {
      case CONSTANT -> GuidanceSchedule.constant(n[0]);
      case LINEAR -> GuidanceSchedule.linear(n[0], n[1], n[2], n[3]);
      case INVERSE -> GuidanceSchedule.inverse(n[0], n[1], n[2], n[3]);
      case CALIBRATED -> GuidanceSchedule.calibrated(similarities.get(), n[0], n[1], n[2], n[3]);
    };
  }

  /** The text that was read, without white space around it. */
  @Override
  public String toString() {
    return text;
  }
}
