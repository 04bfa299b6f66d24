package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Augments a data set: one folder per class in, the same folders with new pictures out.
 *
 * <pre>{@code
 * AugmentJob job = AugmentJob.builder(Path.of("photos"), Path.of("out")).withCopies(4).build();
 * try (Sgid sgid = Sgid.open()) {
 *   JobSummary summary = job.run(sgid);
 * }
 * }</pre>
 *
 * <p>Writes {@code LABEL/STEM-sgid-COPY.png} for each picture, {@code metadata.jsonl} with a line
 * for each, {@code sgid-job.json} with all settings, and {@code failures.jsonl} where images could
 * not be read or copies not made; the job goes on after those. Each file appears whole or not at
 * all. The same data set and settings give the same bytes with the embedded pack on one machine's
 * CPU; elsewhere pictures may differ by how the models' arithmetic rounds.
 *
 * <p>Immutable; one thread at a time may run it.
 */
public final class AugmentJob {
  private final Path in;
  private final Path out;
  private final int copies;
  private final boolean withOriginals;
  private final boolean overwrite;
  private final @Nullable GuidanceText guidance;
  private final int chunk;
  private final ImageDecoder decoder;
  private final JobListener listener;
  private final ClassFolders found;

  private AugmentJob(Builder builder) {
    this.in = builder.in;
    this.out = builder.out;
    this.copies = builder.copies;
    this.withOriginals = builder.withOriginals;
    this.overwrite = builder.overwrite;
    this.guidance = builder.guidance;
    this.chunk = builder.chunk;
    this.decoder = builder.decoder;
    this.listener = builder.listener;
    this.found = ClassFolders.read(in);
  }

  /**
   * A job for a data set.
   *
   * @param in a folder that holds one folder per class
   * @param out the folder to write; made where there is none, must be empty where there is one
   */
  public static Builder builder(Path in, Path out) {
    return new Builder(requireNonNull(in, "in"), requireNonNull(out, "out"));
  }

  /** How many pictures there are to make. */
  public int pictures() {
    return found.sources().size() * copies; // build() saw that it fits
  }

  /**
   * Makes them. Interrupting the thread ends the run cleanly: what is done stays, and the summary
   * says {@link JobSummary#cancelled()}.
   *
   * @param sgid with all its settings; stays open
   * @throws DatasetException if the folder to write is not what it was when the job was built
   * @throws IllegalArgumentException if settings ask for what the models or the data can't do
   * @throws SgidException if a stage fails while the guidance is calibrated
   * @throws UncheckedIOException if the folder can't be written; what is done stays
   */
  public JobSummary run(Sgid sgid) {
    requireNonNull(sgid, "sgid");
    try {
      return new JobRun(this, sgid).run();
    } catch (IOException e) {
      throw new UncheckedIOException(out + " can't be written: " + Reason.of(e), e);
    }
  }

  Path in() {
    return in;
  }

  Path out() {
    return out;
  }

  int copies() {
    return copies;
  }

  boolean withOriginals() {
    return withOriginals;
  }

  boolean overwrite() {
    return overwrite;
  }

  @Nullable GuidanceText guidance() {
    return guidance;
  }

  int chunk() {
    return chunk;
  }

  ImageDecoder decoder() {
    return decoder;
  }

  JobListener listener() {
    return listener;
  }

  ClassFolders found() {
    return found;
  }

  /** Settings for a job. Each is checked when given. Not thread-safe. */
  public static final class Builder {
    private final Path in;
    private final Path out;

    private int copies = 1;
    private boolean withOriginals;
    private boolean overwrite;
    private @Nullable GuidanceText guidance;
    private int chunk = 16;
    private ImageDecoder decoder = new ImageDecoder();
    private JobListener listener = JobListener.NONE;

    private Builder(Path in, Path out) {
      this.in = in;
      this.out = out;
    }

    /** How many copies of each image are made, at least 1. Default: 1. */
    public Builder withCopies(int copies) {
      this.copies = atLeastOne(copies, "copies");
      return this;
    }

    /**
     * Whether the originals that can be read, byte by byte, stand beside their copies, also where
     * no copy could be made. Default: no.
     */
    public Builder withOriginals(boolean originals) {
      this.withOriginals = originals;
      return this;
    }

    /**
     * Whether what a former run wrote into the folder is removed first. What others put there stays
     * and is named in the summary. Default: no, a folder that is not empty is refused.
     */
    public Builder withOverwrite(boolean overwriteFormerRun) {
      this.overwrite = overwriteFormerRun;
      return this;
    }

    /**
     * The guidance schedule, which may be calibrated on the data set. Default: the {@link Sgid}'s.
     */
    public Builder withGuidance(GuidanceText guidanceText) {
      this.guidance = requireNonNull(guidanceText, "guidanceText");
      return this;
    }

    /**
     * How many pictures are made at a time, at least 1: a multiple of the batch keeps batches full,
     * memory grows with it, no seed depends on it. Default: 16.
     */
    public Builder withChunk(int pictures) {
      this.chunk = atLeastOne(pictures, "pictures");
      return this;
    }

    /** What reads the images. Default: one that takes up to 100 million pixels. */
    public Builder withDecoder(ImageDecoder imageDecoder) {
      this.decoder = requireNonNull(imageDecoder, "imageDecoder");
      return this;
    }

    /** Hears how far the job is. Default: nobody does. */
    public Builder withListener(JobListener jobListener) {
      this.listener = requireNonNull(jobListener, "jobListener");
      return this;
    }

    /**
     * Looks through the data set; nothing is written yet.
     *
     * @throws DatasetException if there is no data set, or the folder to write can't be used
     * @throws IllegalArgumentException if so many copies are more than 2147483647 pictures
     */
    public AugmentJob build() {
      try {
        AugmentJob job = new AugmentJob(this);
        requireCountable(job.found.sources().size());
        requireApart(in, out);
        OutFolder.requireUsable(out, overwrite);
        return job;
      } catch (IOException e) {
        throw new DatasetException(out + " can't be used: " + Reason.of(e), e);
      }
    }

    private void requireCountable(int images) {
      if ((long) images * copies > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "copies must be at most "
                + Integer.MAX_VALUE / images
                + " for the "
                + images
                + " images in "
                + in
                + ", is "
                + copies);
      }
    }

    private static int atLeastOne(int value, String name) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be at least 1, is " + value);
      }
      return value;
    }

    /** Pictures must not become input, nor originals be taken for a former run's output. */
    private static void requireApart(Path in, Path out) throws IOException {
      Path realIn = in.toRealPath();
      Path realOut = real(out.toAbsolutePath().normalize());
      if (realOut.equals(realIn)) {
        throw new DatasetException("The folder to write is the data set itself: " + out);
      } else if (realOut.startsWith(realIn)) {
        throw new DatasetException("The folder to write, " + out + ", lies in the data set " + in);
      } else if (realIn.startsWith(realOut)) {
        throw new DatasetException("The data set " + in + " lies in the folder to write, " + out);
      }
    }

    /** The real path, links followed, also of what is not there yet. */
    private static Path real(Path path) throws IOException {
      Path parent = path.getParent();
      if (Files.exists(path) || parent == null) {
        return path.toRealPath();
      }
      return real(parent).resolve(path.getFileName());
    }
  }
}
