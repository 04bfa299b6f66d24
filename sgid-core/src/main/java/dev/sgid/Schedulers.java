package dev.sgid;

import dev.sgid.Scheduler.FinalSigmas;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The schedulers by name, and how their options are read and written. */
final class Schedulers {
  static final String DDIM = "ddim";
  static final String DPM_SOLVER = "dpm-solver";
  static final String LCM = "lcm";
  static final String EULER = "euler";
  static final String EULER_ANCESTRAL = "euler-ancestral";
  static final String PNDM = "pndm";
  static final String SKIP_PRK = "skip_prk_steps";
  static final String UNI_PC = "unipc";
  static final String MODEL = "model";
  static final String ORDER = "solver_order";
  static final String SOLVER = "solver_type";
  static final String PREDICT_X0 = "predict_x0";
  static final String KARRAS = "use_karras_sigmas";
  static final String FINAL = "final_sigmas_type";
  static final String LOWER_ORDER = "lower_order_final";

  private static final List<Form> FORMS =
      List.of(
          new Form(DDIM, Scheduler.ddim(), List.of("eta"), Schedulers::ddim),
          new Form(
              DPM_SOLVER,
              Scheduler.dpmSolver(),
              List.of(KARRAS, FINAL, LOWER_ORDER),
              Schedulers::dpmSolver),
          new Form(LCM, Scheduler.lcm(), List.of(), options -> Scheduler.lcm()),
          new Form(EULER, Scheduler.euler(), List.of(KARRAS, FINAL), Schedulers::euler),
          new Form(
              EULER_ANCESTRAL,
              Scheduler.eulerAncestral(),
              List.of(),
              options -> Scheduler.eulerAncestral()),
          new Form(
              PNDM,
              Scheduler.pndm(),
              List.of(SKIP_PRK),
              options -> new Scheduler.Pndm(options.flag(SKIP_PRK, true))),
          new Form(
              UNI_PC,
              Scheduler.uniPc(),
              List.of(ORDER, SOLVER, PREDICT_X0, KARRAS, FINAL, LOWER_ORDER),
              Schedulers::uniPc),
          new Form(MODEL, Scheduler.model(), List.of(), options -> Scheduler.model()));

  private Schedulers() {}

  /**
   * A kind of scheduler.
   *
   * @param text its name in a text
   * @param usual with all options at their defaults
   * @param options the keywords it has
   */
  private record Form(
      String text, Scheduler usual, List<String> options, Function<Options, Scheduler> make) {
    String described() {
      return usual.name().equals(text) ? text : text + " (" + usual.name() + ")";
    }

    boolean isCalled(String name) {
      return name.equalsIgnoreCase(text) || name.equalsIgnoreCase(usual.name());
    }
  }

  static Scheduler of(String name, Map<String, ?> options) {
    for (Form form : FORMS) {
      if (form.isCalled(name.strip())) {
        requireKnown(form, options.keySet());
        return form.make.apply(new Options(options));
      }
    }
    String all = FORMS.stream().map(Form::described).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("A scheduler is one of " + all + ", is \"" + name + "\"");
  }

  private static void requireKnown(Form form, Set<String> given) {
    Set<String> unknown = new TreeSet<>(given);
    form.options.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "The scheduler "
              + form.text
              + " has "
              + (form.options.isEmpty() ? "no options" : "the options " + form.options)
              + ", got \""
              + unknown.iterator().next()
              + "\"");
    }
  }

  private static Scheduler ddim(Options options) {
    return Scheduler.ddim(options.number("eta", 0));
  }

  private static Scheduler dpmSolver(Options options) {
    Scheduler.DpmSolver usual = Scheduler.dpmSolver();
    return usual
        .withKarrasSigmas(options.flag(KARRAS, usual.useKarrasSigmas()))
        .withFinalSigmas(options.choice(FINAL, usual.finalSigmas(), FinalSigmas.values()))
        .withLowerOrderFinal(options.flag(LOWER_ORDER, usual.lowerOrderFinal()));
  }

  private static Scheduler euler(Options options) {
    Scheduler.Euler usual = Scheduler.euler();
    return usual
        .withKarrasSigmas(options.flag(KARRAS, usual.useKarrasSigmas()))
        .withFinalSigmas(options.choice(FINAL, usual.finalSigmas(), FinalSigmas.values()));
  }

  private static Scheduler uniPc(Options options) {
    Scheduler.UniPc usual = Scheduler.uniPc();
    return new Scheduler.UniPc(
        options.integer(ORDER, usual.solverOrder()),
        options.choice(SOLVER, usual.solverType(), Scheduler.SolverType.values()),
        options.flag(PREDICT_X0, usual.predictX0()),
        options.flag(KARRAS, usual.useKarrasSigmas()),
        options.choice(FINAL, usual.finalSigmas(), FinalSigmas.values()),
        options.flag(LOWER_ORDER, usual.lowerOrderFinal()));
  }

  /** Reads {@code key=value,key=value}. */
  static Map<String, String> options(String text, String whole) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String option : text.split(",", -1)) {
      int equals = option.indexOf('=');
      String key = equals < 0 ? "" : option.substring(0, equals).strip();
      if (key.isEmpty() || options.put(key, option.substring(equals + 1).strip()) != null) {
        throw new IllegalArgumentException(
            "A scheduler's options are option=value, divided by commas, each once, is \""
                + whole
                + "\"");
      }
    }
    return options;
  }

  /** The text of a scheduler: its name and the options that differ from the usual ones. */
  static String text(String name, Map<String, Object> options, Map<String, Object> usual) {
    String changed =
        options.entrySet().stream()
            .filter(option -> !option.getValue().equals(usual.get(option.getKey())))
            .map(option -> option.getKey() + "=" + option.getValue())
            .collect(Collectors.joining(","));
    return changed.isEmpty() ? name : name + ":" + changed;
  }

  /** Options as they are given: as values, or as the texts of values. */
  private record Options(Map<String, ?> given) {
    private @Nullable String text(String key) {
      Object value = given.get(key);
      return value == null ? null : value.toString().strip().toLowerCase(Locale.ROOT);
    }

    double number(String key, double otherwise) {
      String text = text(key);
      try {
        return text == null ? otherwise : Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(key + " must be a number, is \"" + text + "\"", e);
      }
    }

    boolean flag(String key, boolean otherwise) {
      String text = text(key);
      if (text == null) {
        return otherwise;
      }
      if (!text.equals("true") && !text.equals("false")) {
        throw new IllegalArgumentException(key + " must be true or false, is \"" + text + "\"");
      }
      return text.equals("true");
    }

    int integer(String key, int otherwise) {
      double number = number(key, otherwise);
      if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            key + " must be a whole number, is \"" + text(key) + "\"");
      }
      return (int) number;
    }

    <E extends Enum<E>> E choice(String key, E otherwise, E[] all) {
      String text = text(key);
      for (E choice : all) {
        if (choice.toString().equals(text)) {
          return choice;
        }
      }
      if (text == null) {
        return otherwise;
      }
      String known = Arrays.stream(all).map(Enum::toString).collect(Collectors.joining(" or "));
      throw new IllegalArgumentException(key + " must be " + known + ", is \"" + text + "\"");
    }
  }
}
