package dev.sgid.onnx.internal.graph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.onnx.reference.TinyPacks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphFileTest {
  @TempDir Path folder;

  @Test
  void locations_graphThatOnnxSavedWithExternalData_isItsFile() throws IOException {
    TinyPacks.assemble(folder, "tiny-sd1", "unet-external-data");

    assertThat(GraphFile.read(folder.resolve("stable-diffusion/unet/model.onnx")).locations())
        .containsExactly("model.onnx_data");
  }

  @Test
  void locations_graphThatHoldsItsWeights_isNothing() throws IOException {
    TinyPacks.assemble(folder, "tiny-sd1");

    assertThat(GraphFile.read(folder.resolve("stable-diffusion/unet/model.onnx")).locations())
        .isEmpty();
  }

  /** Fields as in onnx.proto: in a graph, in the body of an If, sparse, in a function. */
  @Test
  void locations_tensorsAnywhereInTheModel_areFound() throws IOException {
    byte[] body = field(6, field(5, tensor("in/body.bin"))); // attribute.g, graph.initializer
    byte[] list = field(10, tensor("list.bin")); // attribute.tensors
    byte[] sparse = field(15, field(1, tensor("sparse.bin"))); // graph.sparse_initializer.values
    byte[] graph = join(field(1, join(field(5, body), field(5, list))), sparse);
    byte[] function = field(25, field(7, field(5, field(5, tensor("function.bin")))));
    Path file = folder.resolve("model.onnx");
    Files.write(
        file,
        join(
            field(7, join(graph, field(5, field(9, new byte[200_000])))),
            field(7, field(5, tensor("weights.bin"))),
            function));

    assertThat(GraphFile.read(file).locations())
        .containsExactly("function.bin", "in/body.bin", "list.bin", "sparse.bin", "weights.bin");
  }

  @Test
  void locations_fileOfAnotherFormat_isNothing() throws IOException {
    Path file = Files.writeString(folder.resolve("model.ort"), "....ORTM, another format");

    assertThat(GraphFile.read(file).locations()).isEmpty();
  }

  /** Fields as in onnx.proto: in a graph, in the body of an If, in a function. */
  @ParameterizedTest
  @CsvSource({
    "MatMul, false",
    "QuantizeLinear, false", // its scale is a constant
    "QLinearConv, false",
    "MatMulNBits, false", // weights alone
    "DynamicQuantizeLinear, true",
    "MatMulInteger, true",
    "ConvInteger, true",
    "DynamicQuantizeMatMul, true",
    "MatMulIntegerToFloat, true",
    "QAttention, true",
  })
  void quantizesActivations_operatorAnywhere_isFound(String operator, boolean quantizes)
      throws IOException {
    byte[] node = field(1, field(4, operator.getBytes(UTF_8)));
    byte[] within = field(1, join(field(4, "If".getBytes(UTF_8)), field(5, field(6, node))));
    byte[] function = field(25, field(7, field(4, operator.getBytes(UTF_8))));
    Path file = folder.resolve("model.onnx");
    for (byte[] model : List.of(field(7, node), field(7, within), function)) {
      Files.write(file, model);

      assertThat(GraphFile.read(file).quantizesActivations()).isEqualTo(quantizes);
    }
  }

  /** With a checksum before the location, and a value that only looks like one. */
  private static byte[] tensor(String location) {
    return join(
        field(9, new byte[300]),
        field(13, join(field(1, "checksum".getBytes(UTF_8)), field(2, "none".getBytes(UTF_8)))),
        field(13, join(field(1, "location".getBytes(UTF_8)), field(2, location.getBytes(UTF_8)))));
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, (number << 3) | 2);
    varint(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int rest = value;
    for (; rest > 127; rest >>>= 7) {
      out.write((rest & 127) | 128);
    }
    out.write(rest);
  }
}
