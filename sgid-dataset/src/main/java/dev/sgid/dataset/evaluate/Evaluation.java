package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.internal.out.OutNames;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a data set and the copies made of it, by sgid or by another tool: whether
 * the copies still show what their labels say, and how much they differ.
 *
 * <p>Distances in pixels are between pictures at the original's size, scaled down to at most 224
 * pixels on the longer side by the mean over areas: the root of the mean squared difference of the
 * RGB levels, as a fraction of 255. Immutable.
 *
 * @param format rises when a reader of older files would misread newer ones
 * @param sgid the version that measured
 * @param in the data set
 * @param out where the copies lie
 * @param pack whose scorer measured
 * @param packDigest SHA-256 of its files, in hexadecimal; null for stages of the caller's own
 * @param zeroShot how labels were told apart
 * @param matchedBy how copies were found to belong to originals
 * @param originalsWithoutCopies how many originals, of those that could be read, have none
 * @param all what was measured, over all classes
 * @param classes the same for each class, by label, in order
 * @param histograms of {@code consistency}, and where the manifest has them of {@code similarity}
 *     and {@code guidance_scale}; those of nothing are absent
 * @param mistaken classes most of whose originals are taken for one other
 * @param doubted how many originals are taken for something other than their label says
 * @param doubts those of them whose own label is the least likely, that one first
 * @param unmatched pictures that belong to no original, by name, and why
 * @param failures what could not be read, and why
 */
public record Evaluation(
    int format,
    String sgid,
    String in,
    String out,
    String pack,
    @Nullable String packDigest,
    Judge zeroShot,
    MatchedBy matchedBy,
    int originalsWithoutCopies,
    Scores all,
    Map<String, Scores> classes,
    Map<String, Histogram> histograms,
    List<Mistaken> mistaken,
    int doubted,
    List<Doubt> doubts,
    List<Failure> unmatched,
    List<Failure> failures) {
  /** The name that an evaluation's file has in the folder of the copies. */
  public static final String FILE = OutNames.EVALUATION;

  /** What {@link #format} is today. */
  public static final int FORMAT = 1;

  /** How copies are found to belong to originals. */
  public enum MatchedBy {
    /** By what sgid wrote down. */
    MANIFEST,
    /** By the names of files, see {@link Evaluator}. */
    FILE_NAME
  }

  /**
   * How labels were told apart.
   *
   * @param labels how many
   * @param prompt what each was put into
   * @param logitScale what cosines were multiplied by
   * @param logitScaleOrigin who says so, see {@link dev.sgid.LogitScale}
   */
  public record Judge(int labels, String prompt, double logitScale, String logitScaleOrigin) {
    public Judge {
      requireNonNull(prompt, "prompt");
      requireNonNull(logitScaleOrigin, "logitScaleOrigin");
    }
  }

  public Evaluation {
    requireNonNull(sgid, "sgid");
    requireNonNull(in, "in");
    requireNonNull(out, "out");
    requireNonNull(pack, "pack");
    requireNonNull(zeroShot, "zeroShot");
    requireNonNull(matchedBy, "matchedBy");
    requireNonNull(all, "all");
    classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
    histograms = Collections.unmodifiableMap(new LinkedHashMap<>(histograms));
    mistaken = List.copyOf(mistaken);
    doubts = List.copyOf(doubts);
    unmatched = List.copyOf(unmatched);
    failures = List.copyOf(failures);
  }

  /**
   * Measures a data set and its copies, see {@link Evaluator} for more.
   *
   * @param in the originals
   * @param out the copies: what sgid wrote, or what another tool did
   * @param sgid whose scorer measures
   * @throws DatasetException if there is nothing to compare
   * @throws SgidException if the model fails or the thread is interrupted
   */
  public static Evaluation of(DatasetReader in, Path out, Sgid sgid) {
    return Evaluator.of(in, out).evaluate(sgid);
  }

  /**
   * The charts that there is something to draw for.
   *
   * @throws UncheckedIOException if the machine can't draw text, saying what to install
   */
  public List<Chart> charts() {
    return EvaluationCharts.of(this);
  }

  /** This as JSON, of several lines; numbers are rounded to six decimals. */
  public String toJson() {
    return EvaluationJson.text(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if it is something else, saying why
   */
  public static Evaluation parse(String json) {
    return EvaluationJson.parse(json);
  }
}
