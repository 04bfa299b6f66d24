package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsMapTest {
  private static final Settings DEFAULTS = Settings.DEFAULTS;

  static Stream<Settings> settings() {
    List<Settings> all = new ArrayList<>();
    List<Scheduler> schedulers =
        List.of(
            Scheduler.ddim(),
            Scheduler.ddim(0.25),
            Scheduler.dpmSolver(),
            Scheduler.dpmSolver().withKarrasSigmas(true).withLowerOrderFinal(false),
            Scheduler.dpmSolver().withFinalSigmas(Scheduler.FinalSigmas.SIGMA_MIN),
            Scheduler.lcm());
    List<@Nullable TimestepSpacing> spacings =
        new ArrayList<>(Arrays.asList(TimestepSpacing.values()));
    spacings.add(null);
    for (Scheduler scheduler : schedulers) {
      for (TimestepSpacing spacing : spacings) {
        all.add(
            DEFAULTS.withGeneration(g -> g.withScheduler(scheduler).withTimestepSpacing(spacing)));
      }
    }
    all.add(DEFAULTS.withGeneration(g -> g.withSteps(Steps.run(4)).withNoiseRate(0.123456789)));
    all.add(
        DEFAULTS
            .withGeneration(
                g ->
                    g.withSize(new Size(64, 32))
                        .withOutputSize(OutputSize.GENERATED)
                        .withNegativePrompt("ugly, \"blurred\""))
            .withPrompt(new PromptTemplate("{caption}: {label}"))
            .withCaptions(7)
            .withStrict(true));
    for (CaptionChoice choice :
        List.of(CaptionChoice.best(), CaptionChoice.first(), CaptionChoice.random())) {
      all.add(DEFAULTS.withCaptionChoice(choice));
    }
    for (GuidanceSchedule guidance :
        List.of(
            GuidanceSchedule.constant(0.1),
            GuidanceSchedule.linear(-1, 1, 0, 12.5),
            GuidanceSchedule.inverse(0.1, 0.3, 2, 7))) {
      all.add(DEFAULTS.withGuidance(guidance));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void with_whatToMapGave_isTheSameFromAnyOtherSettings(Settings settings) {
    Map<String, Object> map = settings.toMap();

    assertThat(DEFAULTS.with(map)).isEqualTo(settings);
    settings().forEach(other -> assertThat(other.with(map)).isEqualTo(settings));
    assertThat(settings.with(Map.of())).isEqualTo(settings);
    assertThat(plain(map)).isTrue();
  }

  private static boolean plain(@Nullable Object value) {
    return value == null
        || value instanceof Number
        || value instanceof String
        || value instanceof Boolean
        || (value instanceof List<?> list && list.stream().allMatch(SettingsMapTest::plain))
        || (value instanceof Map<?, ?> map
            && map.values().stream().allMatch(SettingsMapTest::plain));
  }

  @Test
  void toMap_defaults_hasTheNamesOfJobFilesInAFixedOrder() {
    Map<String, @Nullable Object> expected = new LinkedHashMap<>();
    expected.put("noise_rate", 0.5);
    expected.put("steps", 30);
    expected.put("scheduler", "DDIMScheduler");
    expected.put("eta", 0.0);
    expected.put("scheduler_options", Map.of());
    expected.put("timestep_spacing", null);
    expected.put("guidance", "linear:0.15,0.35,3.0,7.5");
    expected.put("prompt", "{label}, {caption}");
    expected.put("negative_prompt", "");
    expected.put("captions", 3);
    expected.put("caption_choice", "best");
    expected.put("size", null);
    expected.put("output_size", "original");
    expected.put("strict", false);

    assertThat(new ArrayList<>(DEFAULTS.toMap().entrySet()))
        .isEqualTo(new ArrayList<>(expected.entrySet()));
    assertThat(DEFAULTS.withGeneration(g -> g.withSteps(Steps.run(4))).toMap())
        .containsEntry("unet_calls", 4)
        .doesNotContainKey("steps");
  }

  @Test
  void with_partOfTheSettings_leavesTheOthers() {
    Settings before =
        DEFAULTS.withGeneration(g -> g.withScheduler(Scheduler.ddim(0.5)).withSteps(9));

    assertThat(before.with(Map.of("noise_rate", 1)).generation())
        .isEqualTo(before.generation().withNoiseRate(1));
    assertThat(before.with(Map.of("scheduler", "ddim")).generation().scheduler())
        .isEqualTo(Scheduler.ddim(0.5));
    assertThat(before.with(Map.of("eta", 0.25)).generation().scheduler())
        .isEqualTo(Scheduler.ddim(0.25));
    assertThat(before.with(Map.of("scheduler", "dpm-solver")).generation().scheduler())
        .isEqualTo(Scheduler.dpmSolver());
    assertThat(before.with(Map.of("size", "64x32")).generation().size())
        .isEqualTo(new Size(64, 32));
    assertThat(before.with(Map.of("unet_calls", 4)).generation().steps()).isEqualTo(Steps.run(4));
  }

  @Test
  void with_etaAmongTheSchedulersOptions_countsOverTheOneBefore() {
    Settings before = DEFAULTS.withGeneration(g -> g.withScheduler(Scheduler.ddim(0.5)));

    assertThat(
            before
                .with(Map.of("scheduler", "ddim", "scheduler_options", Map.of("eta", 0.75)))
                .generation()
                .scheduler())
        .isEqualTo(Scheduler.ddim(0.75));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "noise_rate | true | noise_rate must be a number, is true",
        "noise_rate | '' | noise_rate must be a number, is null",
        "steps | 2.5 | steps must be a whole number, is 2.5",
        "steps | 1e12 | steps must be a whole number, is 1.0E12",
        "steps | 0 | steps must be at least 1, is 0.0",
        "strict | 1 | strict must be true or false, is 1.0",
        "prompt | 1 | prompt must be a text, is 1.0",
        "guidance | '' | guidance must be a text, is null",
        "scheduler_options | 1 | scheduler_options must be names and values, is 1.0"
      })
  void with_wrongKind_isRefusedWithNameAndValue(String key, @Nullable String text, String message) {
    Object value =
        text == null || text.isEmpty()
            ? null
            : text.equals("true") ? (Object) true : (Object) Double.valueOf(text);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.with(Collections.singletonMap(key, value)))
        .withMessage(message.replace("at least 1, is 0.0", "at least 1, is 0"));
  }

  @Test
  void with_unknownKey_isRefusedNamingAllThatThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.with(Map.of("noise", 1)))
        .withMessage(
            "There is no setting \"noise\"; there are noise_rate, steps, scheduler, eta,"
                + " scheduler_options, timestep_spacing, guidance, prompt, negative_prompt,"
                + " captions, caption_choice, size, output_size, strict, unet_calls");
  }

  @Test
  void with_stepsInTwoWays_isRefused() {
    Map<String, Object> both = new HashMap<>(Map.of("steps", 30, "unet_calls", 4));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.with(both))
        .withMessage("steps and unet_calls say the same in two ways: give one of them, not both");
  }

  @Test
  void with_sizeThatIsNone_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.with(Map.of("size", List.of(64.5, 32))))
        .withMessage("size must be a whole number, is 64.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.with(Map.of("size", List.of(64))))
        .withMessage("size must be a text, is [64]");
  }

  @Test
  void with_etaForAnotherScheduler_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DEFAULTS.with(Map.of("scheduler", "lcm", "eta", 0.5)))
        .withMessage("eta must be 0 with the scheduler lcm, is 0.5");
  }
}
