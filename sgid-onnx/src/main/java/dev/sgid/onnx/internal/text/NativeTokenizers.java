package dev.sgid.onnx.internal.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Utils;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.RootCause;
import dev.sgid.onnx.internal.JsonFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Opens Hugging Face tokenizers through DJL without a byte going over the network.
 *
 * <p>Left to itself, DJL 0.38.0 downloads a CUDA build of the native library on a Linux machine
 * with a GPU, and asks the EC2 metadata service who it is in order to report usage. Both are
 * decided by names that DJL looks up first in the environment, then among the system properties;
 * while it is called here, those that are unset are set: {@code RUST_FLAVOR=cpu}, {@code
 * OPT_OUT_TRACKING=true}, {@code ai.djl.offline=true}. An environment that asks for a CUDA flavor
 * therefore gets an error, not a download.
 */
final class NativeTokenizers {
  private static final Map<String, String> QUIET =
      Map.of("RUST_FLAVOR", "cpu", "OPT_OUT_TRACKING", "true", "ai.djl.offline", "true");
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "true", "truncation", "do_not_truncate", "padding", "do_not_pad");

  private NativeTokenizers() {}

  /**
   * Opens a tokenizer that neither cuts nor pads.
   *
   * @param folder named in errors
   * @param json the content of a {@code tokenizer.json}
   * @throws SgidException if the native library does not load, or refuses {@code json}
   */
  static synchronized HuggingFaceTokenizer open(Path folder, String json) {
    Map<String, String> unset = new HashMap<>();
    QUIET.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            unset.put(name, value);
          }
        });
    unset.forEach(System::setProperty);
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    // DJL looks its native library up through the thread's loader, which may not see it
    thread.setContextClassLoader(HuggingFaceTokenizer.class.getClassLoader());
    try {
      loadLibrary();
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), OPTIONS);
    } catch (IOException | RuntimeException e) {
      if (e instanceof SgidException known) {
        throw known;
      }
      throw JsonFile.broken(folder, "Not a usable tokenizer (" + e.getMessage() + ")", e);
    } finally {
      thread.setContextClassLoader(loader);
      unset.keySet().forEach(System::clearProperty);
    }
  }

  /**
   * On a thread of its own: DJL looks for CUDA through JNA, which waits for a process and drops an
   * interrupt that comes meanwhile.
   */
  private static void loadLibrary() {
    try {
      CompletableFuture.runAsync(LibUtils::checkStatus, task -> new Thread(task).start()).join();
    } catch (CompletionException e) {
      throw new SgidException(
          Stage.OPEN,
          "Can't load the native tokenizers library ("
              + RootCause.of(e)
              + "). ai.djl.huggingface:tokenizers has it for Linux (x86_64, aarch64), macOS"
              + " (aarch64) and Windows (x86_64) and unpacks it to "
              + Utils.getEngineCacheDir("tokenizers")
              + ", which must be writable (set ENGINE_CACHE_DIR to choose another folder) and allow"
              + " execution; RUST_LIBRARY_PATH names a library of your own",
          e);
    }
  }
}
