package dev.sgid.onnx.blip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.SgidException;
import dev.sgid.onnx.blip.BlipOptions.EarlyStopping;
import dev.sgid.onnx.blip.BlipOptions.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlipOptionsTest {
  @TempDir Path folder;

  @Test
  void of_noFile_defaults() {
    assertThat(BlipOptions.of(folder)).isEqualTo(BlipOptions.DEFAULTS);
  }

  @Test
  void of_fileAsTransformersWritesIt_defaultsStay() throws IOException {
    write(
        """
        {"_from_model_config": true, "bos_token_id": 30522, "eos_token_id": 2, "pad_token_id": 0,
         "transformers_version": "4.57.6"}
        """);

    assertThat(BlipOptions.of(folder)).isEqualTo(BlipOptions.DEFAULTS);
  }

  @Test
  void of_everyKey_read() throws IOException {
    write(
        """
        {"do_sample": true, "num_beams": 5, "max_new_tokens": 30, "min_new_tokens": 4,
         "length_penalty": -0.5, "repetition_penalty": 1.3, "early_stopping": "never",
         "temperature": 0.7, "top_k": 0, "top_p": 0.9}
        """);

    assertThat(BlipOptions.of(folder))
        .isEqualTo(
            new BlipOptions(
                Strategy.SAMPLE, 5, 30, 4, -0.5, 1.3, EarlyStopping.NEVER, 0.7, 0, 0.9, ""));
  }

  @Test
  void of_lengthsWithThePrompt_startTokenNotCounted() throws IOException {
    write("{\"max_length\": 50, \"min_length\": 5}");

    assertThat(BlipOptions.of(folder).maxNewTokens()).isEqualTo(49);
    assertThat(BlipOptions.of(folder).minNewTokens()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"num_beams\": 0}; beams must be at least 1, is 0",
        "{\"top_p\": 1.5}; topP must be in [0.0, 1.0], is 1.5",
        "{\"temperature\": 0}; temperature must be finite and above 0, is 0.0",
        "{\"early_stopping\": 3}; \"early_stopping\" must be true, false or \"never\" but is 3",
        "{\"num_beams\": 2.5}; \"num_beams\" must be a whole number but is 2.5",
        "[]; Expected a JSON object",
      })
  void of_valueOutOfRange_fileNamed(String json, String problem) throws IOException {
    Path file = write(json);

    assertThatThrownBy(() -> BlipOptions.of(folder))
        .isInstanceOf(SgidException.class)
        .hasMessageContaining(problem)
        .hasMessageEndingWith(file.toString());
  }

  @Test
  void build_oneOptionOutOfRange_named() {
    assertThatThrownBy(() -> BlipOptions.DEFAULTS.toBuilder().maxNewTokens(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxNewTokens must be at least 1, is 0");
    assertThatThrownBy(() -> BlipOptions.DEFAULTS.toBuilder().lengthPenalty(Double.NaN).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lengthPenalty must be finite, is NaN");
  }

  private Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("generation_config.json"), json);
  }
}
