package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session that all share who open the same file in the same way, so that a second open of a pack
 * takes next to no memory and time. It is closed with the last of them.
 *
 * <p>Thread-safe.
 */
final class SharedSession {
  /** A graph of fewer bytes, of a large model, has its weights elsewhere. */
  private static final long LITTLE = 32L << 20;

  private static final Map<Key, SharedSession> SHARED = new HashMap<>();

  /**
   * What makes two sessions the same.
   *
   * @param model the file, and whatever lies beside it, like its weights, as it is now
   * @param takesTurns whether it is open only while it runs
   */
  private record Key(ModelIdentity model, Device device, int threads, boolean takesTurns) {}

  private final Key key;
  private final Path file;
  private final Placement placement;
  private final boolean large;
  private int users; // guarded by SHARED
  private volatile @Nullable OpenSession
      open; // written guarded by this, or by Turns where it takes turns

  private SharedSession(Key key, Path file, Placement placement, boolean large) {
    this.key = key;
    this.file = file;
    this.placement = placement;
    this.large = large;
  }

  /** A stay in a session, which is open as long. */
  interface Use extends AutoCloseable {
    /** The session. */
    OrtSession session();

    @Override
    void close();
  }

  /**
   * Opens a session, or joins those who have it; {@link #close()} it once.
   *
   * @param large whether the model is: such ones take turns where memory is to be saved
   * @throws SgidException of kind cancelled
   */
  static SharedSession open(Path file, Placement placement, boolean large) throws OrtException {
    boolean takesTurns = large && LowMemory.isWanted();
    Key key = new Key(identity(file), placement.device(), placement.threads(), takesTurns);
    SharedSession shared;
    synchronized (SHARED) {
      shared = SHARED.computeIfAbsent(key, k -> new SharedSession(k, file, placement, large));
      shared.users++;
    }
    try {
      Use ignored = shared.use(); // opens it; where that fails, the next who waits tries again
      ignored.close();
      return shared;
    } catch (InterruptedException e) {
      shared.close();
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.OPEN);
    } catch (OrtException | RuntimeException | Error e) {
      shared.close();
      throw e;
    }
  }

  private static ModelIdentity identity(Path file) {
    try {
      return ModelIdentity.of(file);
    } catch (IOException e) {
      throw new SgidException(
          Stage.OPEN, file, "The model's folder can't be read (" + Reason.of(e) + ")", e);
    }
  }

  /** Begins a use; opens the session where it isn't. */
  Use use() throws OrtException, InterruptedException {
    if (key.takesTurns()) {
      return Turns.LARGE_MODELS.enter(this);
    }
    synchronized (this) {
      return stay(opened(), () -> {});
    }
  }

  /** Opens it, where it isn't. */
  OrtSession opened() throws OrtException {
    if (open == null) {
      if (!key.model().stillHolds(file)) {
        throw new SgidException(
            Stage.OPEN, file, "The model's files were changed while it was in use", null);
      }
      open = OpenSession.of(file, placement, large, mapsWeights());
    }
    return open.session();
  }

  /** Whether weights that lie in files of their own stay there: {@link OpenSession}. */
  private boolean mapsWeights() {
    return key.takesTurns() && file.toFile().length() < LITTLE;
  }

  /** Closes it, to be opened again by the next use. */
  void suspend() {
    if (open != null) {
      OpenSession closing = open;
      open = null;
      closing.close();
    }
  }

  /** Whether it holds a session just now. A seam for tests. */
  boolean isOpen() {
    return open != null;
  }

  static Use stay(OrtSession session, Runnable end) {
    return new Use() {
      @Override
      public OrtSession session() {
        return session;
      }

      @Override
      public void close() {
        end.run();
      }
    };
  }

  /** Gives up a share, of which no use is left; the last closes the session. */
  void close() {
    synchronized (SHARED) {
      users--;
      if (users > 0) {
        return;
      }
      SHARED.remove(key);
    }
    if (key.takesTurns()) {
      Turns.LARGE_MODELS.remove(this);
    } else {
      synchronized (this) {
        suspend();
      }
    }
  }
}
