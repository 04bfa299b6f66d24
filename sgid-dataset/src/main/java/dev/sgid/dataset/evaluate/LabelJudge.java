package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

import dev.sgid.Label;
import dev.sgid.Sgid;
import dev.sgid.ZeroShot;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Says how well pictures suit a label, alone or among others.
 *
 * @param zeroShot of the label alone, or of all labels
 * @param index of the label
 */
record LabelJudge(ZeroShot zeroShot, int index) {
  /**
   * Takes labels up.
   *
   * @param labels all that there are; empty where only the one is known
   * @throws IllegalArgumentException if the label is none of them
   */
  static LabelJudge of(Sgid sgid, String label, List<String> labels) {
    requireNonNull(label, "label");
    List<String> all = labels.isEmpty() ? List.of(label) : labels;
    List<String> texts = all.stream().map(Label::text).toList();
    int index = texts.indexOf(Label.text(label));
    if (index < 0) {
      throw new IllegalArgumentException(
          "labels must have \"" + Label.text(label) + "\" among them, are " + texts);
    }
    return new LabelJudge(sgid.zeroShot(texts), index);
  }

  /** Cosine of the picture and the label's text. */
  double cosine(float[] embedding) {
    return zeroShot.cosines(embedding)[index];
  }

  /** The label's probability among all; empty where there are no others. */
  OptionalDouble probability(float[] embedding) {
    return zeroShot.labels().size() == 1
        ? OptionalDouble.empty()
        : OptionalDouble.of(zeroShot.probabilities(embedding)[index]);
  }

  /** What the second number below a picture is, in a line. */
  String explained() {
    String prompt = zeroShot.prompt().format(zeroShot.labels().get(index), "");
    return zeroShot.labels().size() == 1
        ? "text: CLIP cosine of the picture and \"" + prompt + "\""
        : String.format(
            Locale.ROOT,
            "zero-shot: probability of \"%s\" among %d labels, logit scale %.4g (%s)",
            prompt,
            zeroShot.labels().size(),
            zeroShot.scale().value(),
            zeroShot.scale().origin());
  }

  /** The line of a picture. */
  static String line(double cosine, OptionalDouble probability) {
    return probability.isPresent()
        ? String.format(Locale.ROOT, "zero-shot %.2f", probability.getAsDouble())
        : String.format(Locale.ROOT, "text %.2f", cosine);
  }
}
