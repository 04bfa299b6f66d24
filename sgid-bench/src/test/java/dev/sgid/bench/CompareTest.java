package dev.sgid.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompareTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0m0.00s 0m0.01s\n1m2.50s 0m3.25s\n", // dash
        "0m0.002s 0m0.004s\n1m2.500s 0m3.250s\n", // bash
        "0m0,002s 0m0,004s\n1m2,500s 0m3,250s\n" // bash where the comma is decimal
      })
  void childrenSeconds_ofAShellsTimes_addsUserAndSystem(String times) {
    assertThat(Compare.childrenSeconds(times)).isCloseTo(65.75, within(1e-9));
  }
}
