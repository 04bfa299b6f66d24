package dev.sgid.onnx.internal.generation;

import java.util.Arrays;
import java.util.List;

/**
 * A sequence that a search ended with.
 *
 * @param ids tokens from the prompt's first on; ends with the end token unless its length ran out
 * @param score how likely the search holds it; comparable within one search only
 */
public record Hypothesis(List<Integer> ids, double score) {
  public Hypothesis {
    ids = List.copyOf(ids);
  }

  static Hypothesis of(int[] ids, double score) {
    return new Hypothesis(Arrays.stream(ids).boxed().toList(), score);
  }
}
