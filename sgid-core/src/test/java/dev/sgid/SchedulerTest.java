package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.entry;

import dev.sgid.Scheduler.FinalSigmas;
import dev.sgid.testing.Nulls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {
  static Stream<Scheduler> all() {
    return Stream.of(
        Scheduler.ddim(),
        Scheduler.ddim(0.5),
        Scheduler.dpmSolver(),
        Scheduler.dpmSolver().withKarrasSigmas(true),
        Scheduler.dpmSolver().withFinalSigmas(FinalSigmas.SIGMA_MIN).withLowerOrderFinal(false),
        Scheduler.lcm(),
        Scheduler.euler(),
        Scheduler.euler().withKarrasSigmas(true),
        Scheduler.euler().withFinalSigmas(FinalSigmas.SIGMA_MIN),
        Scheduler.eulerAncestral(),
        Scheduler.pndm(),
        Scheduler.pndm().withSkipPrkSteps(false),
        Scheduler.uniPc(),
        Scheduler.uniPc().withSolverOrder(3).withKarrasSigmas(true),
        Scheduler.uniPc().withFinalSigmas(FinalSigmas.SIGMA_MIN).withLowerOrderFinal(false),
        Scheduler.parse("unipc:solver_type=bh1,predict_x0=false,final_sigmas_type=sigma_min"),
        Scheduler.model());
  }

  @Test
  void all_testedHere_areAllKindsThereAre() {
    assertThat(all().map(Object::getClass).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.<Class<?>>asList(Scheduler.class.getPermittedSubclasses()));
  }

  @ParameterizedTest
  @MethodSource("all")
  void parse_itsText_isEqual(Scheduler scheduler) {
    assertThat(Scheduler.parse(scheduler.toString())).isEqualTo(scheduler);
  }

  @ParameterizedTest
  @MethodSource("all")
  void of_itsNameAndOptions_isEqual(Scheduler scheduler) {
    Map<String, Object> options = new LinkedHashMap<>(scheduler.options());
    if (scheduler.eta() > 0) {
      options.put("eta", scheduler.eta());
    }
    assertThat(Scheduler.of(scheduler.name(), options)).isEqualTo(scheduler);
  }

  @ParameterizedTest
  @MethodSource("all")
  void serialisation_thereAndBack_isEqual(Scheduler scheduler) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(scheduler);
    }
    assertThat(read(bytes.toByteArray())).isEqualTo(scheduler);
  }

  private static Object read(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ddim                            | ddim",
        "DDIM                            | ddim",
        "' ddim '                        | ddim",
        "DDIMScheduler                   | ddim",
        "ddim:eta=0                      | ddim",
        "ddim: eta = 1                   | ddim:eta=1.0",
        "dpm-solver                      | dpm-solver",
        "DPMSolverMultistepScheduler     | dpm-solver",
        "dpm-solver:use_karras_sigmas=false | dpm-solver",
        "dpm-solver:use_karras_sigmas=True,final_sigmas_type=sigma_min"
            + " | dpm-solver:use_karras_sigmas=true,final_sigmas_type=sigma_min",
        "dpm-solver:lower_order_final=false | dpm-solver:lower_order_final=false",
        "LCMScheduler                    | lcm",
        "EulerDiscreteScheduler          | euler",
        "euler:final_sigmas_type=sigma_min | euler:final_sigmas_type=sigma_min",
        "Euler-Ancestral                 | euler-ancestral",
        "EulerAncestralDiscreteScheduler | euler-ancestral",
        "PNDMScheduler                   | pndm",
        "pndm:skip_prk_steps=false       | pndm:skip_prk_steps=false",
        "UniPCMultistepScheduler         | unipc",
        "Model                           | model",
        "unipc:solver_order=3            | unipc:solver_order=3"
      })
  void parse_manySpellings_haveOneText(String text, String expected) {
    assertThat(Scheduler.parse(text)).hasToString(expected);
  }

  @Test
  void options_everyKind_areDiffusersKeywords() {
    assertThat(Scheduler.ddim(0.5).options()).isEmpty();
    assertThat(Scheduler.ddim(0.5).eta()).isEqualTo(0.5);
    assertThat(Scheduler.dpmSolver().options())
        .containsExactly(
            entry("use_karras_sigmas", false),
            entry("final_sigmas_type", "zero"),
            entry("lower_order_final", true));
    assertThat(Scheduler.dpmSolver().eta()).isZero();
    assertThat(Scheduler.lcm().options()).isEmpty();
    assertThat(Scheduler.euler().options())
        .containsExactly(entry("use_karras_sigmas", false), entry("final_sigmas_type", "zero"));
    assertThat(Scheduler.eulerAncestral().options()).isEmpty();
    assertThat(Scheduler.pndm().options()).containsExactly(entry("skip_prk_steps", true));
    assertThat(Scheduler.uniPc().options())
        .containsExactly(
            entry("solver_order", 2),
            entry("solver_type", "bh2"),
            entry("predict_x0", true),
            entry("use_karras_sigmas", false),
            entry("final_sigmas_type", "zero"),
            entry("lower_order_final", true));
  }

  @Test
  void stepsRun_noiseRate_cutsAsDiffusersInDouble() {
    assertThat(Scheduler.ddim().stepsRun(0.58, 50)).isEqualTo(28);
    assertThat(Scheduler.dpmSolver().stepsRun(0.05, 10)).isZero();
    assertThat(Scheduler.lcm().stepsRun(0.05, 4)).isEqualTo(4);
    assertThat(Scheduler.pndm().stepsRun(0.58, 50)).isEqualTo(29);
    assertThat(Scheduler.pndm().stepsRun(1, 1)).isEqualTo(1);
    assertThat(Scheduler.pndm().stepsRun(0.05, 10)).isZero();
    assertThat(Scheduler.pndm().withSkipPrkSteps(false).stepsRun(0.5, 20)).isEqualTo(19);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "heun", "HeunDiscreteScheduler", "ddim2", "eta=1"})
  void parse_unknownName_namesThoseThereAre(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scheduler.parse(text))
        .withMessage(
            "A scheduler is one of ddim (DDIMScheduler), dpm-solver (DPMSolverMultistepScheduler),"
                + " lcm (LCMScheduler), euler (EulerDiscreteScheduler), euler-ancestral"
                + " (EulerAncestralDiscreteScheduler), pndm (PNDMScheduler), unipc"
                + " (UniPCMultistepScheduler), model, is \""
                + text
                + "\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ddim:steps=3 | The scheduler ddim has the options [eta], got \"steps\"",
        "dpm-solver:eta=1 | The scheduler dpm-solver has the options [use_karras_sigmas,"
            + " final_sigmas_type, lower_order_final], got \"eta\"",
        "lcm:eta=1 | The scheduler lcm has no options, got \"eta\"",
        "ddim:eta=x | eta must be a number, is \"x\"",
        "ddim:eta=2 | eta must be in [0.0, 1.0], is 2.0",
        "ddim:eta=NaN | eta must be a number, is \"nan\"",
        "dpm-solver:use_karras_sigmas=1 | use_karras_sigmas must be true or false, is \"1\"",
        "unipc:solver_order=4 | solver_order must be in [1, 3], is 4",
        "unipc:solver_order=1.5 | solver_order must be a whole number, is \"1.5\"",
        "unipc:solver_type=bh3 | solver_type must be bh1 or bh2, is \"bh3\"",
        "unipc:solver_type=bh1 | final_sigmas_type must be sigma_min with solver_type=bh1,"
            + " predict_x0=false or lower_order_final=false, is zero",
        "unipc:predict_x0=false | final_sigmas_type must be sigma_min with solver_type=bh1,"
            + " predict_x0=false or lower_order_final=false, is zero",
        "dpm-solver:final_sigmas_type=one | final_sigmas_type must be zero or sigma_min, is"
            + " \"one\"",
      })
  void parse_badOption_isRefusedWithWhatThereIs(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scheduler.parse(text))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddim:", "ddim:eta", "ddim:eta=1,", "ddim:eta=1,eta=1", "ddim:=1"})
  void parse_brokenOptions_isRefusedAsGiven(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scheduler.parse(text))
        .withMessage(
            "A scheduler's options are option=value, divided by commas, each once, is \""
                + text
                + "\"");
  }

  @Test
  void arguments_null_areRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> Scheduler.parse(Nulls.nothing()))
        .withMessage("text");
    assertThatNullPointerException()
        .isThrownBy(() -> Scheduler.of(Nulls.nothing(), Map.of()))
        .withMessage("name");
    assertThatNullPointerException()
        .isThrownBy(() -> Scheduler.of("ddim", Nulls.nothing()))
        .withMessage("options");
    assertThatNullPointerException()
        .isThrownBy(() -> Scheduler.dpmSolver().withFinalSigmas(Nulls.nothing()))
        .withMessage("finalSigmas");
  }

  @ParameterizedTest
  @EnumSource
  void parseSpacing_itsText_isItself(TimestepSpacing spacing) {
    assertThat(TimestepSpacing.parse(spacing.toString())).isEqualTo(spacing);
    assertThat(TimestepSpacing.parse(" " + spacing.name() + " ")).isEqualTo(spacing);
  }

  @Test
  void parseSpacing_otherText_isRefusedAsGiven() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimestepSpacing.parse("karras"))
        .withMessage("A timestep spacing is leading, linspace or trailing, is \"karras\"");
  }
}
