package dev.sgid.bench;

import dev.sgid.Augmentation;
import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Augments many images, of several sizes, one by one in one JVM, and fails if its resident memory
 * after all of them is more than 5 % above that after the first 200. Linux only.
 */
public final class Soak {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String[] LABELS = {"bag", "coat", "dress", "ankle boot"};
  private static final int EVERY = 200;
  private static final double MOST = 1.05;

  private Soak() {}

  /**
   * Runs the soak.
   *
   * @param args {@code --count N} images, 2000 by default; {@code --steps N}, 4 by default
   */
  public static void main(String[] args) throws IOException {
    int count = Require.atLeast(EVERY, option(args, "--count", 2000), "--count");
    int steps = option(args, "--steps", 4);
    long first = 0;
    long last = 0;
    try (Sgid sgid =
        Sgid.builder(BenchPack.folder()).withDevice(Device.CPU).withSteps(steps).build()) {
      for (int i = 1; i <= count; i++) {
        BufferedImage image = BenchPack.picture(28 + i % 9, 28 + i % 5, i);
        Augmentation augmentation = sgid.augment(image, LABELS[i % LABELS.length]);
        if (augmentation.image().getWidth() != image.getWidth()) {
          throw new IllegalStateException("Not the picture that was asked for: " + augmentation);
        }
        if (i % EVERY == 0 || i == count) {
          last = residentKilobytes();
          first = first == 0 ? last : first;
          System.out.printf(Locale.ROOT, "%5d images: %,d kB%n", i, last);
        }
      }
    }
    System.out.printf(
        Locale.ROOT, "after %d images: %+.1f %%%n", count, 100.0 * (last - first) / first);
    if (last > first * MOST) {
      System.out.println("Failed: memory grew by more than 5 %");
      System.exit(1);
    }
  }

  private static int option(String[] args, String name, int otherwise) {
    @Nullable String value = null;
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length || !(args[i].equals("--count") || args[i].equals("--steps"))) {
        throw new IllegalArgumentException(
            "Usage: soak [--count N] [--steps N], not " + String.join(" ", args));
      }
      if (args[i].equals(name)) {
        value = args[i + 1];
      }
    }
    return value == null ? otherwise : Integer.parseInt(value);
  }

  private static long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("No VmRSS in " + STATUS);
  }
}
