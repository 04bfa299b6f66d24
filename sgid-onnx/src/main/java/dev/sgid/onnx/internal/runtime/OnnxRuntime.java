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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** ONNX Runtime's environment, one for the whole JVM. */
final class OnnxRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntime.class);

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
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING);
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
      int level = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING.getValue();
      Object reference = create.invoke(null, api.getLong(null), level, "sgid");
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
