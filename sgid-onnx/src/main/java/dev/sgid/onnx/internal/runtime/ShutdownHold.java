package dev.sgid.onnx.internal.runtime;

import dev.sgid.SgidException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps models running while the JVM shuts down, once it {@linkplain #begin begins}. Thread-safe.
 */
public final class ShutdownHold implements AutoCloseable {
  private ShutdownGate.@Nullable Hold hold;

  /**
   * Holds from now on until it is closed, and no longer than {@code grace} from the shutdown's
   * beginning on.
   *
   * @throws SgidException if ONNX Runtime can't be loaded, or can't outlive its shutdown hook
   */
  public synchronized void begin(Duration grace) {
    close();
    hold = OnnxRuntime.holdShutdown(grace);
  }

  /** Lets the shutdown go on. */
  @Override
  public synchronized void close() {
    if (hold != null) {
      hold.close();
      hold = null;
    }
  }
}
