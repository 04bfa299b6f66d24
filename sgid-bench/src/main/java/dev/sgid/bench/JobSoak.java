package dev.sgid.bench;

import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.JobListener;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobSummary;
import dev.sgid.dataset.ManifestLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * Augments a data set in a folder, as the command does, and says at twenty points what lives in the
 * heap and what the process has of the machine. Fails if the heap grows by more than a job must
 * remember of each picture, or the process by more than 5 %.
 */
public final class JobSoak {
  private static final int POINTS = 20;
  private static final int SOME = 4; // points
  private static final int CLASSES = 10;
  private static final double MOST_BYTES_PER_PICTURE = 600; // History has about 400
  private static final double MOST_GROWTH = 1.05;

  private JobSoak() {}

  /**
   * Runs the soak.
   *
   * @param args the folder to write to; how many images; {@code stand-ins} for stages that take no
   *     time, on made-up images, or the folder of Fashion-MNIST's files for the pack on those
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      throw new IllegalArgumentException("Usage: JobSoak WORK IMAGES stand-ins|DATA");
    }
    Path work = Path.of(args[0]);
    int images = Integer.parseInt(args[1]);
    boolean standIns = args[2].equals("stand-ins");
    Path in = work.resolve("in");
    if (standIns) {
      madeUp(in, images);
    } else {
      FashionFolders.write(Path.of(args[2]), in, images);
    }
    Watcher watcher = new Watcher(images);
    AugmentJob job = AugmentJob.builder(in, work.resolve("out")).withListener(watcher).build();
    try (Sgid sgid = standIns ? StandIns.open() : pack()) {
      JobSummary summary = job.run(sgid);
      System.out.printf(
          Locale.ROOT,
          "%d pictures, %d failures, %.1f s%n",
          summary.pictures(),
          summary.failures(),
          summary.time().toMillis() / 1000.0);
      if (summary.pictures() != images || summary.failures() > 0 || !watcher.isFlat()) {
        System.exit(1);
      }
    }
  }

  private static Sgid pack() {
    return Sgid.builder(BenchPack.folder()).withDevice(Device.CPU).build();
  }

  private static void madeUp(Path in, int images) throws IOException {
    for (int i = 0; i < images; i++) {
      Path folder = in.resolve("class_" + i % CLASSES);
      Files.createDirectories(folder);
      Path file = folder.resolve("picture-" + i + ".png");
      if (!ImageIO.write(BenchPack.picture(32, 32, i), "png", file.toFile())) {
        throw new IOException("No PNG can be written");
      }
    }
  }

  /** Looks at the memory now and then. */
  private static final class Watcher implements JobListener {
    private final int every;
    private final List<Point> points = new ArrayList<>();
    private int made;

    private record Point(int pictures, long heap, long resident) {}

    Watcher(int images) {
      every = Math.max(1, images / POINTS);
    }

    @Override
    public void progressed(JobProgress progress) {}

    @Override
    public void made(ManifestLine picture) {
      if (++made % every == 0) {
        look();
      }
    }

    private void look() {
      Point point;
      try {
        point = new Point(made, Memory.heapBytes(), Memory.residentKilobytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      points.add(point);
      System.out.printf(
          Locale.ROOT,
          "%6d pictures: heap %,7d kB, resident %,8d kB%n",
          made,
          point.heap / 1024,
          point.resident);
    }

    /** Whether it grew by no more than it must. */
    boolean isFlat() {
      // by the least of some points: what is on its way now and then is no growth
      Point early = least(points.subList(1, 1 + SOME));
      Point late = least(points.subList(points.size() - SOME, points.size()));
      double perPicture = (double) (late.heap - early.heap) / (late.pictures - early.pictures);
      double growth = (double) late.resident / early.resident;
      System.out.printf(
          Locale.ROOT,
          "from %d to %d pictures: heap %+.0f bytes a picture, resident %+.1f %%%n",
          early.pictures,
          late.pictures,
          perPicture,
          100 * (growth - 1));
      return perPicture <= MOST_BYTES_PER_PICTURE && growth <= MOST_GROWTH;
    }

    private static Point least(List<Point> some) {
      return Collections.min(some, Comparator.comparingLong(Point::heap));
    }
  }
}
