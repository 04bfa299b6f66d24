package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.sgid.Stage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session of ONNX Runtime with the options that it needs for as long as it lives. */
final class OpenSession {
  private static final Logger LOG = LoggerFactory.getLogger(OpenSession.class);
  private static final String OPTIMIZER = "ReshapeFusion";
  private static final String OPTIMIZER_FAILED =
      "Attempting to get index by a name which does not exist";

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
   * @param mapsWeights whether convolutions leave the weights of files beside the graph where the
   *     system maps them, instead of copying them into a layout that is a tenth faster to run
   * @throws dev.sgid.SgidException of kind cancelled, if the JVM shuts down
   */
  static OpenSession of(Path file, Placement placement, boolean large, boolean mapsWeights)
      throws OrtException {
    SessionOptions options = null;
    OrtSession session = null;
    try (NativePath path = NativePath.of(file);
        ShutdownGate.Stay stay = OnnxRuntime.GATE.enter(Stage.OPEN)) {
      options = placement.sessionOptions();
      if (mapsWeights) {
        options.setOptimizationLevel(OptLevel.EXTENDED_OPT); // all but the layout
      }
      session = create(path.toString(), options);
      if (large) {
        NativeHeap.trim();
      }
      return new OpenSession(session, options, large);
    } catch (OrtException | RuntimeException | Error e) {
      free(session, options);
      throw e;
    }
  }

  /**
   * Opens a session, if need be without an optimizer that ONNX Runtime 1.29 itself stumbles over,
   * in text encoders of which only the batch is fixed. What they give is the same to the bit.
   */
  private static OrtSession create(String path, SessionOptions options) throws OrtException {
    try {
      return OnnxRuntime.environment().createSession(path, options);
    } catch (OrtException e) {
      if (!String.valueOf(e.getMessage()).contains(OPTIMIZER_FAILED)) {
        throw e;
      }
      LOG.debug("{} is opened without {}", path, OPTIMIZER, e);
      options.addConfigEntry("optimization.disable_specified_optimizers", OPTIMIZER);
      return OnnxRuntime.environment().createSession(path, options);
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
