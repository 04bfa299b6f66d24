package dev.sgid.cli;

import dev.sgid.dataset.JobProgress;
import java.time.Duration;
import java.util.Optional;

/**
 * How fast a phase goes on. What former runs made took no time, and counts for nothing here.
 *
 * @param perSecond pictures (while checking or calibrating: images) a second
 * @param secondsLeft how long the rest takes, at that
 */
record Pace(double perSecond, long secondsLeft) {
  /** Empty as long as there is nothing to go by. */
  static Optional<Pace> of(JobProgress progress, Duration time) {
    int settled = progress.settled() - progress.alreadyThere();
    double seconds = time.toMillis() / 1000.0;
    if (settled <= 0 || seconds <= 0) {
      return Optional.empty();
    }
    int left = progress.total() - progress.settled();
    return Optional.of(new Pace(settled / seconds, Math.round(seconds / settled * left)));
  }
}
