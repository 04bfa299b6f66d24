package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sgid.testing.Nulls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  @Test
  void defaults_are_whatTheDocumentsSay() {
    Settings s = Settings.DEFAULTS;

    assertThat(s.generation()).isEqualTo(GenerationSettings.DEFAULTS);
    assertThat(s.guidance()).isEqualTo(GuidanceSchedule.linear(0.15, 0.35, 3, 7.5));
    assertThat(s.prompt()).hasToString("{label}, {caption}");
    assertThat(s.captions()).isEqualTo(3);
    assertThat(s.captionChoice()).isSameAs(CaptionChoice.best());
    assertThat(s.strict()).isFalse();
  }

  @Test
  void withers_eachOnItsOwn_changeThatComponentOnly() {
    Settings d = Settings.DEFAULTS;
    GuidanceSchedule guidance = GuidanceSchedule.constant(4);
    PromptTemplate prompt = new PromptTemplate("{label}");
    CaptionChoice first = CaptionChoice.first();
    GenerationSettings generation = GenerationSettings.DEFAULTS.withSteps(7);
    Settings all = new Settings(generation, guidance, prompt, 2, first, true);

    Settings changed =
        d.withStrict(true)
            .withCaptionChoice(first)
            .withCaptions(2)
            .withPrompt(prompt)
            .withGuidance(guidance)
            .withGeneration(g -> g.withSteps(7));

    assertThat(changed).isEqualTo(all);
    assertThat(changed.withStrict(false).withGeneration(g -> d.generation()))
        .isEqualTo(
            d.withGuidance(guidance).withPrompt(prompt).withCaptions(2).withCaptionChoice(first));
    assertThat(d).isEqualTo(Settings.DEFAULTS.withCaptions(3));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 101})
  void withCaptions_outOfRange_isRefusedWithValueAndRange(int captions) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Settings.DEFAULTS.withCaptions(captions))
        .withMessage("captions must be in [1, 100], is " + captions);
  }

  @Test
  void withers_null_areRefusedWithTheName() {
    Settings d = Settings.DEFAULTS;

    assertThatNullPointerException()
        .isThrownBy(() -> d.withGeneration(g -> Nulls.nothing()))
        .withMessage("generation");
    assertThatNullPointerException()
        .isThrownBy(() -> d.withGuidance(Nulls.nothing()))
        .withMessage("guidance");
    assertThatNullPointerException()
        .isThrownBy(() -> d.withPrompt(Nulls.nothing()))
        .withMessage("prompt");
    assertThatNullPointerException()
        .isThrownBy(() -> d.withCaptionChoice(Nulls.nothing()))
        .withMessage("captionChoice");
  }
}
