package dev.sgid.onnx.internal.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import ai.djl.util.ClassLoaderUtils;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.internal.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Loads the native library of Hugging Face's tokenizers, which DJL carries in its jar for the CPU,
 * from sgid's cache folder.
 *
 * <p>DJL's own loader is left out: it downloads a CUDA build on a Linux machine with a GPU, runs
 * other programs to look for one, and unpacks to a folder of its own, unless the process's
 * environment or system properties tell it otherwise. Here nothing is downloaded and no property is
 * touched. Where the application has had DJL load the library, in the same class loader, that one
 * is used; {@code RUST_LIBRARY_PATH} (environment or system property) names a library of the user's
 * own, or its folder, as for DJL.
 */
public final class TokenizersNatives {
  private static final String OWN = "RUST_LIBRARY_PATH";
  private static final String PLATFORMS =
      "Linux (x86_64, aarch64), macOS (aarch64) and Windows (x86_64); " + OWN + " names your own";

  private static boolean loaded;

  private TokenizersNatives() {}

  /**
   * Loads the library, unless it is loaded.
   *
   * @param cache the folder that the caller chose; null for the default
   * @throws SgidException if it can't be unpacked or loaded
   */
  public static synchronized void load(@Nullable Path cache) {
    if (loaded || isLoaded()) {
      loaded = true;
      return;
    }
    String own = System.getenv(OWN) != null ? System.getenv(OWN) : System.getProperty(OWN);
    if (own != null) {
      loadOwn(Path.of(own));
    } else {
      fromJar().load(cache, TokenizersNatives::loadFrom);
    }
    if (!isLoaded()) {
      throw new SgidException(
          Stage.OPEN,
          "The native tokenizers library was loaded, but not for the class that needs it:"
              + " ai.djl:api and ai.djl.huggingface:tokenizers must lie in one class loader");
    }
    loaded = true;
  }

  /** Whether the native methods are there: the library refuses this text then. */
  private static boolean isLoaded() {
    try {
      TokenizersLibrary.LIB.deleteTokenizer(TokenizersLibrary.LIB.createTokenizerFromString(""));
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    } catch (RuntimeException e) {
      return true;
    }
  }

  private static NativeLibrary fromJar() {
    return NativeLibrary.find(
            "The native tokenizers library",
            "tokenizers-" + platform(),
            PLATFORMS,
            TokenizersLibrary.class,
            "/native/lib/" + platform() + "/cpu/",
            names(),
            List.of())
        .orElseThrow(
            () ->
                new SgidException(
                    Stage.OPEN,
                    "ai.djl.huggingface:tokenizers has no native library for "
                        + platform()
                        + "; it exists for "
                        + PLATFORMS));
  }

  private static void loadOwn(Path own) {
    String name = names().get(names().size() - 1);
    Path file = Files.isDirectory(own) ? own.resolve(name) : own;
    try {
      loadFile(file);
    } catch (UnsatisfiedLinkError e) {
      throw new SgidException(
          Stage.OPEN,
          file,
          "The library that " + OWN + " names can't be loaded (" + e.getMessage() + ")",
          e);
    }
  }

  private static void loadFrom(Path folder) {
    names().forEach(name -> loadFile(folder.resolve(name)));
  }

  /**
   * Loads a file into DJL's class loader, which need not be ours: a library belongs to that of the
   * class that calls {@link System#load}, and this method of DJL's calls any class's {@code load}.
   */
  private static void loadFile(Path file) {
    try {
      ClassLoaderUtils.nativeLoad("java.lang.System", file.toAbsolutePath().toString());
    } catch (IllegalArgumentException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof UnsatisfiedLinkError unsatisfied) {
          throw unsatisfied;
        }
      }
      throw e;
    }
  }

  /** The library's files, the library itself the last. */
  private static List<String> names() {
    String library = System.mapLibraryName("tokenizers");
    return platform().startsWith("win")
        ? List.of("libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll", library)
        : List.of(library);
  }

  private static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String system = os.startsWith("mac") ? "osx" : os.startsWith("win") ? "win" : "linux";
    return system + "-" + (arch.equals("amd64") ? "x86_64" : arch);
  }
}
