package dev.sgid.dataset.evaluate;

import java.util.List;

/** x. */
final class EvaluationCharts {
  private EvaluationCharts() {}

  static List<Chart> of(Evaluation evaluation) {
    return List.of();
  }
}
