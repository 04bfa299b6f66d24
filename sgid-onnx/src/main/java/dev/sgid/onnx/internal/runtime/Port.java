package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An input or output of a model, as its file declares it.
 *
 * @param name as in the graph
 * @param type of its elements
 * @param shape one number per dimension, -1 where it is free; empty for a scalar
 */
public record Port(String name, ElementType type, List<Long> shape) {
  public Port {
    shape = List.copyOf(shape);
  }

  static Port of(String name, NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      return new Port(name, ElementType.OTHER, List.of());
    }
    List<Long> shape = new ArrayList<>();
    for (long dimension : info.getShape()) {
      shape.add(dimension);
    }
    return new Port(name, ElementType.of(info.type), Collections.unmodifiableList(shape));
  }

  /** How many dimensions it has; 0 for a scalar. */
  public int rank() {
    return shape.size();
  }

  /** A dimension, counted from 0; -1 where it is free or there is no such dimension. */
  public long dimension(int index) {
    return index < shape.size() ? shape.get(index) : -1;
  }

  /** For people: {@code sample float32 [?, 4, ?, ?]}. */
  String text() {
    return name
        + " "
        + type.name().toLowerCase(Locale.ROOT)
        + " "
        + shape.stream()
            .map(size -> size == -1 ? "?" : size.toString())
            .collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public String toString() {
    return name + ": " + type + shape;
  }

  /** The element types that stages use, and those that models have instead. */
  public enum ElementType {
    /** 32-bit float. */
    FLOAT32(4),
    /** 16-bit IEEE float. */
    FLOAT16(2),
    /** 64-bit signed integer. */
    INT64(8),
    /** 32-bit signed integer. */
    INT32(4),
    /** Boolean, a byte each. */
    BOOL(1),
    /** 16-bit float with the exponent of a 32-bit one; not used. */
    BFLOAT16(0),
    /** 64-bit float; not used. */
    FLOAT64(0),
    /** Anything else; not used. */
    OTHER(0);

    private final int bytes;

    ElementType(int bytes) {
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }

    boolean isUsed() {
      return bytes > 0;
    }

    /** Whether it is a floating-point type. */
    public boolean isFloat() {
      return this == FLOAT32 || this == FLOAT16;
    }

    private static ElementType of(OnnxJavaType type) {
      return switch (type) {
        case FLOAT -> FLOAT32;
        case FLOAT16 -> FLOAT16;
        case INT64 -> INT64;
        case INT32 -> INT32;
        case BOOL -> BOOL;
        case BFLOAT16 -> BFLOAT16;
        case DOUBLE -> FLOAT64;
        default -> OTHER;
      };
    }
  }
}
