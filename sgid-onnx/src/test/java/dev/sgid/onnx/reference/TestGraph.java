package dev.sgid.onnx.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes ONNX graphs that no exporter would: inputs that are not looked at, outputs that are
 * constants. Field numbers are those of onnx.proto.
 */
public final class TestGraph {
  /** An element type, by its number in onnx.proto. */
  public enum Element {
    FLOAT(1),
    INT64(7),
    BOOL(9),
    /** Of zeros only. */
    FLOAT16(10),
    DOUBLE(11);

    private final int code;

    Element(int code) {
      this.code = code;
    }
  }

  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
  private final Set<String> domains = new TreeSet<>(); // beside ONNX's own

  /** An input; -1 for dimensions that are free. */
  public TestGraph input(String name, Element type, long... shape) {
    message(graph, 11, valueInfo(name, type, shape));
    return this;
  }

  /** An output of floats, all equal to {@code value}. */
  public TestGraph output(String name, float value, long... shape) {
    return output(name, Element.FLOAT, value, shape);
  }

  /** An output, all of whose elements are {@code value}. */
  public TestGraph output(String name, Element type, double value, long... shape) {
    int size = 1;
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    for (long dimension : shape) {
      varint(tensor, 1, dimension);
      size = Math.toIntExact(size * dimension);
    }
    ByteBuffer raw = ByteBuffer.allocate(8 * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      switch (type) {
        case FLOAT -> raw.putFloat((float) value);
        case BOOL -> raw.put((byte) value);
        case FLOAT16 -> raw.putShort((short) 0);
        case INT64 -> raw.putLong((long) value);
        case DOUBLE -> raw.putDouble(value);
      }
    }
    varint(tensor, 2, type.code);
    text(tensor, 8, name + "_constant");
    bytes(tensor, 9, Arrays.copyOf(raw.array(), raw.position()));
    message(graph, 5, tensor);
    ByteArrayOutputStream node = new ByteArrayOutputStream();
    text(node, 1, name + "_constant");
    text(node, 2, name);
    text(node, 4, "Identity");
    message(graph, 1, node);
    message(graph, 12, valueInfo(name, type, shape));
    return this;
  }

  /** A weight that no operator uses, which ONNX Runtime warns of. */
  public TestGraph unused(String name) {
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    varint(tensor, 1, 1);
    varint(tensor, 2, Element.FLOAT.code);
    text(tensor, 8, name);
    bytes(tensor, 9, new byte[4]);
    message(graph, 5, tensor);
    return this;
  }

  /** An operator of another domain than ONNX's own, whose output is the graph's. */
  public TestGraph operator(
      String domain, String name, List<String> inputs, String output, long... shape) {
    ByteArrayOutputStream node = new ByteArrayOutputStream();
    inputs.forEach(input -> text(node, 1, input));
    text(node, 2, output);
    text(node, 4, name);
    text(node, 7, domain);
    message(graph, 1, node);
    message(graph, 12, valueInfo(output, Element.FLOAT, shape));
    domains.add(domain);
    return this;
  }

  /** Writes the graph in place of what {@code file} holds. */
  public void write(Path file) {
    ByteArrayOutputStream opset = new ByteArrayOutputStream();
    varint(opset, 2, 14);
    text(graph, 2, "test");
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    varint(model, 1, 8); // the format's version
    message(model, 7, graph);
    message(model, 8, opset);
    for (String domain : domains) {
      ByteArrayOutputStream other = new ByteArrayOutputStream();
      text(other, 1, domain);
      varint(other, 2, 1);
      message(model, 8, other);
    }
    try {
      Files.write(file, model.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteArrayOutputStream valueInfo(String name, Element type, long... shape) {
    ByteArrayOutputStream dimensions = new ByteArrayOutputStream();
    for (int i = 0; i < shape.length; i++) {
      ByteArrayOutputStream dimension = new ByteArrayOutputStream();
      if (shape[i] == -1) {
        text(dimension, 2, name + "_" + i);
      } else {
        varint(dimension, 1, shape[i]);
      }
      message(dimensions, 1, dimension);
    }
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    varint(tensor, 1, type.code);
    message(tensor, 2, dimensions);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    message(whole, 1, tensor);
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    text(info, 1, name);
    message(info, 2, whole);
    return info;
  }

  private static void varint(ByteArrayOutputStream out, int field, long value) {
    number(out, (long) field << 3);
    number(out, value);
  }

  private static void text(ByteArrayOutputStream out, int field, String text) {
    bytes(out, field, text.getBytes(UTF_8));
  }

  private static void message(ByteArrayOutputStream out, int field, ByteArrayOutputStream message) {
    bytes(out, field, message.toByteArray());
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] bytes) {
    number(out, ((long) field << 3) | 2);
    number(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void number(ByteArrayOutputStream out, long value) {
    for (; value > 127; value >>>= 7) {
      out.write((int) ((value & 127) | 128));
    }
    out.write((int) value);
  }
}
