package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of fixed shape in direct memory, which ONNX Runtime reads and writes in place. Where the
 * model's element type is not the caller's, there is a second buffer, and {@link #toModel} or
 * {@link #fromModel} converts.
 *
 * <p>Not thread-safe.
 */
final class BoundTensor implements AutoCloseable {
  private final Port.ElementType type;
  private final Port.ElementType callers;
  private final int size;
  private final ByteBuffer memory; // what the model sees
  private final @Nullable ByteBuffer own; // what the caller sees, where that differs
  private final OnnxTensor tensor;

  /** A tensor whose caller speaks {@code callers}, {@link Port.ElementType#FLOAT32} or INT64. */
  BoundTensor(Port.ElementType type, Port.ElementType callers, long[] shape) throws OrtException {
    this.type = type;
    this.callers = callers;
    long elements = 1;
    for (long dimension : shape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    this.size = Math.toIntExact(elements);
    this.memory = OnnxRuntime.BUFFERS.borrow(elements * type.bytes());
    this.own = type == callers ? null : OnnxRuntime.BUFFERS.borrow(elements * callers.bytes());
    try {
      this.tensor = wrap(memory, shape);
    } catch (OrtException | RuntimeException e) {
      giveBack();
      throw e;
    }
  }

  private OnnxTensor wrap(ByteBuffer bytes, long[] shape) throws OrtException {
    OrtEnvironment environment = OnnxRuntime.environment();
    OnnxJavaType javaType =
        switch (type) {
          case FLOAT32 -> OnnxJavaType.FLOAT;
          case FLOAT16 -> OnnxJavaType.FLOAT16;
          case INT64 -> OnnxJavaType.INT64;
          case INT32 -> OnnxJavaType.INT32;
          case BOOL -> OnnxJavaType.BOOL;
          default -> throw new IllegalArgumentException("No tensor of element type " + type);
        };
    return OnnxTensor.createTensor(environment, bytes, shape, javaType);
  }

  OnnxTensor tensor() {
    return tensor;
  }

  FloatBuffer floats() {
    return (own == null ? memory : own).duplicate().order(memory.order()).asFloatBuffer();
  }

  LongBuffer longs() {
    return (own == null ? memory : own).duplicate().order(memory.order()).asLongBuffer();
  }

  /** Converts what the caller wrote. */
  void toModel() {
    if (own == null) {
      return;
    }
    switch (type) {
      case FLOAT16 -> {
        for (int i = 0; i < size; i++) {
          memory.putShort(2 * i, Fp16Conversions.floatToFp16(callersFloat(own, i)));
        }
      }
      case INT32 -> {
        for (int i = 0; i < size; i++) {
          memory.putInt(4 * i, Math.toIntExact(callersLong(own, i)));
        }
      }
      case INT64 -> {
        for (int i = 0; i < size; i++) {
          memory.putLong(8 * i, callersLong(own, i));
        }
      }
      case FLOAT32 -> {
        for (int i = 0; i < size; i++) {
          memory.putFloat(4 * i, callersFloat(own, i));
        }
      }
      case BOOL -> {
        for (int i = 0; i < size; i++) {
          memory.put(i, (byte) (callersLong(own, i) == 0 ? 0 : 1));
        }
      }
      default -> throw new IllegalStateException("No conversion to " + type);
    }
  }

  private float callersFloat(ByteBuffer own, int i) {
    return callers == Port.ElementType.INT64 ? (float) own.getLong(8 * i) : own.getFloat(4 * i);
  }

  private long callersLong(ByteBuffer own, int i) {
    return callers == Port.ElementType.INT64
        ? own.getLong(8 * i)
        : (long) Math.rint(own.getFloat(4 * i));
  }

  /** Converts what the model wrote. */
  void fromModel() {
    if (own != null) {
      for (int i = 0; i < size; i++) {
        own.putFloat(4 * i, Fp16Conversions.fp16ToFloat(memory.getShort(2 * i)));
      }
    }
  }

  private void giveBack() {
    OnnxRuntime.BUFFERS.giveBack(memory);
    if (own != null) {
      OnnxRuntime.BUFFERS.giveBack(own);
    }
  }

  @Override
  public void close() {
    tensor.close();
    giveBack();
  }
}
