package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BinsTest {
  private static @Nullable Histogram of(double finest, double... values) {
    Bins bins = new Bins(finest);
    for (double value : values) {
      bins.add(value);
    }
    return bins.histogram();
  }

  @Test
  void histogram_nothing_isNone() {
    assertThat(of(0.01)).isNull();
  }

  @Test
  void histogram_valuesOnTheEdge_areInTheUpperBin() {
    assertThat(of(0.01, 0.29, 0.30, 0.299))
        .isEqualTo(new Histogram(29 * 0.01, 0.01, List.of(2, 1)));
  }

  @Test
  void histogram_negativeValues_haveBinsToo() {
    assertThat(of(0.25, -0.1, 0.1)).isEqualTo(new Histogram(-0.25, 0.25, List.of(1, 1)));
  }

  @Test
  void histogram_wideRange_hasWiderBins() {
    Histogram histogram = requireNonNull(of(0.25, 0, 7.5, 100));

    assertThat(histogram.width()).isEqualTo(4);
    assertThat(histogram.counts()).hasSize(26).startsWith(1, 1, 0).endsWith(0, 1);
    assertThat(histogram.middle(1)).isEqualTo(6);
  }

  @Test
  void histogram_noBins_isRefused() {
    assertThatThrownBy(() -> new Histogram(0, 1, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Histogram(0, 0, List.of(1)))
        .hasMessage("width must be above 0, is 0.0");
  }
}
