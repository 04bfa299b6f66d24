package dev.sgid.onnx;

import dev.sgid.PackCheck.Graph;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import dev.sgid.onnx.internal.OpenedFiles;
import dev.sgid.onnx.internal.graph.GraphFile;
import dev.sgid.onnx.internal.recognition.GraphForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is known of the graphs of an open pack. */
final class OpenGraphs {
  private OpenGraphs() {}

  static List<Graph> of(OpenedFiles files) {
    Map<String, Path> paths = files.byName();
    List<Graph> graphs = new ArrayList<>();
    files
        .graphs()
        .forEach(
            (name, ports) -> {
              Path path = paths.getOrDefault(name, Path.of(name));
              graphs.add(graph(name.substring(name.indexOf('/') + 1), path, ports));
            });
    return graphs;
  }

  private static Graph graph(String name, Path path, OpenedFiles.Ports ports) {
    try {
      GraphFile file = GraphFile.read(path);
      long bytes = Files.size(path);
      for (String location : file.locations()) {
        bytes += Files.size(path.resolveSibling(location));
      }
      return new Graph(
          name, path, bytes, GraphForm.of(file, ports), ports.inputs(), ports.outputs());
    } catch (IOException e) {
      throw new SgidException(
          Stage.OPEN, path, "The model file can't be read any more (" + Reason.of(e) + ")", e);
    }
  }
}
