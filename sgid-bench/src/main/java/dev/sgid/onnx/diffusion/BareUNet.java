package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A UNet run with ONNX Runtime's own API, the fastest way there is: direct buffers made once,
 * outputs pinned, session options those of sgid. It takes float32 and an int64 timestep.
 */
final class BareUNet implements AutoCloseable {
  private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
  private final OrtSession session;
  private final FloatBuffer latents; // (rows, channels, side, side)
  private final FloatBuffer texts; // (rows, tokens, width)
  private final LongBuffer timesteps; // (), (1) or (rows)
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputs;

  BareUNet(Path file, UnetShape shape, int rows, int threads) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    options.setInterOpNumThreads(1);
    options.setIntraOpNumThreads(threads);
    options.addConfigEntry("session.force_spinning_stop", "1");
    options.setMemoryPatternOptimization(false);
    session = environment.createSession(file.toString(), options);
    long[] latentShape = {rows, shape.channels(), shape.side(), shape.side()};
    long[] textShape = {rows, shape.tokens(), shape.textWidth()};
    latents = floats(latentShape);
    texts = floats(textShape);
    long[] timestepShape = timestepShape(rows);
    timesteps = bytes(8L * (timestepShape.length == 0 ? 1 : timestepShape[0])).asLongBuffer();
    inputs.put(input(4), OnnxTensor.createTensor(environment, latents, latentShape));
    inputs.put(input(3), OnnxTensor.createTensor(environment, texts, textShape));
    inputs.put(timestepName(), OnnxTensor.createTensor(environment, timesteps, timestepShape));
    String output = session.getOutputNames().iterator().next();
    outputs =
        Map.of(output, OnnxTensor.createTensor(environment, floats(latentShape), latentShape));
  }

  private static FloatBuffer floats(long[] shape) {
    long size = 4;
    for (long dimension : shape) {
      size *= dimension;
    }
    return bytes(size).asFloatBuffer();
  }

  private static ByteBuffer bytes(long size) {
    return ByteBuffer.allocateDirect(Math.toIntExact(size)).order(ByteOrder.nativeOrder());
  }

  private String input(int rank) throws OrtException {
    for (Map.Entry<String, NodeInfo> entry : session.getInputInfo().entrySet()) {
      if (shapeOf(entry.getValue()).length == rank) {
        return entry.getKey();
      }
    }
    throw new IllegalArgumentException("No input of rank " + rank);
  }

  private String timestepName() throws OrtException {
    for (Map.Entry<String, NodeInfo> entry : session.getInputInfo().entrySet()) {
      if (shapeOf(entry.getValue()).length <= 1) {
        return entry.getKey();
      }
    }
    throw new IllegalArgumentException("No timestep");
  }

  private long[] timestepShape(int rows) throws OrtException {
    long[] shape = shapeOf(requireNonNull(session.getInputInfo().get(timestepName())));
    if (shape.length == 1 && shape[0] == -1) {
      shape[0] = rows;
    }
    return shape;
  }

  private static long[] shapeOf(NodeInfo info) {
    return ((TensorInfo) info.getInfo()).getShape().clone();
  }

  /** Puts the same latents and text into every row. */
  void fill(float[] oneLatents, float[] oneText) {
    for (int i = 0; i < latents.capacity(); i += oneLatents.length) {
      latents.put(i, oneLatents);
    }
    for (int i = 0; i < texts.capacity(); i += oneText.length) {
      texts.put(i, oneText);
    }
  }

  void run(int timestep) throws OrtException {
    for (int i = 0; i < timesteps.capacity(); i++) {
      timesteps.put(i, timestep);
    }
    session.run(inputs, Set.of(), outputs).close();
  }

  @Override
  public void close() throws OrtException {
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
    session.close();
    options.close();
  }
}
