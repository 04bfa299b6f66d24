package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import dev.sgid.SgidException;
import dev.sgid.Stage;

/** ONNX Runtime's environment, one for the whole JVM. */
final class OnnxRuntime {
  private static final OrtEnvironment ENVIRONMENT = create();

  static final DirectBuffers BUFFERS = new DirectBuffers();

  private OnnxRuntime() {}

  /**
   * The environment.
   *
   * @throws SgidException if the native library can't be loaded
   */
  static OrtEnvironment environment() {
    return ENVIRONMENT;
  }

  private static OrtEnvironment create() {
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING);
      environment.setTelemetry(false);
      return environment;
    } catch (OrtException | LinkageError | IllegalStateException e) {
      throw cantLoad(e);
    }
  }

  private static SgidException cantLoad(Throwable cause) {
    return new SgidException(
        Stage.OPEN,
        "ONNX Runtime's native library can't be loaded on "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + " (it exists for Linux x64 and aarch64 with glibc, macOS aarch64 and Windows x64): "
            + cause.getMessage(),
        cause);
  }
}
