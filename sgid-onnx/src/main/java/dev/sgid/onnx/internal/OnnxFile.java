package dev.sgid.onnx.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an ONNX file says before it is opened: the files that its graph keeps weights in, and the
 * operators in it.
 *
 * <p>Walks through the graph's protocol buffers as far as they may lead to a tensor or a node,
 * skipping the weights themselves; what it skips is not read. The numbers are those of {@code
 * onnx.proto}.
 */
public final class OnnxFile {
  /**
   * Operators that give numbers of few bits a scale found at run time, over the whole tensor: what
   * comes out for one row then depends on all others.
   */
  private static final Set<String> QUANTIZING =
      Set.of(
          "DynamicQuantizeLinear",
          "DynamicQuantizeLSTM",
          "DynamicQuantizeMatMul",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "ConvInteger",
          "QAttention");

  /** The messages on the way from a model to where a tensor's data lies. */
  private enum Message {
    MODEL,
    TRAINING,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    SPARSE_TENSOR,
    TENSOR,
    ENTRY;

    /** What the field of this number leads to; null where it leads to no tensor. */
    @Nullable Message at(int field) {
      return switch (this) {
        case MODEL -> field == 7 ? GRAPH : field == 20 ? TRAINING : field == 25 ? FUNCTION : null;
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
        case ENTRY -> null;
      };
    }
  }

  private final FileChannel file;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).limit(0);
  private final SortedSet<String> locations = new TreeSet<>();
  private final SortedSet<String> operators = new TreeSet<>();
  private long bufferEnd; // where in the file the buffer's content ends

  private OnnxFile(FileChannel file) {
    this.file = file;
  }

  /**
   * Reads a graph's file; of one in another format, ONNX Runtime's own, nothing is known.
   *
   * @throws IOException if it can't be read
   */
  public static OnnxFile read(Path graph) throws IOException {
    try (FileChannel file = FileChannel.open(graph)) {
      OnnxFile read = new OnnxFile(file);
      try {
        read.walk(Message.MODEL, file.size());
      } catch (EOFException e) {
        // no protocol buffer, but a model to ONNX Runtime: its own format keeps weights inside
        return new OnnxFile(file);
      }
      return read;
    }
  }

  /** The paths, from the graph's folder on, of the files that its tensors' data lies in. */
  public SortedSet<String> externalData() {
    return new TreeSet<>(locations);
  }

  /** Whether it quantises activations by scales that it finds in them. */
  public boolean quantizesActivations() {
    return operators.stream().anyMatch(QUANTIZING::contains);
  }

  private void walk(Message message, long end) throws IOException {
    boolean location = false;
    while (position() < end) {
      long tag = number();
      int field = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case 0 -> number();
        case 1 -> skipTo(position() + 8);
        case 5 -> skipTo(position() + 4);
        case 2 -> {
          long length = number();
          long next = position() + length;
          if (length < 0 || next > end) {
            throw new EOFException();
          }
          Message below = message.at(field);
          if (below != null) {
            walk(below, next);
          } else if (message == Message.NODE && field == 4) {
            operators.add(text((int) length));
          } else if (message == Message.ENTRY && field == 1) {
            location = text((int) length).equals("location");
          } else if (location && field == 2) {
            locations.add(text((int) length));
          }
          skipTo(next);
        }
        default -> throw new EOFException();
      }
    }
  }

  private String text(int length) throws IOException {
    if (length > 1 << 16) {
      throw new EOFException();
    }
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = next();
    }
    return new String(bytes, UTF_8);
  }

  private long number() throws IOException {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = next();
      number |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new EOFException();
  }

  private byte next() throws IOException {
    if (!buffer.hasRemaining()) {
      buffer.clear();
      int read = file.read(buffer, bufferEnd);
      buffer.flip();
      if (read <= 0) {
        throw new EOFException();
      }
      bufferEnd += read;
    }
    return buffer.get();
  }

  private long position() {
    return bufferEnd - buffer.remaining();
  }

  private void skipTo(long position) {
    if (position <= bufferEnd) {
      buffer.position((int) (buffer.limit() - (bufferEnd - position)));
    } else {
      buffer.limit(0);
      bufferEnd = position;
    }
  }
}
