package dev.sgid.onnx.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.sgid.onnx.reference.Golden;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchRandomTest {
  private static final float BOUND = 1e-6f;

  @ParameterizedTest(name = "seed {0}: {1}")
  @MethodSource("cases")
  void draws_anySequenceOfCalls_areTorchs(long seed, String calls, List<JsonObject> draws) {
    TorchRandom random = new TorchRandom(seed);
    for (int i = 0; i < draws.size(); i++) {
      JsonObject draw = draws.get(i);
      if (draw.has("normals")) {
        float[] expected = Golden.floats(draw.get("normals"));
        float[] actual = new float[expected.length];
        random.normal(actual);
        assertThat(actual).as("call %d of %s", i, calls).containsExactly(expected, within(BOUND));
      } else {
        int among = draw.get("among").getAsInt();
        assertThat(random.multinomial(probabilities(among)))
            .as("call %d of %s", i, calls)
            .isEqualTo(draw.get("index").getAsInt());
      }
    }
  }

  static Stream<Arguments> cases() {
    return Golden.objects(Golden.read("random/torch.json.gz").get("cases")).stream()
        .map(
            c -> {
              List<JsonObject> draws = Golden.objects(c.get("draws"));
              return Arguments.of(c.get("seed").getAsLong(), describe(draws), draws);
            });
  }

  private static String describe(List<JsonObject> draws) {
    return draws.stream()
        .limit(12)
        .map(
            d ->
                d.has("among")
                    ? "1 of " + d.get("among")
                    : Golden.floats(d.get("normals")).length + " normals")
        .toList()
        .toString();
  }

  /** As in random_reference.py. */
  private static float[] probabilities(int n) {
    float[] p = new float[n];
    for (int i = 0; i < n; i++) {
      p[i] = (float) (i * 7919L % 1009 + (n < 3 ? 1 : 0)) / 1009f;
    }
    return p;
  }

  @Test
  void seed_32BitsHigher_drawsTheSame() {
    float[] low = new float[20];
    float[] high = new float[20];

    new TorchRandom(7).normal(low);
    new TorchRandom(7 + (1L << 32)).normal(high);

    assertThat(high).isEqualTo(low);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 16, 21})
  void normal_bufferSlice_fillsOnlyPositionToLimit(int n) {
    float[] expected = new float[n];
    new TorchRandom(5).normal(expected);
    FloatBuffer buffer = FloatBuffer.allocate(n + 5).position(2).limit(n + 2);

    new TorchRandom(5).normal(buffer);

    assertThat(buffer.position()).isEqualTo(2);
    assertThat(buffer.limit()).isEqualTo(n + 2);
    assertThat(buffer.array()).startsWith(0, 0).endsWith(0, 0, 0).containsSequence(expected);
  }

  @Test
  void normal_nothing_drawsNothing() {
    TorchRandom random = new TorchRandom(5);
    float[] expected = new float[16];
    new TorchRandom(5).normal(expected);
    float[] actual = new float[16];

    random.normal(new float[0]);
    random.normal(actual);

    assertThat(actual).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY})
  void multinomial_badProbability_isRefusedWithItsValue(float bad) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchRandom(0).multinomial(new float[] {0.5f, bad}))
        .withMessageContaining("probabilities[1]")
        .withMessageContaining(Float.toString(bad));
  }

  @Test
  void multinomial_noProbabilityAboveZero_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TorchRandom(0).multinomial(new float[2]))
        .withMessage("None of the 2 probabilities is above 0");
  }
}
