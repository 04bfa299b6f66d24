package dev.sgid.onnx.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The files that a pack is made of: those that were opened, whatever else lies beside them.
 *
 * <p>What opens a file of a model says so by {@link #add}; it counts for the recording that this
 * thread is in, if any. Not thread-safe.
 */
public final class OpenedFiles {
  private static final ThreadLocal<@Nullable OpenedFiles> RECORDING = new ThreadLocal<>();

  /**
   * What goes into a graph and comes out of it, each with type and shape.
   *
   * @param inputs in the graph's order
   * @param outputs in the graph's order
   */
  public record Ports(List<String> inputs, List<String> outputs) {
    public Ports {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  private final SortedMap<String, Path> files = new TreeMap<>();
  private final Map<String, Ports> graphs = new TreeMap<>();
  private String part = "";
  private Path folder = Path.of("");

  /** Nothing yet. */
  public OpenedFiles() {}

  /**
   * Opens something and notes the files that it is made of.
   *
   * @param part what they are for; their names begin with it
   * @param folder where they are looked for; their names go on from there
   */
  public <T> T recording(String part, Path folder, Supplier<T> open) {
    this.part = part;
    this.folder = folder;
    OpenedFiles outer = RECORDING.get();
    RECORDING.set(this);
    try {
      return open.get();
    } finally {
      if (outer == null) {
        RECORDING.remove();
      } else {
        RECORDING.set(outer);
      }
    }
  }

  /** Notes that {@code file} was opened. */
  public static void add(Path file) {
    OpenedFiles recording = RECORDING.get();
    if (recording != null) {
      recording.files.put(recording.name(file), file);
    }
  }

  /** Notes what the graph in {@code file}, which was opened, takes and gives. */
  public static void addGraph(Path file, Ports ports) {
    OpenedFiles recording = RECORDING.get();
    if (recording != null) {
      recording.graphs.put(recording.name(file), ports);
    }
  }

  private String name(Path file) {
    Path below = file.startsWith(folder) ? folder.relativize(file) : file.getFileName();
    return part + "/" + String.valueOf(below).replace('\\', '/');
  }

  /** The graphs among the files, by the same names. */
  public Map<String, Ports> graphs() {
    return new TreeMap<>(graphs);
  }

  /** The files, by names that don't depend on where they lie. */
  public Map<String, Path> byName() {
    return new TreeMap<>(files);
  }
}
