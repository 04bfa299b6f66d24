package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sgid.SgidException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a call on a model, in direct memory: name them, fill the inputs, {@link #run()},
 * read the outputs; as often as wanted, without anything being allocated for tensors in between.
 *
 * <p>Callers speak float and long; where a model wants float16, int32 or a float timestep, the
 * values are converted. Not thread-safe. The buffers must not be used after {@link #close()}.
 */
public final class Binding implements AutoCloseable {
  private final OnnxModel model;
  private final Map<String, BoundTensor> inputs = new LinkedHashMap<>();
  private final Map<String, BoundTensor> outputs = new LinkedHashMap<>();
  private final Map<String, Fetched> fetched = new LinkedHashMap<>();
  private final Set<String> fetchedNames = new LinkedHashSet<>();
  private final Map<String, OnnxTensor> in = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();

  Binding(OnnxModel model) {
    this.model = model;
  }

  /** An output whose shape only the run tells: a copy of it, anew after each run. */
  public static final class Fetched {
    private long[] shape = {};
    private FloatBuffer values = FloatBuffer.allocate(0);

    private Fetched() {}

    /** Its shape in the last run. */
    public long[] shape() {
      return shape.clone();
    }

    /** Its values in the last run, row-major. */
    public FloatBuffer values() {
      return values;
    }
  }

  /**
   * An input of floats.
   *
   * @return its memory, to be filled before each run in which it shall change
   * @throws SgidException if the model has no such input, or not of floats or of this shape, or the
   *     shape is too large
   */
  public FloatBuffer floatInput(String name, long... shape) {
    Port port = check(model.requireFloats(model.requireInput(name)), shape);
    return bind(inputs, in, port, Port.ElementType.FLOAT32, shape).floats();
  }

  /**
   * An input of integers; where the model wants floats, each becomes the float of its value.
   *
   * @return its memory, to be filled before each run in which it shall change
   * @throws SgidException if the model has no such input, or not of numbers or of this shape, or
   *     the shape is too large
   */
  public LongBuffer longInput(String name, long... shape) {
    Port port = check(model.requireNumbers(model.requireInput(name)), shape);
    return bind(inputs, in, port, Port.ElementType.INT64, shape).longs();
  }

  /**
   * An input of numbers, like the timestep, that the caller has as floats; where the model wants
   * integers, each is rounded to the nearest, halves to the even one.
   *
   * @return its memory, to be filled before each run in which it shall change
   * @throws SgidException if the model has no such input, or not of numbers or of this shape, or
   *     the shape is too large
   */
  public FloatBuffer numberInput(String name, long... shape) {
    Port port = check(model.requireNumbers(model.requireInput(name)), shape);
    return bind(inputs, in, port, Port.ElementType.FLOAT32, shape).floats();
  }

  /**
   * An output of floats whose shape is known; every run writes into the same memory.
   *
   * @throws SgidException if the model has no such output, or not of floats or of this shape, or
   *     the shape is too large
   */
  public FloatBuffer floatOutput(String name, long... shape) {
    Port port = check(model.requireFloats(model.requireOutput(name)), shape);
    return bind(outputs, pinned, port, Port.ElementType.FLOAT32, shape).floats();
  }

  /**
   * An output of floats, or of truth values that become 0 and 1, whose shape only the run tells.
   *
   * @throws SgidException if the model has no such output
   */
  public Fetched fetch(String name) {
    Port port = model.requireOutput(name);
    if (port.type() != Port.ElementType.BOOL) {
      model.requireFloats(port);
    }
    fetchedNames.add(name);
    return fetched.computeIfAbsent(name, n -> new Fetched());
  }

  private Port check(Port port, long[] shape) {
    boolean fits = port.rank() == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = port.dimension(i) == -1 || port.dimension(i) == shape[i];
    }
    if (!fits) {
      throw new SgidException(
          model.stage(),
          model.file(),
          "A tensor of shape " + Arrays.toString(shape) + " does not fit " + port + " of the model",
          null);
    }
    return port;
  }

  /** What a model is given may outgrow a buffer: a batch of large pictures, or many captions. */
  private void requireRoom(Port port, Port.ElementType callers, long[] shape) {
    double bytes = Math.max(port.type().bytes(), callers.bytes()); // double: can't overflow
    for (long dimension : shape) {
      bytes *= dimension;
    }
    if (bytes > DirectBuffers.LARGEST) {
      throw new SgidException(
          model.stage(),
          model.file(),
          ("A tensor of shape %s for %s takes %.0f bytes, over the %d that one may take;"
                  + " smaller batches, smaller pictures and fewer captions take less")
              .formatted(Arrays.toString(shape), port, bytes, DirectBuffers.LARGEST),
          null);
    }
  }

  private BoundTensor bind(
      Map<String, BoundTensor> tensors,
      Map<String, OnnxTensor> handles,
      Port port,
      Port.ElementType callers,
      long[] shape) {
    requireRoom(port, callers, shape);
    try {
      BoundTensor tensor = new BoundTensor(port.type(), callers, shape);
      BoundTensor before = tensors.put(port.name(), tensor);
      handles.put(port.name(), tensor.tensor());
      if (before != null) {
        before.close();
      }
      return tensor;
    } catch (OrtException e) {
      throw new SgidException(
          model.stage(), model.file(), "No tensor for " + port + " (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Runs the model on what the inputs hold.
   *
   * @throws SgidException if it fails or the thread is interrupted
   * @throws IllegalStateException if the model is closed
   */
  public void run() {
    inputs.values().forEach(BoundTensor::toModel);
    model.run(in, fetchedNames, pinned, this::read);
    outputs.values().forEach(BoundTensor::fromModel);
  }

  private void read(OrtSession.Result result) throws OrtException {
    for (Map.Entry<String, Fetched> entry : fetched.entrySet()) {
      OnnxTensor tensor =
          (OnnxTensor)
              result
                  .get(entry.getKey())
                  .orElseThrow(() -> new IllegalStateException("No output " + entry.getKey()));
      entry.getValue().shape = tensor.getInfo().getShape();
      entry.getValue().values =
          tensor.getInfo().type == OnnxJavaType.BOOL ? truths(tensor) : tensor.getFloatBuffer();
    }
  }

  private static FloatBuffer truths(OnnxTensor tensor) {
    ByteBuffer bytes = tensor.getByteBuffer();
    FloatBuffer values = FloatBuffer.allocate(bytes.remaining());
    while (bytes.hasRemaining()) {
      values.put(bytes.get());
    }
    return values.flip();
  }

  @Override
  public void close() {
    inputs.values().forEach(BoundTensor::close);
    outputs.values().forEach(BoundTensor::close);
    inputs.clear();
    outputs.clear();
  }
}
