package dev.sgid.onnx.internal.runtime;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the GPU build of ONNX Runtime needs beside it. */
final class CudaLibraries {
  /** As loaders of Linux and Windows name it. */
  private static final Pattern MISSING =
      Pattern.compile(
          "(?<name>lib[\\w.+-]+\\.so[\\w.]*): cannot open|(?<dll>\\w+\\.dll)\" which is missing");

  /** What brings a library, by the beginning of its name. */
  private static final List<Map.Entry<String, String>> BROUGHT_BY =
      List.of(
          Map.entry("libcudnn", "cuDNN 9"),
          Map.entry("libcuda.", "the NVIDIA driver"),
          Map.entry("libnv", "CUDA 12"),
          Map.entry("libcu", "CUDA 12"),
          Map.entry("cudnn", "cuDNN 9"),
          Map.entry("cu", "CUDA 12"));

  private CudaLibraries() {}

  /**
   * What is missing, in words.
   *
   * @param message ONNX Runtime's
   */
  static String missing(String message) {
    Matcher matcher = MISSING.matcher(message);
    if (!matcher.find()) {
      return "onnxruntime_gpu needs an NVIDIA driver, CUDA and cuDNN: " + message;
    }
    String library = matcher.group("name") != null ? matcher.group("name") : matcher.group("dll");
    String brought =
        BROUGHT_BY.stream()
            .filter(entry -> library.startsWith(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("an NVIDIA driver, CUDA 12 or cuDNN 9");
    return library
        + " is missing, which "
        + brought
        + " brings; install it where the system's loader finds it (LD_LIBRARY_PATH)";
  }
}
