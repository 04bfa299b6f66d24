package dev.sgid.onnx.internal.recognition;

import dev.sgid.onnx.internal.graph.GraphFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What lies in place of a graph, or of the files that it needs. */
final class GraphFiles {
  private static final String COPY = "copy it anew from where it was published";
  private static final String EXPORT =
      "\"optimum-cli export onnx --model DIR OUT\" makes a graph that runs anywhere";

  /** What ONNX Runtime says of an operator that the device has no code for. */
  private static final Pattern NO_KERNEL =
      Pattern.compile("Could not find an implementation for (?<operator>\\w+)\\(");

  private GraphFiles() {}

  static String inPlaceOf(Path file, FileKind kind) {
    String what = "This is " + kind.text();
    return switch (kind) {
      case EMPTY -> "The file is empty; " + COPY;
      case LFS_POINTER -> what + "; " + Remedy.pull(file);
      case WEB_PAGE -> what + "; fetch the file itself, on model pages behind \"download\"";
      case ORT ->
          what + ", which fits one version of it only; take the .onnx file it was made from";
      case ZIP, GZIP, TAR -> what + ", not a graph; unpack it";
      default -> what + ", not a graph; " + EXPORT;
    };
  }

  /** Refuses a graph whose weights are not all where it says. */
  static void requireWeights(Path file, GraphFile graph) throws IOException {
    for (GraphFile.External data : graph.external()) {
      Path weights = file.resolveSibling(data.location());
      String owner = " that has weights of " + file.getFileName();
      if (!Files.exists(weights)) {
        throw Recognition.refused(
            weights, "There is no such file" + owner + "; copy it beside the graph");
      }
      long bytes = Files.size(weights);
      if (bytes < data.end() || bytes == 0) {
        FileKind kind = FileKind.of(weights);
        throw Recognition.refused(
            weights,
            kind == FileKind.LFS_POINTER || kind == FileKind.WEB_PAGE
                ? inPlaceOf(weights, kind)
                : "The file"
                    + owner
                    + " is cut short: it has "
                    + bytes
                    + " bytes of at least "
                    + Math.max(1, data.end())
                    + "; "
                    + COPY);
      }
    }
  }

  static String refusedByRuntime(Path file, String message) {
    GraphFile graph;
    try {
      graph = GraphFile.read(file);
    } catch (IOException e) {
      return cantRun(message);
    }
    if (!graph.isWhole()) {
      return cantRun("it is damaged, cut short or of another kind; " + COPY + "; " + message);
    }
    Matcher missing = NO_KERNEL.matcher(message);
    if (missing.find()) {
      String operator = missing.group("operator");
      return graph.operators().contains("com.microsoft:" + operator)
          ? "This graph was fused for a GPU (its "
              + operator
              + " is not there on a CPU); run it with --device cuda, or "
              + EXPORT
          : cantRun("the operator " + operator + " is not there on this device");
    }
    return cantRun(message);
  }

  private static String cantRun(String why) {
    return "Not an ONNX model that can be run (" + why + ")";
  }
}
