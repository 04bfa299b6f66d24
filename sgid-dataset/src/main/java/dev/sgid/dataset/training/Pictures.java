package dev.sgid.dataset.training;

import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.DatasetException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The pictures of an epoch in its order, read, decoded and, where need be, made in threads of its
 * own a little ahead of the consumer, so that memory does not depend on their number.
 *
 * <p>For one thread at a time. At the end, and where one fails, it closes itself; whoever stops
 * before that closes it.
 */
public final class Pictures implements Iterator<Example>, AutoCloseable {
  private static final int MOST_THREADS = 4;
  private static final int IDLE_SECONDS = 5; // then the threads of a forgotten one end, too

  private final TrainingSet set;
  private final PictureFiles.Reading reading;
  private final Iterator<Sample> order;
  private final int ahead;
  private final ThreadPoolExecutor threads;
  private final Deque<Future<Example>> coming = new ArrayDeque<>();
  private boolean closed;

  Pictures(TrainingSet set, List<Sample> order, int ahead) {
    this.set = set;
    this.reading = set.files().reading(order);
    this.order = order.iterator();
    this.ahead = ahead;
    int count = Math.min(ahead, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    this.threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "sgid-pictures");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public boolean hasNext() {
    if (closed) {
      return false;
    }
    while (coming.size() < ahead && order.hasNext()) {
      Sample sample = order.next();
      coming.add(threads.submit(() -> set.example(sample, reading::read)));
    }
    if (coming.isEmpty()) {
      close();
    }
    return !coming.isEmpty();
  }

  /**
   * The next picture.
   *
   * @throws NoSuchElementException if there is none, or it is closed
   * @throws DatasetException naming the picture that can't be read, made or has another size
   * @throws SgidException if the thread is interrupted, or nothing can be made any more
   */
  @Override
  public Example next() {
    if (!hasNext()) {
      throw new NoSuchElementException("There are no more pictures");
    }
    try {
      Example example = coming.element().get();
      Future<Example> ignored = coming.remove();
      return example;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw SgidException.cancelled(Stage.DECODE);
    } catch (ExecutionException e) {
      close();
      Throwable cause = requireNonNull(e.getCause());
      if (cause instanceof RuntimeException failure) {
        throw failure;
      } else if (cause instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(cause);
    }
  }

  /** Ends its threads, which takes as long as a picture that is being decoded. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    coming.clear();
    threads.shutdownNow();
    reading.close();
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        boolean ignored = threads.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true; // they end by themselves, each with its picture
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
