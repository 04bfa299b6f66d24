package dev.sgid.dataset.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What of an {@link Evaluation} is drawn. */
final class EvaluationCharts {
  private static final int MOST_CLASSES = 40;

  private final Evaluation evaluation;
  private final List<Chart> charts = new ArrayList<>();

  private EvaluationCharts(Evaluation evaluation) {
    this.evaluation = evaluation;
  }

  /** A series of bars, one a class. */
  private record Measure(String name, Function<Scores, @Nullable Double> value) {}

  static List<Chart> of(Evaluation evaluation) {
    Fonts.require();
    EvaluationCharts drawn = new EvaluationCharts(evaluation);
    drawn.classes(
        "consistency",
        "Consistency: mean CLIP cosine, by class",
        "cosine",
        new Measure("copies and their originals", Scores::consistency),
        new Measure("originals of the class, two by two", Scores::amongOriginals));
    drawn.classes(
        "accuracy",
        "Zero-shot accuracy of CLIP among " + evaluation.zeroShot().labels() + " labels, by class",
        "share taken for their label",
        new Measure("copies", Scores::copiesRight),
        new Measure("originals", Scores::originalsRight));
    drawn.classes(
        "diversity",
        "Diversity in CLIP's space: mean of 1 - cosine, by class",
        "1 - cosine",
        new Measure("two copies of one original", Scores::amongCopies),
        new Measure("a copy and its original", Scores::fromOriginal));
    drawn.classes(
        "diversity-pixels",
        "Diversity in pixels: mean RMS difference of levels, by class",
        "fraction of the range",
        new Measure("two copies of one original", Scores::amongCopiesPixels),
        new Measure("a copy and its original", Scores::fromOriginalPixels));
    drawn.histogram("consistency", "Consistency of copies", "CLIP cosine of copy and original");
    drawn.histogram(
        "similarity",
        "Similarity of originals and captions",
        "CLIP cosine of original and caption");
    drawn.histogram("guidance_scale", "Guidance scale", "w");
    return List.copyOf(drawn.charts);
  }

  private void classes(String name, String title, String unit, Measure... measures) {
    List<Map.Entry<String, Scores>> classes = new ArrayList<>(evaluation.classes().entrySet());
    String shown = title;
    if (classes.size() > MOST_CLASSES) {
      Function<Scores, @Nullable Double> first = measures[0].value();
      classes.removeIf(c -> first.apply(c.getValue()) == null);
      classes.sort(Comparator.comparingDouble(c -> value(first, c.getValue())));
      int lowest = Math.min(MOST_CLASSES, classes.size());
      classes = classes.subList(0, lowest);
      shown += " (the lowest " + lowest + " of " + evaluation.classes().size() + ")";
    }
    Map<String, List<Double>> series = new LinkedHashMap<>();
    for (Measure measure : measures) {
      List<Double> values =
          classes.stream().map(c -> value(measure.value(), c.getValue())).toList();
      if (!values.stream().allMatch(value -> value.isNaN())) {
        series.put(measure.name(), values.stream().map(v -> v.isNaN() ? 0 : v).toList());
      }
    }
    if (!series.isEmpty()) {
      charts.add(
          Bars.byClass(
              name, shown, unit, classes.stream().map(Map.Entry::getKey).toList(), series));
    }
  }

  /** The value; not a number where there is none. */
  private static double value(Function<Scores, @Nullable Double> measure, Scores scores) {
    Double value = measure.apply(scores);
    return value == null ? Double.NaN : value;
  }

  private void histogram(String name, String title, String unit) {
    Histogram histogram = evaluation.histograms().get(name);
    if (histogram != null) {
      charts.add(Bars.histogram(Chart.HISTOGRAM + name.replace('_', '-'), title, unit, histogram));
    }
  }
}
