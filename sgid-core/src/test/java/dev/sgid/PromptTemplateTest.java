package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sgid.testing.Nulls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTemplateTest {
  @Test
  void format_default_namesTheLabelFirst() {
    assertThat(PromptTemplate.DEFAULT.format("ankle boot", " a dark boot\n"))
        .isEqualTo("ankle boot, a dark boot");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{label}, {caption} | bag",
        "{caption}, {label} | bag",
        "{label}: {caption}. | bag.",
        "a photo of {label}, {caption}, high quality | a photo of bag, high quality",
        "{label} | bag",
        "{label}, {caption}, {caption} | bag",
        "{label}; {caption} ; | bag",
        "{caption} | ''"
      })
  void format_blankCaption_takesTheSeparatorsAroundItsPlaceAlong(String template, String prompt) {
    assertThat(new PromptTemplate(template).format("bag", " ")).isEqualTo(prompt);
  }

  @Test
  void format_blankCaption_leavesTheLabelAsItIs() {
    assertThat(PromptTemplate.DEFAULT.format("warning:", "")).isEqualTo("warning:");
  }

  @Test
  void format_textsThatLookLikeReferences_arePutInAsTheyAre() {
    assertThat(PromptTemplate.DEFAULT.format("$1 {caption}", "\\a {label} $0"))
        .isEqualTo("$1 {caption}, \\a {label} $0");
  }

  @Test
  void format_templateWithoutPlaceholders_isTheTextItself() {
    assertThat(new PromptTemplate("a photo").format("bag", "a bag")).isEqualTo("a photo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{Label}", "{}", "{captions}"})
  void promptTemplate_unknownPlaceholder_isRefusedWithIt(String placeholder) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PromptTemplate("{label}, " + placeholder))
        .withMessage(
            "The prompt template may use {label} and {caption}, has %s in \"{label}, %s\"",
            placeholder, placeholder);
  }

  @Test
  void promptTemplate_null_isRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> new PromptTemplate(Nulls.nothing()))
        .withMessage("text");
  }
}
