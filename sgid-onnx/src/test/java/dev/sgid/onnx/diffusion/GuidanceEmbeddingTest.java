package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sgid.onnx.reference.Golden;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GuidanceEmbeddingTest {
  private static final float BOUND = 1e-6f;

  /**
   * How far an angle goes with a frequency's last bit. The reference's exponential is not always
   * rounded to the nearest float, and which are not differs from one machine to the next.
   */
  private static final double LAST_BIT = Math.scalb(1.0, -23);

  static List<JsonObject> goldens() {
    return Golden.objects(Golden.read("diffusion/guidance-embedding.json.gz").get("cases"));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void of_anyScaleAndWidth_isTheReferences(JsonObject golden) {
    int dimensions = golden.get("dimensions").getAsInt();
    double w = golden.get("guidanceScale").getAsDouble();
    float[] expected = Golden.floats(golden.get("embedding"));

    float[] embedding = new GuidanceEmbedding(dimensions).of(w);

    assertThat(embedding).hasSameSizeAs(expected);
    int half = dimensions / 2;
    int off = 0;
    for (int i = 0; i < dimensions; i++) {
      double angle = 1000 * (w - 1) * Math.pow(10_000, -(double) (i % half) / (half - 1));
      double difference = Math.abs(embedding[i] - expected[i]);
      assertThat(difference).isLessThanOrEqualTo(BOUND + Math.abs(angle) * LAST_BIT);
      off += difference > BOUND ? 1 : 0;
    }
    assertThat(off).as("how many are off").isLessThanOrEqualTo(dimensions / 25);
  }

  @Test
  void of_oddWidth_endsWithZero() {
    float[] embedding = new GuidanceEmbedding(5).of(7.5);

    assertThat(embedding).hasSize(5);
    assertThat(embedding[4]).isZero();
  }
}
