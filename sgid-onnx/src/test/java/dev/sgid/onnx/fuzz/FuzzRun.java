package dev.sgid.onnx.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.onnx.reference.OwnJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What came of a range of seeds, each tried in {@link FuzzedPacks}; where that process crashes or
 * hangs, another goes on behind the seed.
 *
 * @param outcomes how many seeds ended in each way
 * @param bad what is no refusal and no picture, with its seed and what was done to the pack
 * @param slowest how long the slowest took, in milliseconds
 * @param growth of the memory of the last process from its tenth seed on, in MB
 */
record FuzzRun(Map<String, Integer> outcomes, List<String> bad, long slowest, long growth) {
  private static final long LONGEST_SECONDS = 60;
  private static final int WARM = 10; // seeds until what is made once is made

  /** Tries seeds. Argument one is the first, two the one behind the last; then a summary. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("sgid-fuzz");
    FuzzRun run = of(folder, Long.parseLong(args[0]), Long.parseLong(args[1]));
    System.out.printf(
        Locale.ROOT,
        "%s; slowest %.1f s; memory grew by %d MB%n",
        run.outcomes,
        run.slowest / 1000.0,
        run.growth);
    run.bad.forEach(System.out::println);
    System.exit(run.bad.isEmpty() ? 0 : 1);
  }

  static FuzzRun of(Path folder, long from, long to) throws IOException, InterruptedException {
    Tally tally = new Tally();
    long next = from;
    for (int process = 0; next < to; process++) {
      next = tally.run(folder.resolve("process-" + process), next, to);
    }
    return new FuzzRun(
        tally.outcomes, tally.bad, tally.slowest, Math.max(0, tally.last - tally.warm));
  }

  /** What is known so far. */
  private static final class Tally {
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final List<String> bad = new ArrayList<>();
    private long slowest;
    private long warm; // memory once the process is warm
    private long last; // and at its end
    private volatile @Nullable String begun; // the seed that is tried, with its damage
    private volatile boolean hangs;

    /** Runs one process; the seed that the next has to begin with. */
    long run(Path folder, long from, long to) throws IOException, InterruptedException {
      Process process =
          new OwnJvm()
              .options("-Xmx512m", "-XX:+UseSerialGC", "-XX:ErrorFile=/dev/null")
              .start(FuzzedPacks.class, folder.toString(), from + "", to + "");
      begun = null;
      long seed = from;
      int ended = 0;
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        Thread watch = watch(process);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("begin ")) {
            begun = line.substring(6);
            seed = Long.parseLong(line.split(" ", 3)[1]);
          } else if (line.startsWith("end ")) {
            end(line.split(" ", 5), ended++);
          }
        }
        watch.interrupt();
      }
      int code = process.waitFor();
      if (begun == null && code == 0) {
        return to;
      }
      if (begun == null) { // not one was tried
        throw new IOException("The process ended with " + code + " before a pack was opened");
      }
      count(hangs ? "hung" : "crashed (" + code + ")");
      bad.add(begun);
      hangs = false;
      return seed + 1;
    }

    private void end(String[] fields, int ended) {
      String outcome = fields[4].split(" ", 2)[0];
      count(outcome);
      if (!outcome.equals("made") && !outcome.equals("refused")) {
        bad.add(begun + ": " + fields[4]);
      }
      slowest = Math.max(slowest, Long.parseLong(fields[2]));
      last = Long.parseLong(fields[3]);
      if (ended <= WARM) {
        warm = last;
      }
      begun = null;
    }

    private void count(String outcome) {
      outcomes.merge(outcome, 1, Integer::sum);
    }

    /** Ends a process that is at one pack for too long. */
    private Thread watch(Process process) {
      Thread watch =
          new Thread(
              () -> {
                try {
                  String at = null;
                  while (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                    String now = begun;
                    if (now != null && now.equals(at)) {
                      hangs = true;
                      process.destroyForcibly();
                    }
                    at = now;
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      watch.setDaemon(true);
      watch.start();
      return watch;
    }
  }
}
