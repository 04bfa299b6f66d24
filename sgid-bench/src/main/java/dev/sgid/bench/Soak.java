package dev.sgid.bench;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.AugmentationStream;
import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Augments many images of several sizes, or makes many copies of few, in one stream of one JVM, and
 * fails if its resident memory after all of them is more than 5 % above that after the first 200.
 * Linux only.
 */
public final class Soak {
  private static final String[] LABELS = {"bag", "coat", "dress", "ankle boot"};
  private static final List<String> OPTIONS = List.of("--images", "--copies", "--steps");
  private static final int EVERY = 200;
  private static final double MOST = 1.05;

  private Soak() {}

  /**
   * Runs the soak.
   *
   * @param args {@code --images N}, 2000 by default; {@code --copies N} of each, 1 by default;
   *     {@code --steps N}, the pack's by default
   */
  public static void main(String[] args) throws IOException {
    int images = option(args, "--images", 2000);
    int copies = option(args, "--copies", 1);
    int steps = option(args, "--steps", 0);
    int pictures = Require.atLeast(EVERY, Math.multiplyExact(images, copies), "images x copies");
    Iterator<AugmentRequest> requests =
        IntStream.range(0, images).mapToObj(i -> request(i, copies)).iterator();
    long first = 0;
    long last = 0;
    try (Sgid sgid =
            Sgid.builder(BenchPack.folder())
                .withDevice(Device.CPU)
                .withGeneration(g -> steps == 0 ? g : g.withSteps(steps))
                .build();
        AugmentationStream outcomes = sgid.stream(requests)) {
      for (int i = 1; outcomes.hasNext(); i++) {
        Augmentation made = outcomes.next().orThrow();
        if (made.copy() != (i - 1) % copies) {
          throw new IllegalStateException("Not the picture that comes next: " + made);
        }
        if (i % EVERY == 0 || i == pictures) {
          last = Memory.residentKilobytes();
          first = first == 0 ? last : first;
          System.out.printf(Locale.ROOT, "%5d pictures: %,d kB%n", i, last);
        }
      }
    }
    System.out.printf(
        Locale.ROOT, "after %d pictures: %+.1f %%%n", pictures, 100.0 * (last - first) / first);
    if (last > first * MOST) {
      System.out.println("Failed: memory grew by more than 5 %");
      System.exit(1);
    }
  }

  private static AugmentRequest request(int i, int copies) {
    BufferedImage image = BenchPack.picture(28 + i % 9, 28 + i % 5, i);
    return AugmentRequest.of(image, LABELS[i % LABELS.length]).withCopies(copies);
  }

  private static int option(String[] args, String name, int otherwise) {
    int value = otherwise;
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length || !OPTIONS.contains(args[i])) {
        throw new IllegalArgumentException(
            "Usage: soak [--images N] [--copies N] [--steps N], not " + String.join(" ", args));
      }
      if (args[i].equals(name)) {
        value = Integer.parseInt(args[i + 1]);
      }
    }
    return value;
  }
}
