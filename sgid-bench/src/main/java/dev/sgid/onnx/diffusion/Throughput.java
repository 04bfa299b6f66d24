package dev.sgid.onnx.diffusion;

import ai.onnxruntime.OrtException;
import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.AugmentationStream;
import dev.sgid.Device;
import dev.sgid.Scheduler;
import dev.sgid.Sgid;
import dev.sgid.TimestepSpacing;
import dev.sgid.bench.BenchPack;
import dev.sgid.bench.Spread;
import dev.sgid.onnx.internal.TorchRandom;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * What share of the bare UNet's throughput is left when the whole method runs: images per second
 * after {@code open}, times the rows of UNet calls that an image needs, against the most rows per
 * second that ONNX Runtime alone gets through, in the best of several arrangements: one session of
 * all threads or a session of one thread for each, and calls of 2 to 16 rows. Both are measured in
 * turn, round by round, because a machine's speed drifts.
 */
public final class Throughput {
  private static final int[] ROWS = {2, 4, 8, 16};
  private static final double BARE_SECONDS = 1.5;
  private static final int STEPS = 30;
  private static final double NOISE_RATE = 0.5;
  private static final int TIMESTEP = 463;

  private final Path unet = BenchPack.folder().resolve("stable-diffusion/unet/model.onnx");
  private final UnetShape shape = UnetShape.of(unet);
  private final int threads;

  private Throughput(int threads) {
    this.threads = threads;
  }

  /** How bare calls are arranged: sessions side by side, of so many threads each. */
  private record Arrangement(int sessions, int threadsEach, int rows) {
    @Override
    public String toString() {
      return String.format("%d x %d threads, %2d rows", sessions, threadsEach, rows);
    }
  }

  private record Image(BufferedImage image, String label) {}

  /** Images per second, and how many rows of UNet calls one needed. */
  private record Whole(double imagesPerSecond, double rowsPerImage) {}

  /**
   * Measures.
   *
   * @param args a folder that holds one folder of images per class; the number of rounds; perhaps
   *     the number of threads
   */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      throw new IllegalArgumentException("Usage: Throughput IN ROUNDS [THREADS]");
    }
    int processors = Runtime.getRuntime().availableProcessors();
    int threads = args.length > 2 ? Integer.parseInt(args[2]) : processors;
    new Throughput(threads).run(images(Path.of(args[0])), Integer.parseInt(args[1]));
  }

  private void run(List<Image> images, int rounds) throws Exception {
    Map<Arrangement, List<Double>> bare = new LinkedHashMap<>();
    arrangements().forEach(arrangement -> bare.put(arrangement, new ArrayList<>()));
    double[] ratios = new double[rounds];
    double[] rates = new double[rounds];
    try (Sgid sgid = open()) {
      System.out.println("warmed up: " + augment(sgid, images.subList(0, images.size() / 5 + 1)));
      for (int round = 0; round < rounds; round++) {
        double best = 0;
        for (Map.Entry<Arrangement, List<Double>> entry : bare.entrySet()) {
          double rowsPerSecond = rowsPerSecond(entry.getKey());
          entry.getValue().add(rowsPerSecond);
          best = Math.max(best, rowsPerSecond);
        }
        Whole whole = augment(sgid, images);
        rates[round] = whole.imagesPerSecond;
        ratios[round] = whole.imagesPerSecond * whole.rowsPerImage / best;
        System.out.printf(
            Locale.ROOT,
            "round %d: %.1f images/s of %.1f rows; bare %.0f rows/s at best: %.2f of it%n",
            round + 1,
            whole.imagesPerSecond,
            whole.rowsPerImage,
            best,
            ratios[round]);
      }
    }
    bare.forEach(
        (arrangement, rowsPerSecond) ->
            System.out.println("bare, " + arrangement + ": rows/s " + spread(rowsPerSecond)));
    System.out.println("whole method: images/s " + Spread.of(rates));
    System.out.println("share of the bare UNet's best, median of rounds: " + Spread.of(ratios));
  }

  private Sgid open() {
    return Sgid.builder(BenchPack.folder())
        .withDevice(Device.CPU)
        .withThreads(threads)
        .withGeneration(
            g ->
                g.withScheduler(Scheduler.ddim())
                    .withTimestepSpacing(TimestepSpacing.LEADING)
                    .withSteps(STEPS)
                    .withNoiseRate(NOISE_RATE))
        .build();
  }

  private static Whole augment(Sgid sgid, List<Image> images) {
    long rows = 0;
    int copies = 0;
    long start = System.nanoTime();
    try (AugmentationStream outcomes =
        sgid.stream(
            images.stream().map(one -> AugmentRequest.of(one.image, one.label)).iterator())) {
      while (outcomes.hasNext()) {
        Augmentation made = outcomes.next().orThrow();
        rows += (long) made.picture().stepsRun() * (made.guidanceScale() > 1 ? 2 : 1);
        copies++;
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Whole(copies / seconds, (double) rows / copies);
  }

  private List<Arrangement> arrangements() {
    List<Arrangement> arrangements = new ArrayList<>();
    for (int rows : ROWS) {
      arrangements.add(new Arrangement(1, threads, rows));
      if (threads > 1) {
        arrangements.add(new Arrangement(threads, 1, rows));
      }
    }
    return arrangements;
  }

  private double rowsPerSecond(Arrangement arrangement)
      throws OrtException, InterruptedException, ExecutionException {
    List<BareUNet> sessions = new ArrayList<>();
    ExecutorService executor = Executors.newFixedThreadPool(arrangement.sessions);
    try {
      for (int i = 0; i < arrangement.sessions; i++) {
        sessions.add(new BareUNet(unet, shape, arrangement.rows, arrangement.threadsEach));
        sessions.get(i).fill(random(1, latents()), random(2, shape.tokens() * shape.textWidth()));
        sessions.get(i).run(TIMESTEP); // the first run is slower
      }
      double calls = 0;
      List<Callable<Double>> work = new ArrayList<>();
      sessions.forEach(session -> work.add(() -> callsPerSecond(session)));
      for (Future<Double> found : executor.invokeAll(work)) {
        calls += found.get();
      }
      return calls * arrangement.rows;
    } finally {
      executor.shutdown();
      for (BareUNet session : sessions) {
        session.close();
      }
    }
  }

  private static double callsPerSecond(BareUNet session) throws OrtException {
    long start = System.nanoTime();
    int calls = 0;
    double seconds = 0;
    while (seconds < BARE_SECONDS) {
      session.run(TIMESTEP);
      calls++;
      seconds = (System.nanoTime() - start) / 1e9;
    }
    return calls / seconds;
  }

  private int latents() {
    return shape.channels() * shape.side() * shape.side();
  }

  private static float[] random(long seed, int length) {
    float[] values = new float[length];
    new TorchRandom(seed).normal(values);
    return values;
  }

  private static Spread spread(List<Double> values) {
    return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static List<Image> images(Path folder) throws IOException {
    List<Image> images = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        BufferedImage image = ImageIO.read(file.toFile());
        if (image == null) {
          throw new IOException(file + " is no image that Java reads");
        }
        images.add(new Image(image, file.resolveSibling("").getFileName().toString()));
      }
    }
    if (images.isEmpty()) {
      throw new IOException("There is no image in " + folder);
    }
    return images;
  }
}
