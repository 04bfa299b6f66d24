package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.RootCause;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** ONNX Runtime's environment, one for the whole JVM. */
final class OnnxRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntime.class);

  private static final long STACK_BYTES = 256L << 20; // of which only what is used takes memory

  static final DirectBuffers BUFFERS = new DirectBuffers();
  static final ShutdownGate GATE = ShutdownGate.untilShutdown();

  private static @Nullable OrtEnvironment environment;
  private static @Nullable String failure; // why it could not be loaded
  private static boolean outlivesHooks;

  private OnnxRuntime() {}

  /**
   * The environment.
   *
   * @throws SgidException if the native library can't be loaded
   */
  static OrtEnvironment environment() {
    return environment(null);
  }

  /**
   * The environment.
   *
   * @param cache the folder that native libraries are unpacked to if they are not loaded yet; null
   *     for the default
   * @throws SgidException if the native library can't be loaded
   */
  static synchronized OrtEnvironment environment(@Nullable Path cache) {
    if (failure != null) {
      throw new SgidException(Stage.OPEN, failure);
    }
    if (environment == null) {
      environment = create(cache);
    }
    return environment;
  }

  private static OrtEnvironment create(@Nullable Path cache) {
    try {
      OrtLibraries.load(cache); // what it throws can be put right, and is not remembered
      OrtEnvironment environment = start();
      environment.setTelemetry(false);
      outlivesHooks = outliveShutdownHooks();
      return environment;
    } catch (OrtException | LinkageError | IllegalStateException e) {
      SgidException cantLoad = cantLoad(e);
      failure = cantLoad.getMessage(); // a second attempt would not say why
      throw cantLoad;
    }
  }

  /**
   * Starts ONNX Runtime in a thread with a large stack: unless {@code ORT_DISABLE_TELEMETRY} is
   * set, 1.29 matches the process's command line with a regular expression that recurses for each
   * character, and a class path of 4 kB is too much for a usual stack, which ends the process.
   */
  private static OrtEnvironment start() throws OrtException {
    FutureTask<OrtEnvironment> start =
        new FutureTask<>(() -> OrtEnvironment.getEnvironment(loggingLevel()));
    new Thread(null, start, "sgid-onnx-start", STACK_BYTES).start();
    try {
      return uninterrupted(start);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OrtException ofOrt) {
        throw ofOrt;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * ONNX Runtime writes its log to stderr itself, in colors, and lets nobody take it elsewhere.
   * What goes wrong is in the exception as well, so the log is for those who look for more.
   */
  private static OrtLoggingLevel loggingLevel() {
    return LOG.isDebugEnabled()
        ? OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING
        : OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
  }

  /** Waits for what takes milliseconds and can't be stopped; an interrupt stays set. */
  private static <T> T uninterrupted(Future<T> task) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Keeps models running when the JVM's shutdown begins, until the hold is closed, and no longer
   * than {@code grace}.
   *
   * @throws SgidException if the native library can't be loaded, or would crash then
   */
  static synchronized ShutdownGate.Hold holdShutdown(Duration grace) {
    OrtEnvironment loaded = environment();
    if (!outlivesHooks) {
      throw cantOutlive(loaded.getVersion(), grace);
    }
    return GATE.hold(grace);
  }

  static SgidException cantOutlive(String version, Duration grace) {
    return new SgidException(
        Stage.OPEN,
        "A shutdown grace of "
            + grace
            + " can't be given: the environment of ONNX Runtime "
            + version
            + " can't be held against its own shutdown hook; leave the grace out");
  }

  /**
   * Takes one more reference to the native environment. ONNX Runtime's shutdown hook, which can't
   * be removed, gives back the one it has as soon as the shutdown begins, while {@link
   * ShutdownGate} still waits for sessions that are being opened, or is held: those crash without
   * it. There is no API for this.
   *
   * @return whether it could be done; where not, the gate that closes at once has to do
   */
  private static boolean outliveShutdownHooks() {
    try {
      Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
      Method create =
          OrtEnvironment.class.getDeclaredMethod(
              "createHandle", long.class, int.class, String.class);
      api.setAccessible(true);
      create.setAccessible(true);
      Object reference = create.invoke(null, api.getLong(null), loggingLevel().getValue(), "sgid");
      LOG.trace("Environment {} is held until the process ends", reference);
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debug("ONNX Runtime's environment will end with the shutdown hooks", e);
      return false;
    }
  }

  private static SgidException cantLoad(Throwable cause) {
    return new SgidException(
        Stage.OPEN,
        "ONNX Runtime's native library can't be loaded on "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + " (it exists for "
            + OrtLibraries.PLATFORMS
            + "): "
            // an ExceptionInInitializerError says nothing itself
            + RootCause.of(cause).getMessage(),
        cause);
  }
}
