package dev.sgid.dataset;

import dev.sgid.dataset.internal.keep.EvenSample;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a job will take on the disk, by a few of its images. */
final class DiskSpace {
  private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);
  private static final int SAMPLE = 16;
  private static final int LINE = 1200; // bytes of the manifest, about

  private DiskSpace() {}

  /**
   * Refuses a job for whose pictures there is no room.
   *
   * @throws DatasetException saying how much is missing
   */
  static void require(AugmentJob job, Missing missing) throws IOException {
    FileStore disk = Files.getFileStore(job.out());
    require(job.out(), estimate(job, missing, disk.getBlockSize()), disk.getUsableSpace());
  }

  /** Refuses to write so many bytes where so many are free. */
  static void require(Path out, long needed, long free) {
    if (needed > free) {
      throw new DatasetException(
          "The pictures to be made will take about "
              + megabytes(needed)
              + ", where "
              + out
              + " lies there is room for "
              + megabytes(free)
              + ": make room, or choose another folder");
    }
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /**
   * As large as the originals are when written alike, copies being a little smoother, in whole
   * blocks.
   *
   * @param block how many bytes a file takes at least
   */
  static long estimate(AugmentJob job, Missing missing, long block) {
    List<Source> left = new ArrayList<>();
    for (Source source : job.in()) {
      if (missing.any(source)) {
        left.add(source);
      }
    }
    double bytes = 0;
    int read = 0;
    for (Source source : EvenSample.of(left, SAMPLE)) {
      try {
        LoadedImage image = LoadedImage.read(source, job.decoder());
        double copy = blocks(job.imageFormat().encode(image.image()).length, block) + LINE;
        double original = blocks(image.bytes().length, block) + LINE;
        bytes += copy * missing.copies(source) + (missing.original(source) ? original : 0);
        read++;
      } catch (IOException e) {
        LOG.debug("Not used for the estimate, it will be among the failures: {}", source, e);
      }
    }
    return read == 0 ? 0 : (long) (bytes / read * left.size());
  }

  private static long blocks(long bytes, long block) {
    return (bytes + block - 1) / block * block;
  }
}
