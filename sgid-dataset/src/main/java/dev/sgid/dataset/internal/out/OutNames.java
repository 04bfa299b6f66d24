package dev.sgid.dataset.internal.out;

import java.nio.file.Files;
import java.nio.file.Path;

/** What sgid's own files in an augmented data set are called. */
public final class OutNames {
  /** All settings of the job. */
  public static final String JOB = "sgid-job.json";

  /** What was written, line by line, as long as the job is not done. */
  public static final String JOURNAL = "sgid-journal.jsonl";

  /** The manifest. */
  public static final String METADATA = "metadata.jsonl";

  /** What failed. */
  public static final String FAILURES = "failures.jsonl";

  /** Tries of copies that were not kept. */
  public static final String DROPPED = "dropped.jsonl";

  /** Pictures that a review has put aside. */
  public static final String REJECTED = "rejected.jsonl";

  /** What an evaluation measured. */
  public static final String EVALUATION = "evaluated.json";

  /** The page in which pictures are looked at. */
  public static final String REPORT = "report.html";

  private OutNames() {}

  /** Whether the run that writes a folder is not done, so that its manifest does not have all. */
  public static boolean isUnfinished(Path out) {
    return Files.isRegularFile(out.resolve(JOURNAL));
  }
}
