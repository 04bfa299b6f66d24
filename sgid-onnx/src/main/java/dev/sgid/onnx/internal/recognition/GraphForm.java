package dev.sgid.onnx.internal.recognition;

import dev.sgid.onnx.internal.OpenedFiles.Ports;
import dev.sgid.onnx.internal.graph.GraphFile;
import java.util.ArrayList;
import java.util.List;

/** How a graph was exported, by what it takes and gives, since exporters write no names. */
public final class GraphForm {
  private GraphForm() {}

  /** In words, what is told apart by commas. */
  public static String of(GraphFile file, Ports ports) {
    List<String> words = new ArrayList<>();
    if (!file.producer().isEmpty()) {
      words.add(file.producer());
    }
    if (file.opset() > 0) {
      words.add("opset " + file.opset());
    }
    String exporter = exporter(ports);
    if (!exporter.isEmpty()) {
      words.add(exporter);
    }
    List<String> others = file.otherOperators();
    if (!others.isEmpty()) {
      words.add(
          "fused or quantised ("
              + String.join(" ", others.subList(0, Math.min(3, others.size())))
              + ")");
    }
    return String.join(", ", words);
  }

  /** The differences are those of docs/models.md. */
  private static String exporter(Ports ports) {
    for (String input : ports.inputs()) {
      if (input.startsWith("timestep int64")) {
        return "as optimum before 1.24 exports it";
      } else if (input.startsWith("timestep float") && input.endsWith(" []")) {
        return "as optimum from 1.24 on exports it";
      } else if (input.startsWith("timestep float")) {
        return "as diffusers' own script exports it";
      }
    }
    for (String output : ports.outputs()) {
      if (output.startsWith("latent_parameters ")) {
        return "gives moments";
      } else if (output.startsWith("latent_sample ")) {
        return "gives a sample";
      }
    }
    return "";
  }
}
