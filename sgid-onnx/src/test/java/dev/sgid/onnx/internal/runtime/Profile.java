package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which execution provider ran each operator of a model, by ONNX Runtime's own profile. */
public final class Profile {
  private static final long FREE = 8; // what stands for a dimension that is free, but the batch

  private Profile() {}

  /**
   * Runs a model once, on zeros.
   *
   * @param prefix where the profile is written
   * @return the provider of each operator that was run, by its type
   */
  public static Map<String, List<String>> providersByOperator(
      Path model, Placement placement, Path prefix) throws IOException {
    OrtEnvironment environment = OnnxRuntime.environment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (SessionOptions options = placement.sessionOptions()) {
      options.enableProfiling(prefix.toString());
      try (OrtSession session = environment.createSession(model.toString(), options)) {
        for (var input : session.getInputInfo().entrySet()) {
          inputs.put(input.getKey(), zeros(environment, (TensorInfo) input.getValue().getInfo()));
        }
        session.run(inputs).close();
        return read(Path.of(session.endProfiling()));
      } finally {
        inputs.values().forEach(OnnxTensor::close);
      }
    } catch (OrtException e) {
      throw new AssertionError("The model can't be profiled: " + model, e);
    }
  }

  private static OnnxTensor zeros(OrtEnvironment environment, TensorInfo info) throws OrtException {
    long[] shape = info.getShape();
    long size = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = shape[i] != -1 ? shape[i] : i == 0 ? 1 : shape.length == 4 ? 4 * FREE : FREE;
      size *= shape[i];
    }
    int bytes = info.type == OnnxJavaType.INT64 ? 8 : info.type == OnnxJavaType.FLOAT16 ? 2 : 4;
    ByteBuffer zeros =
        ByteBuffer.allocateDirect(Math.toIntExact(bytes * size)).order(ByteOrder.nativeOrder());
    return OnnxTensor.createTensor(environment, zeros, shape, info.type);
  }

  private static Map<String, List<String>> read(Path profile) throws IOException {
    Map<String, List<String>> providers = new TreeMap<>();
    for (JsonElement event : JsonParser.parseString(Files.readString(profile)).getAsJsonArray()) {
      JsonObject arguments = event.getAsJsonObject().getAsJsonObject("args");
      if (arguments != null && arguments.has("provider") && arguments.has("op_name")) {
        providers
            .computeIfAbsent(arguments.get("op_name").getAsString(), name -> new ArrayList<>())
            .add(arguments.get("provider").getAsString());
      }
    }
    return providers;
  }
}
