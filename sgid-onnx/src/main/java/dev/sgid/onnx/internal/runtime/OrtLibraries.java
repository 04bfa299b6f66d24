package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OrtEnvironment;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import dev.sgid.internal.RootCause;
import dev.sgid.onnx.internal.NativeLibrary;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads ONNX Runtime's native libraries from sgid's cache folder. Left to itself, ONNX Runtime
 * unpacks them for every process anew, to a temporary folder that stays behind.
 *
 * <p>Where to load them from it takes from the system property {@value #PATH} alone, which is set
 * while they are loaded, once in the life of a class loader, and taken away again. A property that
 * the application has set, or libraries that it has loaded already, are left as they are.
 */
final class OrtLibraries {
  static final String PLATFORMS = "Linux x64 and aarch64 with glibc, macOS aarch64 and Windows x64";

  private static final Logger LOG = LoggerFactory.getLogger(OrtLibraries.class);
  private static final String PATH = "onnxruntime.native.path";
  private static final List<String> REQUIRED = List.of("onnxruntime", "onnxruntime4j_jni");
  private static final List<String> OPTIONAL =
      List.of(
          "onnxruntime_providers_shared",
          "onnxruntime_providers_cuda",
          "onnxruntime_providers_tensorrt",
          "onnxruntime_providers_rocm",
          "onnxruntime_providers_dnnl",
          "onnxruntime_providers_openvino",
          "onnxruntime_providers_qnn",
          "webgpu_dawn",
          "dxil",
          "dxcompiler");

  // One object for all class loaders, as Unpacking's.
  private static final String IN_THIS_PROCESS = "dev.sgid.onnx.internal.runtime.OrtLibraries";

  private OrtLibraries() {}

  /**
   * Loads the libraries, unless the application has seen to them or the jar has none for this
   * platform: ONNX Runtime then does as it is told, or says what is missing.
   *
   * @param cache the folder that the caller chose; null for the default
   * @throws SgidException if they can't be unpacked or loaded
   */
  static void load(@Nullable Path cache) {
    if (isSetByApplication() || isLoaded()) {
      return;
    }
    NativeLibrary.find(
            "ONNX Runtime's native library",
            "onnxruntime-" + platform(),
            PLATFORMS,
            OrtEnvironment.class,
            "/ai/onnxruntime/native/" + platform() + "/",
            REQUIRED.stream().map(OrtLibraries::fileName).toList(),
            OPTIONAL.stream().map(OrtLibraries::fileName).toList())
        .ifPresent(library -> library.load(cache, OrtLibraries::loadFrom));
  }

  private static boolean isSetByApplication() {
    return System.getProperty(PATH) != null
        || REQUIRED.stream()
            .map("onnxruntime.native."::concat)
            .anyMatch(
                library ->
                    System.getProperty(library + ".path") != null
                        || System.getProperty(library + ".skip") != null);
  }

  private static String fileName(String library) {
    return System.mapLibraryName(library).replace("jnilib", "dylib");
  }

  /** How ONNX Runtime calls this platform; not one of its jar's where it has nothing for it. */
  private static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String system =
        os.contains("mac") || os.contains("darwin") ? "osx" : os.contains("win") ? "win" : "linux";
    return system + "-" + (arch.equals("amd64") || arch.equals("x86_64") ? "x64" : arch);
  }

  private static void loadFrom(Path folder) {
    synchronized (IN_THIS_PROCESS) {
      System.setProperty(PATH, folder.toString());
      try {
        init();
      } finally {
        System.clearProperty(PATH);
      }
    }
    deleteTemporaryFolder();
  }

  /**
   * Has ONNX Runtime load its libraries. Its own method is called directly because it may be called
   * again after a failure; the class that usually does so can be initialized but once.
   */
  private static void init() {
    try {
      Method init = runtime().getDeclaredMethod("init");
      init.setAccessible(true);
      init.invoke(null);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new SgidException(
          Stage.OPEN,
          "ONNX Runtime can't make its temporary folder ("
              + Reason.of(RootCause.of(e))
              + "); choose another place with -Djava.io.tmpdir=FOLDER",
          e.getCause());
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      LOG.debug("ONNX Runtime's loader can't be called directly", e);
      OrtEnvironment.getAvailableProviders(); // initializes the class
    }
  }

  /** It makes one also where it needs none. */
  private static void deleteTemporaryFolder() {
    try {
      if (field("tempDirectory").get(null) instanceof Path folder) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException | ReflectiveOperationException | InaccessibleObjectException e) {
      LOG.debug("ONNX Runtime's temporary folder stays until the process ends", e);
    }
  }

  private static boolean isLoaded() {
    try {
      return field("loaded").getBoolean(null);
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      LOG.debug("Whether ONNX Runtime has its libraries can't be seen", e);
      return false;
    }
  }

  private static Field field(String name) throws ReflectiveOperationException {
    Field field = runtime().getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private static Class<?> runtime() throws ClassNotFoundException {
    return Class.forName("ai.onnxruntime.OnnxRuntime");
  }
}
