package dev.sgid.djl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class PyTorchConditionTest {
  @Test
  void of_machineWithoutPyTorch_saysWhyTestsDoNotRun() {
    ConditionEvaluationResult result = PyTorchCondition.of("osx-x86_64");
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason())
        .hasValue("There is no PyTorch in a Maven artifact for osx-x86_64");
  }

  @Test
  void of_machineWithPyTorch_isEnabled() {
    assertThat(PyTorchCondition.of("linux-x86_64").isDisabled()).isFalse();
  }
}
