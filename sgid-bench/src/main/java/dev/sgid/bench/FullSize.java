package dev.sgid.bench;

import dev.sgid.AugmentRequest;
import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.Size;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a pack of Stable Diffusion's full size takes on a CPU: opens it, makes pictures in one batch
 * and says how long that took and the most memory the process had. Linux only.
 */
public final class FullSize {
  private static final double GIB = 1 << 20; // of kB

  private FullSize() {}

  /**
   * Measures.
   *
   * @param args the pictures' side in pixels, how many of them, how many UNet calls each, and
   *     {@code low} to save memory
   */
  public static void main(String[] args) throws IOException {
    if (args.length < 3 || args.length > 4 || (args.length == 4 && !args[3].equals("low"))) {
      throw new IllegalArgumentException(
          "Usage: SIDE PICTURES STEPS [low], not " + String.join(" ", args));
    }
    int side = Integer.parseInt(args[0]);
    int pictures = Integer.parseInt(args[1]);
    int steps = Integer.parseInt(args[2]);
    List<Long> times = new ArrayList<>(); // of the last picture's steps
    long begin = System.nanoTime();
    try (Sgid sgid =
        Sgid.builder(BenchPack.folder())
            .withDevice(Device.CPU)
            .withLowMemory(args.length == 4)
            .withGeneration(
                g -> g.withSteps(2 * steps).withNoiseRate(0.5).withSize(new Size(side, side)))
            .withStepListener(
                (picture, step, all, timestep) -> {
                  if (picture == pictures - 1) {
                    times.add(System.nanoTime());
                  }
                })
            .build()) {
      long open = System.nanoTime();
      say("open: %.1f s, at most %.2f GiB", seconds(begin, open), peak());
      AugmentRequest request = AugmentRequest.of(BenchPack.picture(side, side, 1), "bag");
      sgid.augmentAll(List.of(request.withCopies(pictures))).forEach(outcome -> outcome.orThrow());
      say(
          "%d picture(s) of %dx%d%s: %.1f s, %.1f s a step, at most %.2f GiB",
          pictures,
          side,
          side,
          args.length == 4 ? " in low memory" : "",
          seconds(open, System.nanoTime()),
          times.size() < 2
              ? Double.NaN
              : seconds(times.get(0), times.get(times.size() - 1)) / (times.size() - 1),
          peak());
    }
  }

  private static double peak() throws IOException {
    return Memory.mostKilobytes() / GIB;
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
