package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.TestImages;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ZeroShotTest {
  private static final Map<String, Double> COSINES =
      Map.of("a photo of a ankle boot", 0.30, "a photo of a bag", 0.29, "a photo of a coat", 0.20);

  @Test
  void probabilities_threeLabels_softmaxOfScaledCosines() {
    try (Sgid sgid = sgid()) {
      ZeroShot zeroShot = sgid.zeroShot(List.of("ankle_boot", "bag", "coat"));
      double[] p = zeroShot.probabilities(new float[] {1, 0});
      // softmax of 30, 29 and 20: numpy.exp(x - 30) / sum
      assertThat(p).containsExactly(new double[] {0.731035, 0.268933, 0.0000332}, within(1e-5));
      assertThat(zeroShot.scale()).isEqualTo(LogitScale.USUAL);
      assertThat(zeroShot.prompt()).hasToString("a photo of a {label}");
      assertThat(zeroShot.labels()).containsExactly("ankle_boot", "bag", "coat");
    }
  }

  @Test
  void zeroShot_labelsThatAreNone_refusedWithThem() {
    try (Sgid sgid = sgid()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sgid.zeroShot(List.of()))
          .withMessage("labels must not be empty");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sgid.zeroShot(List.of("bag", "bag")))
          .withMessage("labels must differ, \"bag\" is there twice");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sgid.zeroShot(List.of("_")))
          .withMessage("label must not be blank, is \"_\"");
    }
  }

  @Test
  void embedImages_some_thoseOfTheScorer() {
    try (Sgid sgid = sgid()) {
      assertThat(sgid.embedImages(List.of(TestImages.gradient(4, 4, 0))))
          .containsExactly(new float[] {1, 0});
      assertThat(sgid.embedImages(List.of())).isEmpty();
    }
  }

  private static Sgid sgid() {
    FakeScorer scorer =
        FakeScorer.ofCosine(0)
            .withTexts(text -> FakeScorer.atCosine(COSINES.getOrDefault(text, 0.0)));
    return Sgid.builder(new FakeCaptioner(), scorer, new FakeGenerator()).build();
  }
}
