package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.sgid.Stage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A session of ONNX Runtime with the options that it needs for as long as it lives. */
final class OpenSession {
  private final OrtSession session;
  private final SessionOptions options;
  private final boolean large;

  private OpenSession(OrtSession session, SessionOptions options, boolean large) {
    this.session = session;
    this.options = options;
    this.large = large;
  }

  /**
   * Opens a session; what takes long can't be stopped.
   *
   * @param large whether what its opening leaves behind is worth giving back to the system
   * @throws dev.sgid.SgidException of kind cancelled, if the JVM shuts down
   */
  static OpenSession of(Path file, Placement placement, boolean large) throws OrtException {
    SessionOptions options = null;
    OrtSession session = null;
    try (NativePath path = NativePath.of(file);
        ShutdownGate.Stay stay = OnnxRuntime.GATE.enter(Stage.OPEN)) {
      options = placement.sessionOptions();
      session = OnnxRuntime.environment().createSession(path.toString(), options);
      if (large) {
        NativeHeap.trim();
      }
      return new OpenSession(session, options, large);
    } catch (OrtException | RuntimeException | Error e) {
      free(session, options);
      throw e;
    }
  }

  OrtSession session() {
    return session;
  }

  /** Does nothing once the JVM shuts down: the process ends and takes everything with it. */
  void close() {
    free(session, options);
    if (large) {
      NativeHeap.trim();
    }
  }

  private static void free(@Nullable OrtSession session, @Nullable SessionOptions options) {
    try (ShutdownGate.Stay stay = OnnxRuntime.GATE.tryEnter()) {
      if (stay != null) {
        close(session, options);
      }
    }
  }

  private static void close(@Nullable OrtSession session, @Nullable SessionOptions options) {
    try {
      if (session != null) {
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime could not close a session", e);
    } finally {
      if (options != null) {
        options.close(); // after the session: libraries of custom operators are freed here
      }
    }
  }
}
