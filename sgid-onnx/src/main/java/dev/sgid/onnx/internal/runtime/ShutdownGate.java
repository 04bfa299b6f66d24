package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the process from ending under a model that runs.
 *
 * <p>When a JVM shuts down, its threads go on. ONNX Runtime's own shutdown hook frees its
 * environment at once, and the C library then destroys the rest: threads that are still inside
 * crash, or compute with what is gone. So every stay inside ONNX Runtime passes here. Once the gate
 * closes nobody enters any more, models that run are told to stop, which they do after the operator
 * they are at, and the shutdown waits for everybody to leave.
 *
 * <p>It closes as soon as the shutdown begins, unless somebody {@linkplain #hold holds} it: then
 * everything goes on, and calls that have many runs before them come to their end.
 *
 * <p>Thread-safe.
 */
final class ShutdownGate {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownGate.class);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30); // loading can't be stopped

  private final Set<RunOptions> running = new HashSet<>();
  private final Set<Hold> holds = new HashSet<>();
  private int inside;
  private boolean closed;

  /** A stay inside ONNX Runtime. */
  interface Stay extends AutoCloseable {
    @Override
    void close();
  }

  /** What keeps the gate open during a shutdown. */
  final class Hold implements AutoCloseable {
    private final long grace; // nanoseconds from the shutdown's beginning on

    private Hold(Duration grace) {
      this.grace = TimeUnit.NANOSECONDS.convert(grace);
    }

    /** Lets the gate close. A second call does nothing. */
    @Override
    public void close() {
      release(this);
    }
  }

  /** A gate that the JVM's shutdown closes. */
  static ShutdownGate untilShutdown() {
    ShutdownGate gate = new ShutdownGate();
    Thread hook = new Thread(() -> gate.shutDown(PATIENCE), "sgid-onnx-shutdown");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) { // it has begun
      gate.close(0);
    }
    return gate;
  }

  /**
   * Enters to run a model.
   *
   * @param run told to terminate when the gate closes; not to be closed before the stay is
   * @throws SgidException of kind cancelled, if the gate is closed
   */
  Stay enter(Stage stage, RunOptions run) {
    return required(tryEnter(run), stage);
  }

  /**
   * Enters to do what can't be stopped.
   *
   * @throws SgidException of kind cancelled, if the gate is closed
   */
  Stay enter(Stage stage) {
    return required(tryEnter(null), stage);
  }

  private static Stay required(@Nullable Stay stay, Stage stage) {
    if (stay == null) {
      throw SgidException.shuttingDown(stage);
    }
    return stay;
  }

  /** Enters to do what can't be stopped; null if the gate is closed. */
  @Nullable Stay tryEnter() {
    return tryEnter(null);
  }

  private synchronized @Nullable Stay tryEnter(@Nullable RunOptions run) {
    if (closed) {
      return null;
    }
    inside++;
    if (run != null) {
      running.add(run);
    }
    return () -> leave(run);
  }

  private synchronized void leave(@Nullable RunOptions run) {
    inside--;
    if (run != null) {
      running.remove(run);
    }
    notifyAll();
  }

  /**
   * Keeps the gate open when the shutdown begins, until the hold is closed, and no longer than
   * {@code grace}. Of several holds the one that lasts longest counts.
   */
  synchronized Hold hold(Duration grace) {
    Hold hold = new Hold(grace);
    holds.add(hold);
    return hold;
  }

  private synchronized void release(Hold hold) {
    holds.remove(hold);
    notifyAll();
  }

  /** Whether nobody is let in any more. */
  synchronized boolean isClosed() {
    return closed;
  }

  /** The shutdown has begun: waits while the gate is held, and {@linkplain #close closes} it. */
  synchronized void shutDown(long patience) {
    long begin = System.nanoTime();
    try {
      for (long left = graceLeft(begin); left > 0; left = graceLeft(begin)) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // and close it now
    }
    close(patience);
  }

  private long graceLeft(long begin) {
    long longest = 0;
    for (Hold hold : holds) { // no stream: see close
      longest = Math.max(longest, hold.grace);
    }
    return longest - (System.nanoTime() - begin);
  }

  /** Lets nobody in, stops what runs and waits, no longer than {@code patience} nanoseconds. */
  synchronized void close(long patience) {
    closed = true;
    // a loop, not forEach: that would look for a class where a server has closed the class loader
    for (RunOptions run : running) {
      terminate(run);
    }
    long end = System.nanoTime() + patience;
    try {
      for (long left = patience; inside > 0 && left > 0; left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void terminate(RunOptions run) {
    try {
      run.setTerminate(true);
    } catch (OrtException e) {
      LOG.debug("A run can't be told to stop", e);
    }
  }
}
