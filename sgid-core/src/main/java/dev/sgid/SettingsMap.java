package dev.sgid;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Settings as plain values and back: the one place that knows the names which job files and packs
 * use.
 */
final class SettingsMap {
  private static final String STEPS = "steps";
  private static final String RUN = "unet_calls";
  private static final String ETA = "eta";
  private static final String SCHEDULER = "scheduler";
  private static final String OPTIONS = "scheduler_options";

  /** How each value that stands for itself changes the settings, in the order of writing. */
  private static final Map<String, BiFunction<Settings, Value, Settings>> READERS = readers();

  private SettingsMap() {}

  static Map<String, @Nullable Object> of(Settings settings) {
    GenerationSettings generation = settings.generation();
    Size size = generation.size();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("noise_rate", generation.noiseRate());
    boolean fixed = generation.steps().kind() == Steps.Kind.RUN;
    map.put(fixed ? RUN : STEPS, generation.steps().count());
    map.putAll(of(generation.scheduler()));
    map.put("timestep_spacing", text(generation.timestepSpacing()));
    map.put("guidance", settings.guidance().toString());
    map.put("prompt", settings.prompt().text());
    map.put("negative_prompt", generation.negativePrompt());
    map.put("captions", settings.captions());
    map.put("caption_choice", settings.captionChoice().toString());
    map.put("size", size == null ? null : List.of(size.width(), size.height()));
    map.put("output_size", text(generation.outputSize()));
    map.put("strict", settings.strict());
    return Collections.unmodifiableMap(map);
  }

  /** A scheduler: diffusers' class, η, and the keywords that its constructor is to be given. */
  static Map<String, Object> of(Scheduler scheduler) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(SCHEDULER, scheduler.name());
    map.put(ETA, scheduler.eta());
    map.put(OPTIONS, scheduler.options());
    return map;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString().toLowerCase(Locale.ROOT);
  }

  static Settings apply(Settings settings, Map<String, ?> values) {
    Set<String> known = new LinkedHashSet<>(of(settings).keySet());
    known.addAll(READERS.keySet());
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "There is no setting \"" + key + "\"; there are " + String.join(", ", known));
      }
    }
    if (values.keySet().containsAll(Set.of(STEPS, RUN))) {
      throw new IllegalArgumentException(
          "steps and unet_calls say the same in two ways: give one of them, not both");
    }
    Settings changed = scheduler(settings, values);
    for (Map.Entry<String, ?> entry : values.entrySet()) {
      BiFunction<Settings, Value, Settings> reader = READERS.get(entry.getKey());
      if (reader != null) {
        changed = reader.apply(changed, new Value(entry.getKey(), entry.getValue()));
      }
    }
    return changed;
  }

  private static Map<String, BiFunction<Settings, Value, Settings>> readers() {
    Map<String, BiFunction<Settings, Value, Settings>> readers = new LinkedHashMap<>();
    readers.put("noise_rate", (s, value) -> s.withGeneration(g -> g.withNoiseRate(value.number())));
    readers.put(STEPS, (s, value) -> s.withGeneration(g -> g.withSteps(value.integer())));
    readers.put(RUN, (s, value) -> s.withGeneration(g -> g.withSteps(Steps.run(value.integer()))));
    readers.put(
        "timestep_spacing",
        (s, value) ->
            s.withGeneration(
                g ->
                    g.withTimestepSpacing(
                        value.isNull() ? null : TimestepSpacing.parse(value.text()))));
    readers.put("guidance", (s, value) -> s.withGuidance(GuidanceSchedule.parse(value.text())));
    readers.put("prompt", (s, value) -> s.withPrompt(new PromptTemplate(value.text())));
    readers.put(
        "negative_prompt", (s, value) -> s.withGeneration(g -> g.withNegativePrompt(value.text())));
    readers.put("captions", (s, value) -> s.withCaptions(value.integer()));
    readers.put(
        "caption_choice", (s, value) -> s.withCaptionChoice(CaptionChoice.parse(value.text())));
    readers.put("size", (s, value) -> s.withGeneration(g -> g.withSize(value.size())));
    readers.put(
        "output_size",
        (s, value) -> s.withGeneration(g -> g.withOutputSize(OutputSize.parse(value.text()))));
    readers.put("strict", (s, value) -> s.withStrict(value.flag()));
    return readers;
  }

  /** The scheduler's three keys go together: one of them alone changes what is there. */
  private static Settings scheduler(Settings settings, Map<String, ?> values) {
    if (Collections.disjoint(values.keySet(), Set.of(SCHEDULER, ETA, OPTIONS))) {
      return settings;
    }
    Scheduler before = settings.generation().scheduler();
    String name =
        values.containsKey(SCHEDULER)
            ? new Value(SCHEDULER, values.get(SCHEDULER)).text()
            : before.name();
    Map<String, Object> options =
        values.containsKey(OPTIONS)
            ? new Value(OPTIONS, values.get(OPTIONS)).map()
            : values.containsKey(SCHEDULER) ? Map.of() : before.options();
    Scheduler scheduler = Scheduler.of(name, options);
    if (scheduler instanceof Scheduler.Ddim
        && before instanceof Scheduler.Ddim
        && !options.containsKey(ETA)) {
      scheduler = before; // keeps eta
    }
    if (values.containsKey(ETA)) {
      double eta = new Value(ETA, values.get(ETA)).number();
      if (scheduler instanceof Scheduler.Ddim) {
        scheduler = Scheduler.ddim(eta);
      } else if (eta != 0) {
        throw new IllegalArgumentException(
            "eta must be 0 with the scheduler " + scheduler + ", is " + eta);
      }
    }
    Scheduler read = scheduler;
    return settings.withGeneration(g -> g.withScheduler(read));
  }

  /** A setting's value, of which its key expects something. */
  private record Value(String key, @Nullable Object value) {
    boolean isNull() {
      return value == null;
    }

    double number() {
      if (!(value instanceof Number number)) {
        throw refused("a number");
      }
      return number.doubleValue();
    }

    int integer() {
      double number = number();
      if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
        throw refused("a whole number");
      }
      return (int) number;
    }

    String text() {
      if (!(value instanceof String text)) {
        throw refused("a text");
      }
      return text;
    }

    boolean flag() {
      if (!(value instanceof Boolean flag)) {
        throw refused("true or false");
      }
      return flag;
    }

    /** A list of width and height, a text like 512x384, or null. */
    @Nullable Size size() {
      if (value instanceof List<?> list
          && list.size() == 2
          && list.get(0) instanceof Number width
          && list.get(1) instanceof Number height) {
        return new Size(new Value(key, width).integer(), new Value(key, height).integer());
      }
      return value == null ? null : Size.parse(text());
    }

    Map<String, Object> map() {
      if (!(value instanceof Map<?, ?> map)) {
        throw refused("names and values");
      }
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((name, one) -> copy.put(String.valueOf(name), one));
      return copy;
    }

    private IllegalArgumentException refused(String expected) {
      return new IllegalArgumentException(key + " must be " + expected + ", is " + value);
    }
  }
}
