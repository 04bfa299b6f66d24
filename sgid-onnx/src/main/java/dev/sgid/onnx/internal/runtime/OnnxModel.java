package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Lifetime;
import dev.sgid.onnx.internal.OpenedFiles;
import dev.sgid.onnx.internal.graph.GraphFile;
import dev.sgid.onnx.internal.recognition.Recognition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One ONNX file, open: what goes in, what comes out, and running it.
 *
 * <p>Thread-safe: any number of {@link Binding}s may run at the same time. {@link #close()} waits
 * for them.
 */
public final class OnnxModel implements AutoCloseable {
  private final Path file;
  private final Stage stage;
  private final Placement placement;
  private final SharedSession session;
  private final boolean largeOnCpu;
  private final Map<String, Port> inputs;
  private final Map<String, Port> outputs;
  private final boolean dependsOnBatch;
  private final Lifetime lifetime;

  private OnnxModel(
      Path file,
      GraphFile graph,
      Stage stage,
      Placement placement,
      SharedSession session,
      SharedSession.Use open,
      boolean large)
      throws OrtException {
    this.file = file;
    this.stage = stage;
    this.placement = placement;
    this.session = session;
    this.largeOnCpu = large && placement.device().kind() == Device.Kind.CPU;
    this.inputs = ports(open.session().getInputInfo());
    this.outputs = ports(open.session().getOutputInfo());
    this.dependsOnBatch = graph.quantizesActivations();
    this.lifetime = new Lifetime("The model " + file, session::close);
  }

  /**
   * Opens a model.
   *
   * @param file the ONNX file; its external data, if any, lies beside it
   * @param stage what failures are reported under
   * @throws SgidException naming the file if it is missing or not a model that can be run
   */
  public static OnnxModel open(Path file, Stage stage, Placement placement) {
    if (!Files.isRegularFile(file)) {
      throw new SgidException(Stage.OPEN, file, "There is no such model file", null);
    }
    if (!Files.isReadable(file)) { // what ONNX Runtime would say so by is a number
      throw new SgidException(
          Stage.OPEN, file, "The model file can't be read (permission denied)", null);
    }
    OpenedFiles.add(file);
    GraphFile graph = Recognition.requireGraph(file); // native code is handed nothing else
    boolean large = !Lanes.isSmall(file);
    SharedSession session = null;
    try {
      session = SharedSession.open(file, placement, large);
      try (SharedSession.Use use = session.use()) {
        OnnxModel model = new OnnxModel(file, graph, stage, placement, session, use, large);
        OpenedFiles.addGraph(
            file, new OpenedFiles.Ports(texts(model.inputs), texts(model.outputs)));
        return model;
      }
    } catch (InterruptedException e) {
      close(session);
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.OPEN);
    } catch (OrtException e) {
      close(session);
      throw new SgidException(
          Stage.OPEN, file, Recognition.ofRefusedGraph(file, String.valueOf(e.getMessage())), e);
    } catch (RuntimeException | Error e) {
      close(session);
      throw e;
    }
  }

  private static void close(@Nullable SharedSession session) {
    if (session != null) {
      session.close();
    }
  }

  /**
   * Opens a model for the class that knows what it is, which looks at it in {@code wrap}; what that
   * refuses is closed again.
   *
   * @throws SgidException as {@link #open(Path, Stage, Placement)}, and whatever {@code wrap}
   *     throws
   */
  public static <T> T open(
      Path file, Stage stage, Placement placement, Function<OnnxModel, T> wrap) {
    OnnxModel model = open(file, stage, placement);
    try {
      return wrap.apply(model);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private static List<String> texts(Map<String, Port> ports) {
    return ports.values().stream().map(Port::text).toList();
  }

  private static Map<String, Port> ports(Map<String, NodeInfo> infos) {
    Map<String, Port> ports = new LinkedHashMap<>();
    infos.forEach((name, info) -> ports.put(name, Port.of(name, info)));
    return ports;
  }

  /** The file it was opened from. */
  public Path file() {
    return file;
  }

  /**
   * Whether what it gives for one row depends on the others of its call: where activations are
   * quantised by scales that are found in the whole tensor. Rows that belong to different pictures
   * must then not share a call, or no picture could be made again.
   */
  public boolean dependsOnBatch() {
    return dependsOnBatch;
  }

  /** What failures are reported under. */
  public Stage stage() {
    return stage;
  }

  /** The inputs, in the graph's order. */
  public List<Port> inputs() {
    return List.copyOf(inputs.values());
  }

  /** The outputs, in the graph's order. */
  public List<Port> outputs() {
    return List.copyOf(outputs.values());
  }

  /** The input of this name, if there is one. */
  public Optional<Port> input(String name) {
    return Optional.ofNullable(inputs.get(name));
  }

  /** The output of this name, if there is one. */
  public Optional<Port> output(String name) {
    return Optional.ofNullable(outputs.get(name));
  }

  /**
   * The input of this name.
   *
   * @throws SgidException naming the file and what it has instead
   */
  public Port requireInput(String name) {
    return input(name).orElseThrow(() -> missing("input", name, inputs));
  }

  /**
   * The output of this name.
   *
   * @throws SgidException naming the file and what it has instead
   */
  public Port requireOutput(String name) {
    return output(name).orElseThrow(() -> missing("output", name, outputs));
  }

  /**
   * Refuses a model with inputs that nothing will be given for.
   *
   * @throws SgidException naming the file and them
   */
  public void requireNoInputBut(Collection<String> known) {
    String others =
        inputs().stream()
            .filter(port -> !known.contains(port.name()))
            .map(Port::toString)
            .collect(Collectors.joining(", "));
    if (!others.isEmpty()) {
      throw mismatch("no input but " + String.join(", ", known), others);
    }
  }

  /**
   * Refuses an input or output that is not of floats.
   *
   * @return {@code port}
   * @throws SgidException naming the file
   */
  public Port requireFloats(Port port) {
    if (!port.type().isFloat()) {
      throw mismatch(port.name() + " as float32 or float16", port.toString());
    }
    return port;
  }

  /**
   * Refuses an input that numbers can't be given to.
   *
   * @return {@code port}
   * @throws SgidException naming the file
   */
  public Port requireNumbers(Port port) {
    if (!port.type().isUsed()) {
      throw mismatch(port.name() + " as int64, int32 or floats", port.toString());
    }
    return port;
  }

  /**
   * Refuses an input or output with another size along a dimension; one left free fits.
   *
   * @param why what gives the size
   * @throws SgidException naming the file
   */
  public void requireSize(Port port, int dimension, long size, String why) {
    if (port.dimension(dimension) != -1 && port.dimension(dimension) != size) {
      throw mismatch(
          port.name() + " with dimension " + dimension + " of " + size + ", " + why,
          port.toString());
    }
  }

  private SgidException missing(String what, String name, Map<String, Port> ports) {
    return mismatch(
        "an " + what + " named " + name,
        ports.values().stream().map(Port::toString).collect(Collectors.joining(", ")));
  }

  /** The error for a model that is not of the form expected. */
  public SgidException mismatch(String expected, String found) {
    return new SgidException(
        Stage.OPEN, file, "Expected " + expected + ", found " + found + ", in the model", null);
  }

  /**
   * How many rows a call takes at best, of which each has tensors of {@code size} numbers: as many
   * as there are, unless the model is a large one on a CPU, which has nothing to gain from rows
   * that share a call, and memory to lose.
   *
   * @param enough numbers, of all rows, that a call's operators are busy with
   */
  public int rowsAtOnce(long size, long enough) {
    return largeOnCpu ? Math.toIntExact(Math.max(1, enough / size)) : Integer.MAX_VALUE;
  }

  /** The tensors of a call, to be filled, run and closed by one thread. */
  public Binding bind() {
    return new Binding(this);
  }

  /**
   * Runs once. The thread's interruption is noticed before, and while waiting for the device; the
   * JVM's shutdown also during the run.
   */
  void run(
      Map<String, OnnxTensor> in,
      Set<String> fetched,
      Map<String, OnnxTensor> pinned,
      OutputReader reader) {
    try (Lifetime.Use use = lifetime.use()) {
      if (Thread.currentThread().isInterrupted()) {
        throw SgidException.cancelled(stage);
      }
      try (SharedSession.Use open = session.use()) {
        run(open.session(), in, fetched, pinned, reader);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(stage);
    } catch (OrtException e) {
      if (OnnxRuntime.GATE.isClosed()) {
        throw SgidException.shuttingDown(stage);
      }
      throw new SgidException(stage, file, "The model failed (" + e.getMessage() + ")", e);
    }
  }

  private void run(
      OrtSession open,
      Map<String, OnnxTensor> in,
      Set<String> fetched,
      Map<String, OnnxTensor> pinned,
      OutputReader reader)
      throws OrtException, InterruptedException {
    placement.acquire();
    try (RunOptions options = new RunOptions()) {
      if (largeOnCpu) { // what a large model's activations took, the next stage needs
        options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
      }
      try (ShutdownGate.Stay stay = OnnxRuntime.GATE.enter(stage, options);
          OrtSession.Result result = open.run(in, fetched, pinned, options)) {
        reader.read(result);
      }
    } finally {
      placement.release();
    }
  }

  interface OutputReader {
    void read(OrtSession.Result result) throws OrtException;
  }

  @Override
  public void close() {
    lifetime.close();
  }
}
