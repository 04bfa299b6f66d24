package dev.sgid.onnx.diffusion;

import ai.onnxruntime.OrtException;
import com.sun.management.OperatingSystemMXBean;
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
import java.lang.management.ManagementFactory;
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
import java.util.function.ToDoubleFunction;
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

  /** How fast something went: on the clock, and by the seconds of all its threads together. */
  private record Pace(double perSecond, double perCpuSecond) {
    static Pace of(double count, Clock clock) {
      return new Pace(count / clock.seconds(), count / clock.cpuSeconds());
    }

    Pace times(double factor) {
      return new Pace(perSecond * factor, perCpuSecond * factor);
    }
  }

  /** Since it was made. */
  private static final class Clock {
    private static final OperatingSystemMXBean SYSTEM =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final long start = System.nanoTime();
    private final long cpuStart = SYSTEM.getProcessCpuTime();

    double seconds() {
      return (System.nanoTime() - start) / 1e9;
    }

    double cpuSeconds() {
      return (SYSTEM.getProcessCpuTime() - cpuStart) / 1e9;
    }
  }

  /** Images, and how many rows of UNet calls one needed. */
  private record Whole(Pace images, double rowsPerImage) {
    Pace rows() {
      return images.times(rowsPerImage);
    }
  }

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
    Map<Arrangement, List<Pace>> bare = new LinkedHashMap<>();
    arrangements().forEach(arrangement -> bare.put(arrangement, new ArrayList<>()));
    double[] rates = new double[rounds];
    double[] shares = new double[rounds];
    double[] cpuShares = new double[rounds];
    Whole ignored = augment(images.subList(0, images.size() / 5 + 2)); // for the compiler
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<Arrangement, List<Pace>> entry : bare.entrySet()) {
        entry.getValue().add(rows(entry.getKey()));
      }
      Whole whole = augment(images);
      rates[round] = whole.images().perSecond;
      shares[round] = whole.rows().perSecond / best(bare, round, Pace::perSecond);
      cpuShares[round] = whole.rows().perCpuSecond / best(bare, round, Pace::perCpuSecond);
      System.out.printf(
          Locale.ROOT,
          "round %d: %.1f images/s of %.1f rows; bare %.0f rows/s at best: %.2f of it%n",
          round + 1,
          rates[round],
          whole.rowsPerImage,
          best(bare, round, Pace::perSecond),
          shares[round]);
    }
    bare.forEach(
        (arrangement, paces) ->
            System.out.println(
                "bare, " + arrangement + ": rows/s " + spread(paces, Pace::perSecond)));
    System.out.println("whole method: images/s " + Spread.of(rates));
    System.out.println("share of the bare UNet's best, median of rounds: " + Spread.of(shares));
    System.out.println("the same by CPU seconds instead of the clock: " + Spread.of(cpuShares));
  }

  private static double best(
      Map<Arrangement, List<Pace>> bare, int round, ToDoubleFunction<Pace> of) {
    return bare.values().stream()
        .mapToDouble(paces -> of.applyAsDouble(paces.get(round)))
        .max()
        .orElseThrow();
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

  /** With models opened for it: those of the round before remember its captions. */
  private Whole augment(List<Image> images) {
    try (Sgid sgid = open()) {
      Whole ignored = augment(sgid, images.subList(0, 1)); // what is set up at first use
      return augment(sgid, images.subList(1, images.size()));
    }
  }

  private static Whole augment(Sgid sgid, List<Image> images) {
    long rows = 0;
    int copies = 0;
    Clock clock = new Clock();
    try (AugmentationStream outcomes =
        sgid.stream(
            images.stream().map(one -> AugmentRequest.of(one.image, one.label)).iterator())) {
      while (outcomes.hasNext()) {
        Augmentation made = outcomes.next().orThrow();
        rows += (long) made.picture().stepsRun() * (made.guidanceScale() > 1 ? 2 : 1);
        copies++;
      }
    }
    return new Whole(Pace.of(copies, clock), (double) rows / copies);
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

  private Pace rows(Arrangement arrangement)
      throws OrtException, InterruptedException, ExecutionException {
    List<BareUNet> sessions = new ArrayList<>();
    ExecutorService executor = Executors.newFixedThreadPool(arrangement.sessions);
    try {
      for (int i = 0; i < arrangement.sessions; i++) {
        BareUNet session = new BareUNet(unet, shape, arrangement.rows, arrangement.threadsEach);
        sessions.add(session);
        session.fill(random(1, latents()), random(2, shape.tokens() * shape.textWidth()));
        session.run(TIMESTEP); // the first run is slower
      }
      Clock clock = new Clock();
      List<Callable<Integer>> work = new ArrayList<>();
      sessions.forEach(session -> work.add(() -> calls(session, clock)));
      int calls = 0;
      for (Future<Integer> made : executor.invokeAll(work)) {
        calls += made.get();
      }
      return Pace.of(calls * arrangement.rows, clock);
    } finally {
      executor.shutdown();
      for (BareUNet session : sessions) {
        session.close();
      }
    }
  }

  /** As many as fit into the time. */
  private static int calls(BareUNet session, Clock clock) throws OrtException {
    int calls = 0;
    while (clock.seconds() < BARE_SECONDS) {
      session.run(TIMESTEP);
      calls++;
    }
    return calls;
  }

  private int latents() {
    return shape.channels() * shape.side() * shape.side();
  }

  private static float[] random(long seed, int length) {
    float[] values = new float[length];
    new TorchRandom(seed).normal(values);
    return values;
  }

  private static Spread spread(List<Pace> paces, ToDoubleFunction<Pace> of) {
    return Spread.of(paces.stream().mapToDouble(of).toArray());
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
