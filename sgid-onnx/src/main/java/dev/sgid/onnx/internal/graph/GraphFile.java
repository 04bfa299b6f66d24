package dev.sgid.onnx.internal.graph;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an ONNX graph says of itself, found by walking through its protocol buffers and skipping the
 * weights: what is skipped is not read. The numbers are those of {@code onnx.proto}.
 *
 * @param isWhole whether it is a protocol buffer from its beginning to its end; of another file
 *     nothing else is said
 * @param producer what wrote it, with its version; empty where it does not say
 * @param opset the version of ONNX's own operators; 0 where it does not say
 * @param external the data of its tensors that lies in other files
 * @param operators the names of its operators; those that are not ONNX's own as {@code domain:name}
 */
public record GraphFile(
    boolean isWhole,
    String producer,
    long opset,
    List<External> external,
    SortedSet<String> operators) {
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

  private static final GraphFile OF_ANOTHER_KIND =
      new GraphFile(false, "", 0, List.of(), new TreeSet<>());

  public GraphFile {
    external = List.copyOf(external);
  }

  /**
   * A tensor's data in another file.
   *
   * @param location its path, from the graph's folder on
   * @param end how many bytes that file has at least; 0 where the graph does not say
   */
  public record External(String location, long end) {}

  /** Reads the graph in a file. */
  public static GraphFile read(Path graph) throws IOException {
    try (FileChannel file = FileChannel.open(graph)) {
      return new Walk(new ProtoReader(file)).walk(file.size());
    } catch (EOFException e) {
      return OF_ANOTHER_KIND;
    }
  }

  /** The files that its tensors' data lies in, as paths from the graph's folder on. */
  public SortedSet<String> locations() {
    SortedSet<String> locations = new TreeSet<>();
    external.forEach(data -> locations.add(data.location()));
    return locations;
  }

  /** Whether it quantises activations by scales that it finds in them. */
  public boolean quantizesActivations() {
    return operators.stream().anyMatch(name -> QUANTIZING.contains(name.replaceFirst(".*:", "")));
  }

  /** The operators that are not ONNX's own, by name alone. */
  public List<String> otherOperators() {
    return operators.stream()
        .filter(name -> name.contains(":"))
        .map(name -> name.replaceFirst(".*:", ""))
        .toList();
  }

  /** The walk through one file. */
  private static final class Walk {
    private final ProtoReader in;
    private final List<External> external = new ArrayList<>();
    private final SortedSet<String> operators = new TreeSet<>();
    private String producer = "";
    private String producerVersion = "";
    private long opset;

    // of the innermost message that has them
    private String domain = "";
    private String name = "";
    private String location = "";
    private long offset;
    private long length;
    private String key = "";

    Walk(ProtoReader in) {
      this.in = in;
    }

    GraphFile walk(long size) throws IOException {
      walk(Message.MODEL, size);
      return new GraphFile(
          true, (producer + " " + producerVersion).strip(), opset, external, operators);
    }

    private void walk(Message message, long end) throws IOException {
      begin(message);
      while (in.position() < end) {
        long tag = in.number();
        int field = (int) (tag >>> 3);
        switch ((int) (tag & 7)) {
          case 0 -> number(message, field, in.number());
          case 1 -> in.skipTo(in.position() + 8, end);
          case 5 -> in.skipTo(in.position() + 4, end);
          case 2 -> {
            long bytes = in.number();
            long next = in.position() + bytes;
            if (bytes < 0 || next < 0 || next > end) {
              throw new EOFException();
            }
            content(message, field, next);
            in.skipTo(next, end);
          }
          default -> throw new EOFException();
        }
      }
      end(message);
    }

    private void begin(Message message) {
      switch (message) {
        case OPSET -> domain = "";
        case TENSOR -> {
          location = "";
          offset = 0;
          length = 0;
        }
        default -> {}
      }
    }

    private void number(Message message, int field, long value) {
      if (message == Message.OPSET && field == 2 && domain.isEmpty()) {
        opset = value;
      }
    }

    private void content(Message message, int field, long next) throws IOException {
      Message below = message.at(field);
      if (below == Message.NODE) {
        String outerDomain = domain;
        String outerName = name;
        domain = "";
        name = "";
        walk(below, next);
        domain = outerDomain;
        name = outerName;
      } else if (below != null) {
        walk(below, next);
      } else if (message.isText(field)) {
        text(message, field, in.text(next));
      }
    }

    private void text(Message message, int field, String text) {
      switch (message) {
        case MODEL -> {
          producer = field == 2 ? text : producer;
          producerVersion = field == 3 ? text : producerVersion;
        }
        case OPSET -> domain = text;
        case NODE -> {
          name = field == 4 ? text : name;
          domain = field == 7 ? text : domain;
        }
        case ENTRY -> {
          if (field == 1) {
            key = text;
          } else {
            entry(text);
          }
        }
        default -> {}
      }
    }

    private void entry(String value) {
      switch (key) {
        case "location" -> location = value;
        case "offset" -> offset = whole(value);
        case "length" -> length = whole(value);
        default -> {}
      }
    }

    /** A number that is none, the runtime will complain of. */
    private static long whole(String value) {
      return value.matches("\\d{1,18}") ? Long.parseLong(value) : 0;
    }

    private void end(Message message) {
      switch (message) {
        case NODE -> {
          boolean own = domain.isEmpty() || domain.equals("ai.onnx");
          operators.add(own ? name : domain + ":" + name);
        }
        case TENSOR -> {
          if (!location.isEmpty()) {
            external.add(new External(location, length == 0 ? 0 : offset + length));
          }
        }
        default -> {}
      }
    }
  }
}
