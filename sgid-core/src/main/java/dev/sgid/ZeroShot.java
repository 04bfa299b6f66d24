package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Embeddings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells what an image shows, among labels that nobody trained it on: the softmax over the scaled
 * cosines of the image's and each label's embedding [1].
 *
 * <p>Immutable and thread-safe.
 *
 * <p>[1] A. Radford et al., "Learning Transferable Visual Models From Natural Language
 * Supervision", ICML 2021, section 3.1.
 */
public final class ZeroShot {
  /** What a label is put into where nothing says otherwise. */
  public static final PromptTemplate USUAL_PROMPT = new PromptTemplate("a photo of a {label}");

  private final List<String> labels;
  private final List<float[]> embedded; // of length 1 each
  private final LogitScale scale;
  private final PromptTemplate prompt;

  ZeroShot(List<String> labels, List<float[]> embedded, LogitScale scale, PromptTemplate prompt) {
    this.labels = List.copyOf(labels);
    this.embedded = List.copyOf(embedded);
    this.scale = scale;
    this.prompt = prompt;
  }

  static void requireDistinct(List<String> labels) {
    requireNonNull(labels, "labels");
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("labels must not be empty");
    }
    Set<String> seen = new HashSet<>();
    for (String label : labels) {
      if (Label.text(label).isEmpty()) {
        throw new IllegalArgumentException("label must not be blank, is \"" + label + "\"");
      }
      if (!seen.add(label)) {
        throw new IllegalArgumentException("labels must differ, \"" + label + "\" is there twice");
      }
    }
  }

  /** The labels, as they were given. */
  public List<String> labels() {
    return labels;
  }

  /** What the cosines are multiplied by, and who says so. */
  public LogitScale scale() {
    return scale;
  }

  /** What each label was put into. */
  public PromptTemplate prompt() {
    return prompt;
  }

  /**
   * How alike an image and each label's text are: their cosines, in [-1, 1], in order.
   *
   * @param image its embedding, see {@link Sgid#embedImages}
   * @throws IllegalArgumentException if it is not as long as those of the labels
   */
  public double[] cosines(float[] image) {
    return embedded.stream().mapToDouble(label -> Embeddings.cosine(image, label)).toArray();
  }

  /**
   * How likely it is that an image shows each label.
   *
   * @param image its embedding, see {@link Sgid#embedImages}
   * @return one probability per label, in order; their sum is 1
   * @throws IllegalArgumentException if it is not as long as those of the labels
   */
  public double[] probabilities(float[] image) {
    double[] p = cosines(image);
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < p.length; i++) {
      p[i] *= scale.value();
      most = Math.max(most, p[i]);
    }
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(p[i] - most);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }
}
