package dev.sgid.dataset.evaluate;

import dev.sgid.dataset.Source;
import dev.sgid.dataset.evaluate.EvaluationRun.Embedded;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sums up what is measured, by class and over all. */
final class Measures {
  private static final double FINEST_COSINE = 0.01;
  private static final double FINEST_SCALE = 0.25;
  private static final Comparator<Doubt> MOST_DOUBTED_FIRST =
      Comparator.comparingDouble(Doubt::probability).thenComparing(Doubt::source);

  private final List<String> labels;
  private final int mostDoubts;
  private final List<Tally> classes;
  private final Tally all = new Tally();
  private final Bins consistency = new Bins(FINEST_COSINE);
  private final Bins similarity = new Bins(FINEST_COSINE);
  private final Bins guidance = new Bins(FINEST_SCALE);
  private final PriorityQueue<Doubt> doubts = new PriorityQueue<>(MOST_DOUBTED_FIRST.reversed());
  private int doubted;

  Measures(List<String> labels, int mostDoubts) {
    this.labels = labels;
    this.mostDoubts = mostDoubts;
    this.classes = Stream.generate(Tally::new).limit(labels.size()).toList();
  }

  void original(Source source, int label, float[] embedding, double[] probabilities) {
    Tally own = classes.get(label);
    own.add(embedding);
    all.originals++;
    if (labels.size() < 2) {
      return; // nothing to tell apart
    }
    int taken = mostLikely(probabilities);
    for (Tally tally : List.of(own, all)) {
      tally.originalsRight.add(taken == label ? 1 : 0);
      tally.originalsLabel.add(probabilities[label]);
    }
    if (taken != label) {
      own.takenFor.merge(taken, 1, Integer::sum);
      doubted++;
      doubts.add(
          new Doubt(
              source.source(),
              source.label(),
              probabilities[label],
              labels.get(taken),
              probabilities[taken]));
      if (doubts.size() > mostDoubts) {
        Doubt ignored = doubts.remove(); // the one doubted least
      }
    }
  }

  void copy(Copy copy, int label, double[] probabilities) {
    for (Tally tally : List.of(classes.get(label), all)) {
      tally.copies++;
      if (labels.size() > 1) {
        tally.copiesRight.add(mostLikely(probabilities) == label ? 1 : 0);
        tally.copiesLabel.add(probabilities[label]);
      }
    }
    addIfKnown(similarity, copy.similarity());
    addIfKnown(guidance, copy.guidanceScale());
  }

  private static void addIfKnown(Bins bins, @Nullable Double value) {
    if (value != null) {
      bins.add(value);
    }
  }

  private static int mostLikely(double[] probabilities) {
    int most = 0;
    for (int i = 1; i < probabilities.length; i++) {
      if (probabilities[i] > probabilities[most]) {
        most = i;
      }
    }
    return most;
  }

  /**
   * Takes in how far an original and its copies are apart.
   *
   * @return the mean distance of two of the copies; null where there are not two
   */
  @Nullable Double distances(int label, Embedded original, List<Embedded> copies) {
    Mean pairs = new Mean();
    Mean pairsInPixels = new Mean();
    for (int i = 0; i < copies.size(); i++) {
      Embedded copy = copies.get(i);
      double cosine = copy.cosine(original);
      consistency.add(cosine);
      for (Tally tally : List.of(classes.get(label), all)) {
        tally.consistency.add(cosine);
        tally.fromOriginalPixels.add(copy.pixels(original));
      }
      for (Embedded sibling : copies.subList(i + 1, copies.size())) {
        pairs.add(1 - copy.cosine(sibling));
        pairsInPixels.add(copy.pixels(sibling));
      }
    }
    Double among = pairs.value();
    Double amongInPixels = pairsInPixels.value();
    if (among != null && amongInPixels != null) {
      for (Tally tally : List.of(classes.get(label), all)) {
        tally.amongCopies.add(among);
        tally.amongCopiesPixels.add(amongInPixels);
      }
    }
    return among;
  }

  Map<String, Scores> classes() {
    Map<String, Scores> scores = new LinkedHashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      Tally tally = classes.get(i);
      scores.put(labels.get(i), tally.scores(tally.amongOriginals()));
    }
    return scores;
  }

  Scores all() {
    Mean amongOriginals = new Mean();
    for (Tally tally : classes) {
      Double its = tally.amongOriginals();
      if (its != null) {
        amongOriginals.add(its, tally.pairs());
      }
    }
    return all.scores(amongOriginals.value());
  }

  Map<String, Histogram> histograms() {
    Map<String, Histogram> histograms = new LinkedHashMap<>();
    putIfAny(histograms, "consistency", consistency);
    putIfAny(histograms, "similarity", similarity);
    putIfAny(histograms, "guidance_scale", guidance);
    return histograms;
  }

  private static void putIfAny(Map<String, Histogram> histograms, String name, Bins bins) {
    Histogram histogram = bins.histogram();
    if (histogram != null) {
      histograms.put(name, histogram);
    }
  }

  /** Classes more than half of whose originals are taken for one other. */
  List<Mistaken> mistaken() {
    List<Mistaken> mistaken = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      int taken = mostlyTakenFor(i);
      if (taken >= 0) {
        Tally tally = classes.get(i);
        mistaken.add(
            new Mistaken(
                labels.get(i),
                labels.get(taken),
                tally.takenFor.getOrDefault(taken, 0),
                tally.originals,
                mostlyTakenFor(taken) == i));
      }
    }
    return mistaken;
  }

  private int mostlyTakenFor(int label) {
    Tally tally = classes.get(label);
    return tally.takenFor.entrySet().stream()
        .filter(taken -> 2 * taken.getValue() > tally.originals)
        .mapToInt(Map.Entry::getKey)
        .findFirst()
        .orElse(-1);
  }

  int doubted() {
    return doubted;
  }

  List<Doubt> doubts() {
    return doubts.stream().sorted(MOST_DOUBTED_FIRST).toList();
  }
}
