package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

import dev.sgid.Settings;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.Keep;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found by trying noise rates and guidance on a sample of a data set, see {@link Tuner}:
 * the setting with the most diversity of those whose copies are still taken for their labels.
 *
 * <p>Agreement is the share of copies that zero-shot classification takes for what their label
 * says; diversity the mean distance of two copies of one original. Immutable.
 *
 * @param sgid the version that measured
 * @param in the data set
 * @param pack whose models made and measured
 * @param packDigest SHA-256 of its files, in hexadecimal; null for stages of the caller's own
 * @param zeroShot how labels were told apart
 * @param originals how many images were measured
 * @param copies how many copies were wanted of each at each setting
 * @param originalsAgreement share of the originals that are taken for what their label says
 * @param originalsInterval where that of all images lies
 * @param leastAgreement the bound
 * @param cells all settings that were tried, row by row
 * @param choice which of them is best
 * @param failures images that can't be read, and copies that could not be made
 */
public record Tuning(
    String sgid,
    String in,
    String pack,
    @Nullable String packDigest,
    Evaluation.Judge zeroShot,
    int originals,
    int copies,
    double originalsAgreement,
    Interval originalsInterval,
    double leastAgreement,
    List<Cell> cells,
    Choice choice,
    List<Failure> failures) {
  public Tuning {
    requireNonNull(sgid, "sgid");
    requireNonNull(in, "in");
    requireNonNull(pack, "pack");
    requireNonNull(zeroShot, "zeroShot");
    requireNonNull(originalsInterval, "originalsInterval");
    cells = List.copyOf(cells);
    requireNonNull(choice, "choice");
    failures = List.copyOf(failures);
    if (choice.cell() < 0 || choice.cell() >= cells.size()) {
      throw new IllegalArgumentException(
          "choice must be one of %d cells, is %d".formatted(cells.size(), choice.cell()));
    }
  }

  /**
   * A setting that was tried.
   *
   * @param settings all of them
   * @param scores what was measured; agreement is {@link Scores#copiesRight}, diversity {@link
   *     Scores#amongCopies}
   * @param agreement where that of all images lies, as if the copies of an original always agreed;
   *     null where no copy could be made
   * @param diversity likewise; null of fewer than two originals
   * @param rejected share of the copies that {@link Keep#consistent()} would not keep, in [0, 1];
   *     null where there are none
   * @param failed how many copies could not be made
   */
  public record Cell(
      Settings settings,
      Scores scores,
      @Nullable Interval agreement,
      @Nullable Interval diversity,
      @Nullable Double rejected,
      int failed) {
    public Cell {
      requireNonNull(settings, "settings");
      requireNonNull(scores, "scores");
    }

    /** Fraction of the noising schedule that was asked for, in (0, 1]. */
    public double noiseRate() {
      return settings.generation().noiseRate();
    }

    /** The guidance schedule, as {@link dev.sgid.GuidanceSchedule#parse} reads it. */
    public String guidance() {
      return settings.guidance().toString();
    }
  }

  /**
   * Which setting is best: the one with the most diversity whose agreement is not below the bound;
   * of equals the one with the most agreement. Where all are below the bound, the one with the most
   * agreement.
   *
   * @param cell its index
   * @param reachesBound whether its agreement is not below the bound
   * @param certain whether all of its agreement's interval is not
   * @param alike other cells that reach the bound and may be as diverse: the interval of the
   *     difference, original by original, holds 0
   */
  public record Choice(int cell, boolean reachesBound, boolean certain, List<Integer> alike) {
    public Choice {
      alike = List.copyOf(alike);
    }
  }

  /** The setting that was chosen. */
  public Cell chosen() {
    return cells.get(choice.cell());
  }

  /**
   * Agreement and diversity of all settings.
   *
   * @throws UncheckedIOException if the machine can't draw text, saying what to install
   */
  public Chart chart() {
    return TuningChart.of(this);
  }

  /** This as JSON, of several lines; numbers are rounded to six decimals. */
  public String toJson() {
    return TuningJson.text(this);
  }

  /** The chosen settings as JSON, with the names that {@link Settings#toMap} has. */
  public String settingsJson() {
    return TuningJson.settings(chosen().settings());
  }
}
