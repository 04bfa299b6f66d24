package dev.sgid.djl;

import ai.djl.util.Platform;
import java.util.Set;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Whether there is a Maven artifact with PyTorch's libraries for this machine. */
final class PyTorchCondition implements ExecutionCondition {
  private static final Set<String> CLASSIFIERS =
      Set.of("linux-x86_64", "linux-aarch64", "osx-aarch64", "win-x86_64");

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return of(Platform.fromSystem("pytorch").getClassifier());
  }

  static ConditionEvaluationResult of(String machine) {
    return CLASSIFIERS.contains(machine)
        ? ConditionEvaluationResult.enabled("PyTorch comes for " + machine)
        : ConditionEvaluationResult.disabled(
            "There is no PyTorch in a Maven artifact for " + machine);
  }
}
