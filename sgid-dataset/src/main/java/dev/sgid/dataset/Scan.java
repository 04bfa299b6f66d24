package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.internal.duplicate.Fingerprint;
import dev.sgid.internal.RgbImage;
import dev.sgid.internal.RootCause;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Every image decoded once, by as many threads as there are processors. Of each its fingerprint
 * stays; pixels are in memory for one image a thread, and what does not fit beside the others is
 * decoded again alone.
 *
 * @param seen images that can be read, in the data set's order
 * @param failures images that can't, in that order
 */
record Scan(List<Seen> seen, List<Failure> failures) {
  Scan {
    seen = List.copyOf(seen);
    failures = List.copyOf(failures);
  }

  /** An image that can be read. */
  record Seen(Source source, Fingerprint print) {}

  /** Its fingerprints, in order. */
  List<Fingerprint> prints() {
    return seen.stream().map(Seen::print).toList();
  }

  /**
   * Scans. An interrupt ends it, and no thread of its goes on then.
   *
   * @param sources what is decoded
   * @param size how many there are
   * @throws dev.sgid.SgidException if the thread is interrupted
   */
  static Scan of(Iterable<Source> sources, int size, ImageDecoder decoder, JobListener listener) {
    return new Scanner(sources, size, decoder).scan(listener);
  }

  /** What became of an image. */
  private record Result(
      Source source, @Nullable Fingerprint print, @Nullable String reason, boolean noMemory) {}

  /** Threads, and what they share. */
  private static final class Scanner {
    private final ImageDecoder decoder;
    private final int size;
    private final Iterator<Source> sources; // guarded by this
    private int next; // guarded by this
    private boolean stopped; // guarded by this
    private final @Nullable Result[] results;
    private final BlockingQueue<Integer> done = new LinkedBlockingQueue<>();

    Scanner(Iterable<Source> sources, int size, ImageDecoder decoder) {
      this.sources = sources.iterator();
      this.size = size;
      this.decoder = decoder;
      this.results = new Result[size];
    }

    Scan scan(JobListener listener) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < Math.min(size, Runtime.getRuntime().availableProcessors()); i++) {
        Thread thread = new Thread(this::work, "sgid-scan-" + i);
        thread.setDaemon(true);
        threads.add(thread);
      }
      threads.forEach(Thread::start);
      try {
        collect(listener);
      } finally {
        stop();
        threads.forEach(Scanner::join);
      }
      return result();
    }

    private void collect(JobListener listener) {
      int failed = 0;
      for (int i = 0; i < size; i++) {
        JobRun.stopIfInterrupted();
        Result result;
        try {
          result = requireNonNull(results[done.take()]);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          JobRun.stopIfInterrupted();
          throw new IllegalStateException(e); // not reached: the line above throws
        }
        failed += result.print() == null && !result.noMemory() ? 1 : 0;
        listener.progressed(
            JobProgress.of(Phase.LOOKING, size)
                .withDone(i + 1 - failed)
                .withFailed(failed)
                .withCurrent(result.source().source(), result.source().label()));
      }
    }

    private void work() {
      while (true) {
        Source source;
        int index;
        synchronized (this) {
          if (stopped || next == size) {
            return;
          }
          source = sources.next();
          index = next++;
        }
        results[index] = look(source);
        done.add(index);
      }
    }

    private Result look(Source source) {
      try {
        RgbImage image = RgbImage.of(LoadedImage.read(source, decoder).image());
        return new Result(source, Fingerprint.of(image), null, false);
      } catch (IOException e) {
        boolean noMemory = RootCause.of(e) instanceof OutOfMemoryError;
        return new Result(source, null, Reason.of(e), noMemory);
      } catch (OutOfMemoryError e) {
        return new Result(source, null, "it does not fit into memory", true);
      } catch (RuntimeException e) { // a bug, which is the image's and not the scan's
        return new Result(source, null, e.toString(), false);
      }
    }

    private synchronized void stop() {
      stopped = true;
    }

    private static void join(Thread thread) {
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // it ends by itself, with its image
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private Scan result() {
      List<Seen> seen = new ArrayList<>();
      List<Failure> failures = new ArrayList<>();
      for (Result any : results) {
        Result result = requireNonNull(any);
        if (result.noMemory()) {
          JobRun.stopIfInterrupted();
          result = look(result.source());
        }
        Fingerprint print = result.print();
        if (print != null) {
          seen.add(new Seen(result.source(), print));
        } else {
          failures.add(new Failure(result.source().source(), String.valueOf(result.reason())));
        }
      }
      return new Scan(seen, failures);
    }
  }
}
