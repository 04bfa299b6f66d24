package dev.sgid.onnx.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.SgidException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # there                                                    | variant   | taken
          model.onnx                                                 | ''        | model.onnx
          model.onnx model_fp16.onnx model_quantized.onnx            | ''        | model.onnx
          model_fp16.onnx model_quantized.onnx model_q4.onnx         | ''        | model_fp16.onnx
          model_q4.onnx model_int8.onnx model_bnb4.onnx              | ''        | model_int8.onnx
          model_q4f16.onnx                                           | ''        | model_q4f16.onnx
          model_O4.onnx model_O2.onnx                                | ''        | model_O2.onnx
          model_qint8_avx512_vnni.onnx model_quint8_avx2.onnx        | ''        | model_qint8_avx512_vnni.onnx
          model.fp16.onnx                                            | ''        | model.fp16.onnx
          onnx/model.onnx model_quantized.onnx                       | ''        | onnx/model.onnx
          onnx/model.onnx model.onnx                                 | ''        | model.onnx
          onnx/model_uint8.onnx                                      | ''        | onnx/model_uint8.onnx
          model.onnx model_fp16.onnx                                 | fp16      | model_fp16.onnx
          model.onnx model_fp16.onnx                                 | fp32      | model.onnx
          model.onnx model_fp32.onnx                                 | fp32      | model_fp32.onnx
          model.onnx model_fp16.onnx                                 | quantized | model.onnx
          model.onnx model_mine.onnx                                 | mine      | model_mine.onnx
          model.onnx model_mine.onnx                                 | ''        | model.onnx
          """)
  void graph_severalForms_mostExactUnlessAskedFor(String there, String variant, String taken)
      throws IOException {
    lay(there);

    assertThat(new ModelFiles(folder, variant).graph("model")).isEqualTo(folder.resolve(taken));
    assertThat(new ModelFiles(folder, variant).has("model")).isTrue();
  }

  /** Names that begin alike are of other graphs, and endings that mean nothing no variants. */
  @ParameterizedTest
  @CsvSource({"model_merged.onnx", "model_merged_quantized.onnx", "model_mine.onnx", "models.onnx"})
  void graph_otherNames_notTaken(String there) throws IOException {
    lay(there);

    assertThat(new ModelFiles(folder, "").has("model")).isFalse();
    assertThat(new ModelFiles(folder, "").graph("model")).isEqualTo(folder.resolve("model.onnx"));
    assertThat(new ModelFiles(folder, "").rank("model")).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void others_ofAGraph_areNamed() throws IOException {
    lay("text_model.onnx text_model_fp16.onnx text_model_q4.onnx vision_model_int8.onnx");

    assertThat(ModelFiles.others(folder.resolve("text_model.onnx"))).containsExactly("fp16", "q4");
    assertThat(ModelFiles.others(folder.resolve("text_model_q4.onnx")))
        .containsExactly("fp16", "fp32");
    assertThat(ModelFiles.others(folder.resolve("vision_model_int8.onnx"))).isEmpty();
  }

  @Test
  void bytes_weightsOfOtherVariants_doNotCount() throws IOException {
    lay("model.onnx model.onnx_data model_fp16.onnx model_fp16.onnx_data");

    assertThat(ModelFiles.bytes(folder.resolve("model.onnx"))).isEqualTo(2);
    assertThat(ModelFiles.bytes(folder.resolve("model_fp16.onnx"))).isEqualTo(2);
    assertThat(ModelFiles.bytes(folder.resolve("none/model.onnx"))).isZero();
  }

  @Test
  void requireVariant_nowhere_listsThoseThereAre() throws IOException {
    lay("unet/model.onnx unet/model_fp16.onnx clip/onnx/text_model_quantized.onnx");
    List<Path> parts = List.of(folder.resolve("unet"), folder.resolve("clip"));

    assertThatThrownBy(() -> ModelFiles.requireVariant("int8", folder, parts))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "No model has a variant \"int8\"; the models are there as fp16, fp32, quantized: "
                + folder);
    assertThatCode(() -> ModelFiles.requireVariant("quantized", folder, parts))
        .as("one graph that has it is enough")
        .doesNotThrowAnyException();
    assertThatCode(() -> ModelFiles.requireVariant("fp32", folder, parts))
        .doesNotThrowAnyException();
  }

  /** Makes files of a byte each. */
  private void lay(String names) throws IOException {
    for (String name : names.split(" ", -1)) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.resolveSibling(""));
      Files.write(file, new byte[1]);
    }
  }
}
