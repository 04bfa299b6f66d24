package dev.sgid.dataset.training;

import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.Verdict;
import dev.sgid.internal.Require;
import org.jspecify.annotations.Nullable;

/**
 * A picture to train on, not read yet: an original or a copy of one. Immutable.
 *
 * @param name of the picture: relative to the folder it lies in, with {@code /}; of a copy that is
 *     made on demand, its original's name and its index
 * @param label the class, as the data set has it
 * @param classIndex of the label among {@link TrainingSet#classes()}
 * @param original name of the original in its data set; an original has its own
 * @param group what must stay together when a set is split: SHA-256 of the original's size and
 *     pixels, in hexadecimal
 * @param copy index of the copy, from 0; null for an original
 * @param consistency cosine of copy and original, in [-1, 1]; null for an original, and where it is
 *     not known
 * @param verdict what was found of the copy; null for an original, and where nothing was
 */
public record Sample(
    String name,
    String label,
    int classIndex,
    String original,
    String group,
    @Nullable Integer copy,
    @Nullable Double consistency,
    @Nullable Verdict verdict) {
  public Sample {
    requireNonNull(name, "name");
    requireNonNull(label, "label");
    Require.atLeast(0, classIndex, "classIndex");
    requireNonNull(original, "original");
    requireNonNull(group, "group");
  }

  /** An original. */
  static Sample original(String name, String label, int classIndex, String original, String group) {
    return new Sample(name, label, classIndex, original, group, null, null, null);
  }

  /** Whether it was made of an original. */
  public boolean isCopy() {
    return copy != null;
  }

  Sample withClassIndex(int value) {
    return new Sample(name, label, value, original, group, copy, consistency, verdict);
  }

  Sample withConsistency(double value) {
    return new Sample(name, label, classIndex, original, group, copy, value, verdict);
  }
}
