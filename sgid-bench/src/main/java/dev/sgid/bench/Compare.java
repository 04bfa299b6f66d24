package dev.sgid.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Runs the {@code augment} commands of two builds of sgid on the same images, in the order A B B A,
 * and says how much faster the second is and whether their pictures are the same bytes. What is
 * timed is the whole command, the JVM's start included: the time on the clock, and the processor's
 * seconds, which other programs on the machine disturb less.
 */
final class Compare {
  private final Path before;
  private final Path after;
  private final Path images;
  private final Path work;
  private final List<String> options;

  private Compare(Path before, Path after, Path images, Path work, List<String> options) {
    this.before = before;
    this.after = after;
    this.images = images;
    this.work = work;
    this.options = options;
  }

  /** The time of one command, on the clock and summed over its threads. */
  record Times(double wallSeconds, double cpuSeconds) {}

  /**
   * Compares.
   *
   * @param args the two checkouts, the folder of images, a folder for what is written, the number
   *     of rounds, options of {@code augment}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 5) {
      throw new IllegalArgumentException("Usage: Compare BEFORE AFTER IN WORK ROUNDS [OPTION...]");
    }
    List<String> options = Arrays.asList(args).subList(5, args.length);
    Compare compare =
        new Compare(
            Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), Path.of(args[3]), options);
    if (!compare.run(Integer.parseInt(args[4]))) {
      System.exit(1);
    }
  }

  /** Whether all pictures were the same. */
  private boolean run(int rounds) throws IOException, InterruptedException {
    List<String> optionsBefore = optionsOf(before);
    List<String> optionsAfter = optionsOf(after);
    System.out.println("before: augment " + String.join(" ", optionsBefore));
    System.out.println("after:  augment " + String.join(" ", optionsAfter));
    Path outBefore = work.resolve("before");
    Path outAfter = work.resolve("after");
    List<Times> timesBefore = new ArrayList<>();
    List<Times> timesAfter = new ArrayList<>();
    int differing = 0;
    int pictures = 0;
    for (int round = 0; round < rounds; round++) {
      if (round % 2 == 0) {
        timesBefore.add(augment(before, outBefore, optionsBefore));
        timesAfter.add(augment(after, outAfter, optionsAfter));
      } else {
        timesAfter.add(augment(after, outAfter, optionsAfter));
        timesBefore.add(augment(before, outBefore, optionsBefore));
      }
      List<Path> made = pictures(outBefore);
      pictures = made.size();
      differing = Math.max(differing, differing(made, outBefore, outAfter));
      say(round + 1, pictures, timesBefore.get(round), timesAfter.get(round));
    }
    System.out.printf(
        Locale.ROOT,
        "images/s, after / before, median of %d rounds: %s; per CPU second: %s%n",
        rounds,
        ratios(timesBefore, timesAfter, Times::wallSeconds),
        ratios(timesBefore, timesAfter, Times::cpuSeconds));
    System.out.println(
        differing == 0
            ? "all " + pictures + " pictures are byte-equal"
            : differing + " of " + pictures + " pictures differ");
    return differing == 0;
  }

  /** The options given, and leading timesteps by name where the build can be asked for them. */
  private List<String> optionsOf(Path checkout) throws IOException, InterruptedException {
    Path help = work.resolve("help.txt");
    execute(help, List.of(checkout.resolve("sgid").toString(), "augment", "--help"));
    List<String> all = new ArrayList<>(options);
    String spacing = "--timestep-spacing";
    if (Files.readString(help).contains(spacing) && !String.join(" ", options).contains(spacing)) {
      all.addAll(List.of(spacing, "leading"));
    }
    return all;
  }

  private Times augment(Path checkout, Path out, List<String> settings)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(checkout.resolve("sgid").toString(), "augment"));
    command.addAll(List.of(images.toString(), out.toString(), "--overwrite", "--quiet"));
    command.addAll(settings);
    return execute(work.resolve(out.getFileName() + ".log"), command);
  }

  /** Runs a command by a shell, which knows what its children took. */
  private static Times execute(Path log, List<String> command)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("sh", "-c", "\"$@\" >\"$0\" 2>&1 || exit $?; times", log.toString()));
    line.addAll(command);
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(line)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    String times = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    double wall = (System.nanoTime() - start) / 1e9;
    if (code != 0) {
      throw new IOException(
          String.join(" ", command) + " ended with " + code + ":\n" + Files.readString(log));
    }
    return new Times(wall, childrenSeconds(times));
  }

  /**
   * The seconds of user and system that a shell's children took, from what its {@code times}
   * prints.
   */
  static double childrenSeconds(String times) {
    double seconds = 0;
    for (String part : times.lines().skip(1).findFirst().orElseThrow().trim().split("\\s+", -1)) {
      String[] minutesAndSeconds = part.replace(',', '.').replace("s", "").split("m", -1);
      seconds +=
          60 * Double.parseDouble(minutesAndSeconds[0]) + Double.parseDouble(minutesAndSeconds[1]);
    }
    return seconds;
  }

  private static List<Path> pictures(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".png"))
          .map(folder::relativize)
          .toList();
    }
  }

  private static int differing(List<Path> names, Path a, Path b) throws IOException {
    int differing = Math.abs(pictures(b).size() - names.size());
    for (Path name : names) {
      Path other = b.resolve(name);
      if (!Files.exists(other) || Files.mismatch(a.resolve(name), other) >= 0) {
        differing++;
      }
    }
    return differing;
  }

  private static void say(int round, int pictures, Times before, Times after) {
    System.out.printf(
        Locale.ROOT,
        "round %d: before %.1f s (%.1f s CPU), %.1f images/s; after %.1f s (%.1f s CPU), %.1f"
            + " images/s%n",
        round,
        before.wallSeconds,
        before.cpuSeconds,
        pictures / before.wallSeconds,
        after.wallSeconds,
        after.cpuSeconds,
        pictures / after.wallSeconds);
  }

  private static String ratios(
      List<Times> before, List<Times> after, ToDoubleFunction<Times> seconds) {
    double[] ratios = new double[before.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = seconds.applyAsDouble(before.get(i)) / seconds.applyAsDouble(after.get(i));
    }
    return Spread.of(ratios).toString();
  }
}
