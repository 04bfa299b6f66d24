package dev.sgid.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Img2ImgFeed;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A feed of a test's requests, to any number of lanes; complains about a lane that hands over what
 * it hasn't taken, or twice. Thread-safe.
 */
public final class TestFeed implements Img2ImgFeed {
  private static final long PATIENCE_SECONDS = 60;

  private final List<Img2ImgRequest> requests;
  private final Map<Long, Img2ImgResult> results = new TreeMap<>();
  private final Map<Long, Integer> steps = new HashMap<>();
  private boolean open;
  private boolean stopping;
  private boolean stopped;
  private int next;

  /** A feed that has these requests, and no more. */
  public TestFeed(List<Img2ImgRequest> requests) {
    this.requests = new ArrayList<>(requests);
  }

  /** Lanes wait for more requests, until {@link #noMore()}. */
  public synchronized TestFeed keptOpen() {
    open = true;
    return this;
  }

  /** The work is to stop as soon as a step of any picture is done. */
  public synchronized TestFeed stoppingAtTheFirstStep() {
    stopping = true;
    return this;
  }

  /** More requests. */
  public synchronized void add(List<Img2ImgRequest> more) {
    requests.addAll(more);
    notifyAll();
  }

  /** Lets lanes end when there is nothing to do. */
  public synchronized void noMore() {
    open = false;
    notifyAll();
  }

  /** Waits until so many results are there. */
  public synchronized void awaitDone(int count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (results.size() < count) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      assertThat(left).as("results, of which there are %d", results.size()).isPositive();
      wait(left);
    }
  }

  /** What is there, in the requests' order. */
  public synchronized List<Img2ImgResult> results() {
    return List.copyOf(results.values());
  }

  /** How many steps were heard of, by ticket. */
  public synchronized Map<Long, Integer> steps() {
    return Map.copyOf(steps);
  }

  @Override
  public synchronized @Nullable Ticket next(boolean wait) {
    requireRunning();
    while (wait && open && next == requests.size()) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw SgidException.cancelled(Stage.DENOISE);
      }
      requireRunning();
    }
    return next == requests.size() ? null : new Ticket(next, requests.get(next++));
  }

  @Override
  public synchronized void done(List<Done> done) {
    requireRunning();
    assertThat(done).isNotEmpty();
    for (Done one : done) {
      assertThat(one.ticket().index()).isLessThan(next);
      assertThat(results.put(one.ticket().index(), one.result()))
          .as("an earlier result of %d", one.ticket().index())
          .isNull();
    }
    notifyAll();
  }

  private void requireRunning() {
    if (stopped) {
      throw SgidException.cancelled(Stage.DENOISE);
    }
  }

  @Override
  public StepListener listener() {
    return (picture, step, count, timestep) -> {
      synchronized (this) {
        assertThat(step).isEqualTo(steps.merge(picture, 1, Integer::sum));
        stopped |= stopping;
      }
    };
  }
}
