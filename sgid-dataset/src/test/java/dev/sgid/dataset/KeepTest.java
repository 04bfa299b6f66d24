package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.GenerationSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "all",
        "consistent",
        "consistent:quantile=0.1",
        "consistent:consistency=0.8,label_probability=0.25",
        "consistent:quantile=0.01,consistency=-0.5,label_probability=1.0,likeness=0.99"
      })
  void parse_whatItPrints_isTheSame(String text) {
    assertThat(Keep.parse(text)).hasToString(text).isEqualTo(Keep.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "none; What is kept is all, consistent, or consistent:NAME=VALUE,...",
        "all:quantile=1; What is kept is all",
        "consistent:quantile=2; quantile must be in [0.0, 1.0], is 2.0",
        "consistent:consistency=NaN; consistency must be in",
        "consistent:; An option of consistent is a name and a number, like consistency=0.8, is \"\"",
        "consistent:cosine=1; The options of consistent are quantile, consistency,"
      })
  void parse_others_areRefused(String text, String message) {
    assertThatThrownBy(() -> Keep.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"record,record", "drop,drop", "retry,retry:4", "RETRY:12,retry:12"})
  void parse_policies_printWhatTheyMean(String text, String printed) {
    assertThat(WhenRejected.parse(text)).hasToString(printed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "keep", "retry:", "retry:0", "retry:64", "retry:-1", "retry:x"})
  void parse_otherPolicies_areRefused(String text) {
    assertThatThrownBy(() -> WhenRejected.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void index_triesOfCopies_areAllDifferentAndSayOfWhich() {
    WhenRejected retry = WhenRejected.retry(63);
    assertThat(retry.index(5, 0)).isEqualTo(5);
    assertThat(retry.index(0, 63)).isLessThan(retry.index(1, 1));
    assertThat(WhenRejected.copy(retry.index(WhenRejected.MOST_COPIES - 1, 63)))
        .isEqualTo(WhenRejected.MOST_COPIES - 1);
    assertThat(WhenRejected.copy(retry.index(7, 3))).isEqualTo(7);
  }

  @Test
  void settings_tries_beginAsTheCopyAndGetCalmer() {
    WhenRejected retry = WhenRejected.retry(4);
    GenerationSettings settings = GenerationSettings.DEFAULTS.withNoiseRate(0.5);
    assertThat(retry.settings(settings, 1).noiseRate()).isEqualTo(0.5);
    assertThat(retry.settings(settings, 2).noiseRate()).isEqualTo(0.5);
    assertThat(retry.settings(settings, 3).noiseRate()).isEqualTo(0.4);
    assertThat(retry.settings(settings, 4).noiseRate()).isCloseTo(0.32, within(1e-12));
  }
}
