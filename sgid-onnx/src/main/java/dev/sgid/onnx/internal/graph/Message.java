package dev.sgid.onnx.internal.graph;

import org.jspecify.annotations.Nullable;

/** The messages on the way from a model to its operators and to where a tensor's data lies. */
enum Message {
  MODEL,
  OPSET,
  TRAINING,
  FUNCTION,
  GRAPH,
  NODE,
  ATTRIBUTE,
  SPARSE_TENSOR,
  TENSOR,
  ENTRY;

  /** What the field of this number leads to; null where it leads nowhere. */
  @Nullable Message at(int field) {
    return switch (this) {
      case MODEL ->
          switch (field) {
            case 7 -> GRAPH;
            case 8 -> OPSET;
            case 20 -> TRAINING;
            case 25 -> FUNCTION;
            default -> null;
          };
      case TRAINING -> field == 1 || field == 2 ? GRAPH : null;
      case FUNCTION -> field == 7 ? NODE : field == 11 ? ATTRIBUTE : null;
      case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : field == 15 ? SPARSE_TENSOR : null;
      case NODE -> field == 5 ? ATTRIBUTE : null;
      case ATTRIBUTE ->
          switch (field) {
            case 5, 10 -> TENSOR;
            case 6, 11 -> GRAPH;
            case 22, 23 -> SPARSE_TENSOR;
            default -> null;
          };
      case SPARSE_TENSOR -> field == 1 || field == 2 ? TENSOR : null;
      case TENSOR -> field == 13 ? ENTRY : null;
      case OPSET, ENTRY -> null;
    };
  }

  /** Whether the field of this number is a text that is looked at. */
  boolean isText(int field) {
    return switch (this) {
      case MODEL -> field == 2 || field == 3;
      case OPSET -> field == 1;
      case NODE -> field == 4 || field == 7;
      case ENTRY -> field == 1 || field == 2;
      default -> false;
    };
  }
}
