package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.nio.file.Path;

/**
 * What a job is about to do.
 *
 * @param in the data set's folder
 * @param out the folder that is written
 * @param images how many images the data set has
 * @param pictures how many pictures are wanted of them, with those that are there
 * @param alreadyThere how many of these former runs have made
 * @param job the text of {@code sgid-job.json}, a JSON object with all settings
 */
public record JobStart(Path in, Path out, int images, int pictures, int alreadyThere, String job) {
  public JobStart {
    requireNonNull(in, "in");
    requireNonNull(out, "out");
    Require.atLeast(0, images, "images");
    Require.atLeast(0, pictures, "pictures");
    Require.atLeast(0, alreadyThere, "alreadyThere");
    requireNonNull(job, "job");
  }
}
