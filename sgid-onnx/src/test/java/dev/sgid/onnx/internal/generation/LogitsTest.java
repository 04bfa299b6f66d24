package dev.sgid.onnx.internal.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LogitsTest {
  private static final float REMOVED = Float.NEGATIVE_INFINITY;

  @Test
  void logSoftmax_largeLogits_noOverflow() {
    float[] x = {1000, 1000, REMOVED};

    Logits.logSoftmax(x);

    assertThat(x[0]).isCloseTo((float) -Math.log(2), within(1e-6f));
    assertThat(x[2]).isEqualTo(REMOVED);
  }

  @Test
  void softmax_anyLogits_sumIsOne() {
    float[] x = {-3, 0.5f, 12, REMOVED};

    Logits.softmax(x);

    assertThat(x[0] + x[1] + x[2]).isCloseTo(1, within(1e-6f));
    assertThat(x[3]).isZero();
  }

  @Test
  void penalizeRepetition_tokenTwiceInSequence_penalizedOnce() {
    float[] x = {4, -4, 4};

    Logits.penalizeRepetition(x, new int[] {0, 1, 0, 1}, 2);

    assertThat(x).containsExactly(2, -8, 4);
  }

  @Test
  void keepTopK_equalToTheLeast_stays() {
    float[] x = {1, 3, 2, 2, 0};

    Logits.keepTopK(x, 2);

    assertThat(x).containsExactly(REMOVED, 3, 2, 2, REMOVED);
  }

  @Test
  void keepTopP_tiny_likeliestStays() {
    float[] x = {0, 5, 1};

    Logits.keepTopP(x, 1e-9);

    assertThat(x).containsExactly(REMOVED, 5, REMOVED);
  }

  @Test
  void keepTopP_half_unlikeliestUpToHalfRemoved() {
    float[] x = {(float) Math.log(0.3), (float) Math.log(0.15), (float) Math.log(0.55)};

    Logits.keepTopP(x, 0.5);

    assertThat(x[0]).isEqualTo(REMOVED);
    assertThat(x[1]).isEqualTo(REMOVED);
    assertThat(x[2]).isEqualTo((float) Math.log(0.55));
  }
}
