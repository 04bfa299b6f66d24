package dev.sgid.spark;

import java.time.Duration;

/**
 * What a job on Spark came to.
 *
 * @param pictures that were made by this run, originals beside them among these
 * @param alreadyThere pictures that former runs had made
 * @param dropped copies that this run made and did not keep
 * @param failures what could not be read or made; {@code failures.jsonl} lists them
 * @param duration of the whole run
 */
public record SparkSummary(
    long pictures, long alreadyThere, long dropped, long failures, Duration duration) {}
