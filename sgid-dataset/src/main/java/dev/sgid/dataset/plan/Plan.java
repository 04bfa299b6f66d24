package dev.sgid.dataset.plan;

import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a job will do, found out before it runs: every image was decoded once, and some pictures
 * were made where there were models to do it.
 *
 * @param in the data set's folder
 * @param out the folder to write; null where none was named
 * @param reader what lies in the data set's folder
 * @param images how many images there are, those that can't be read too
 * @param unreadable what can't be read or used, and why
 * @param sizes of the images that can be read; null where none can
 * @param classes the largest first
 * @param duplicates groups of images that are the same or nearly; those across classes first, of
 *     them those of the same pixels, then those most alike
 * @param leaks images that are in the validation set, those of the same pixels first, then those
 *     most alike; empty where no such set was named
 * @param balance what classes are filled up to; null for nothing
 * @param planned how many pictures the job is to make, over all its runs
 * @param toMake how many of them are not there yet
 * @param withOriginals whether the originals stand beside them
 * @param pace how fast they are made; null where it was not measured
 * @param bytes what they will take on the disk, about
 * @param free bytes that are free where the folder lies; null where none was named
 * @param warnings what those who load the pictures should know, a sentence each
 */
public record Plan(
    Path in,
    @Nullable Path out,
    String reader,
    int images,
    List<Failure> unreadable,
    @Nullable Sizes sizes,
    List<ClassPlan> classes,
    List<DuplicateGroup> duplicates,
    List<Leak> leaks,
    @Nullable String balance,
    int planned,
    int toMake,
    boolean withOriginals,
    @Nullable Pace pace,
    long bytes,
    @Nullable Long free,
    List<String> warnings) {
  public Plan {
    requireNonNull(in, "in");
    requireNonNull(reader, "reader");
    unreadable = List.copyOf(unreadable);
    classes = List.copyOf(classes);
    duplicates = List.copyOf(duplicates);
    leaks = List.copyOf(leaks);
    warnings = List.copyOf(warnings);
  }

  /** How long making the pictures takes, in seconds; empty where no pace was measured. */
  public Optional<Seconds> time() {
    Pace measured = pace;
    return measured == null
        ? Optional.empty()
        : Optional.of(
            new Seconds(
                measured.secondsPerPicture() * toMake,
                measured.low() * toMake,
                measured.high() * toMake));
  }

  /**
   * A time.
   *
   * @param mean most likely, in seconds
   * @param low lower bound, in seconds
   * @param high upper bound, in seconds
   */
  public record Seconds(double mean, double low, double high) {}

  /** Whether the job would go through: all can be read, nothing leaks, and there is room. */
  public boolean isClear() {
    return unreadable.isEmpty() && leaks.isEmpty() && hasRoom();
  }

  /** Whether there is room for the pictures, as far as is known. */
  public boolean hasRoom() {
    Long there = free;
    return there == null || bytes <= there;
  }

  /** All of it as a JSON object, for machines; paths as text. */
  public String toJson() {
    return PlanJson.of(this);
  }
}
