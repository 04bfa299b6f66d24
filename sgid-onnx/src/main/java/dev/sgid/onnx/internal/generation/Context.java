package dev.sgid.onnx.internal.generation;

import java.nio.FloatBuffer;

/**
 * One of the tensors that a decoder looks at beside its tokens, for each thing it writes about: an
 * encoder's states, or keys and values made of them.
 *
 * @param values of all things, one after the other
 * @param shape row-major, the things first
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to a tensor
public record Context(FloatBuffer values, long[] shape) {
  /** How many floats there are of each thing. */
  public int perThing() {
    return values.capacity() / Math.toIntExact(shape[0]);
  }

  /** Of the things from one to another, the latter not among them. */
  Context of(int from, int to) {
    return new Context(
        values.slice(from * perThing(), (to - from) * perThing()), shapeOf(to - from));
  }

  /** The shape with so many rows. */
  long[] shapeOf(int rows) {
    long[] changed = shape.clone();
    changed[0] = rows;
    return changed;
  }
}
