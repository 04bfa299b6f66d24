package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What came of a job.
 *
 * @param out the folder that was written
 * @param planned how many pictures were to be made, without those that a review rejected
 * @param pictures how many this run made; originals that stand beside them don't count
 * @param alreadyThere how many of the planned ones former runs had made
 * @param rejected how many of the copies asked for a review has rejected; they are not made again
 * @param dropped how many of the copies asked for were made, and not kept: {@code dropped.jsonl}
 *     has their lines
 * @param doubtful how many of those that this run made and wrote are not fit to train on
 * @param failures how many lines {@code failures.jsonl} has
 * @param cancelled whether the thread was interrupted; what was done until then stays
 * @param outOfTime whether its budget was spent before all was made
 * @param time how long it took
 * @param ignored files in the data set's folder that are no images of it
 * @param foreign files in {@code out} that no run of sgid wrote, left as they are
 * @param changed images whose file or label has changed since a former run: their copies were made
 *     anew
 * @param removed images that the data set has no more: their copies stay
 * @param warnings what those who load {@code out} should know, a sentence each
 */
public record JobSummary(
    Path out,
    int planned,
    int pictures,
    int alreadyThere,
    int rejected,
    int dropped,
    int doubtful,
    int failures,
    boolean cancelled,
    boolean outOfTime,
    Duration time,
    List<String> ignored,
    List<String> foreign,
    List<String> changed,
    List<String> removed,
    List<String> warnings) {
  public JobSummary {
    requireNonNull(out, "out");
    requireNonNull(time, "time");
    ignored = List.copyOf(ignored);
    foreign = List.copyOf(foreign);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
    warnings = List.copyOf(warnings);
  }

  /** Pictures per second, 0 where there are none. */
  public double picturesPerSecond() {
    return pictures == 0 ? 0 : pictures / Math.max(1e-9, time.toNanos() / 1e9);
  }

  /** The file that lists what failed; empty where nothing did. */
  public Optional<Path> failuresFile() {
    return failures == 0 ? Optional.empty() : Optional.of(out.resolve(OutFolder.FAILURES));
  }
}
