package dev.sgid.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a job will take on the disk, by a few of its images. */
final class DiskSpace {
  private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);
  private static final int SAMPLE = 16;

  private DiskSpace() {}

  /** How many pictures are to be made. */
  static int missing(AugmentJob job, Missing missing) {
    int pictures = 0;
    for (Source source : job.in()) {
      pictures += missing.copies(source);
    }
    return pictures;
  }

  /**
   * Refuses a job for whose pictures there is no room.
   *
   * @throws DatasetException saying how much is missing
   */
  static void require(AugmentJob job, Missing missing) throws IOException {
    long needed = estimate(job, missing);
    long free = Files.getFileStore(job.out()).getUsableSpace();
    if (needed > free) {
      throw new DatasetException(
          "The pictures to be made will take about "
              + megabytes(needed)
              + ", "
              + job.out()
              + " has room for "
              + megabytes(free)
              + ": make room, or choose another folder");
    }
  }

  private static String megabytes(long bytes) {
    return (bytes + 999_999) / 1_000_000 + " MB";
  }

  /** As large as the originals are as PNG: copies are a little smoother. */
  private static long estimate(AugmentJob job, Missing missing) {
    List<Source> left = new ArrayList<>();
    job.in().forEach(source -> addIf(missing.copies(source) > 0, source, left));
    long bytes = 0;
    int read = 0;
    for (int i = 0; i < Math.min(SAMPLE, left.size()); i++) {
      Source source = left.get((int) ((long) i * left.size() / Math.min(SAMPLE, left.size())));
      try {
        bytes += Png.encode(job.decoder().read(source.file())).length;
        read++;
      } catch (IOException e) {
        LOG.debug("Not used for the estimate, it will be among the failures: {}", source, e);
      }
    }
    return read == 0 ? 0 : (long) ((double) bytes / read * missing(job, missing));
  }

  private static void addIf(boolean wanted, Source source, List<Source> to) {
    if (wanted) {
      to.add(source);
    }
  }
}
