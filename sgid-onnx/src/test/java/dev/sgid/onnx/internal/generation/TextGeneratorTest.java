package dev.sgid.onnx.internal.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.onnx.internal.generation.GenerationOptions.EarlyStopping;
import dev.sgid.onnx.internal.generation.GenerationOptions.Strategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TextGeneratorTest {
  /** A ViT base's states are 1.8 MB a row, the keys and values of twelve layers 42.5 MB. */
  @ParameterizedTest
  @CsvSource({
    "1, 1772544, 151",
    "3, 1772544, 50",
    "100, 1772544, 1",
    "1, 42541056, 6",
    "3, 42541056, 2",
    "100, 42541056, 1",
    "3, 0, 268435456"
  })
  void thingsPerCall_manyRows_fewerThings(int rows, long bytesPerRow, int things) {
    assertThat(TextGenerator.thingsPerCall(rows, bytesPerRow)).isEqualTo(things);
  }

  @ParameterizedTest
  @EnumSource(Strategy.class)
  void rows_anyStrategy_asManyAsTheSearchHas(Strategy strategy) {
    GenerationOptions options = options(strategy);
    for (int wanted : new int[] {1, 3, 100}) {
      Search search = Search.of(options, 0, new int[1], wanted, 0);

      assertThat(options.rows(wanted)).isEqualTo(search.sequences().length);
    }
  }

  @Test
  void rows_twoBeams_atLeastTwo() {
    assertThat(options(Strategy.BEAM).rows(1)).isEqualTo(2);
  }

  private static GenerationOptions options(Strategy strategy) {
    return new GenerationOptions(strategy, 2, 20, 0, 1, 1, EarlyStopping.FALSE, 1, 50, 1, 0);
  }
}
