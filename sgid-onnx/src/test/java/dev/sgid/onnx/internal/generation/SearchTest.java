package dev.sgid.onnx.internal.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.sgid.onnx.reference.Golden;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SearchTest {
  private static final JsonObject GOLDEN = Golden.read("goldens/searches.json.gz");

  static List<JsonObject> cases() {
    return Golden.objects(GOLDEN.get("cases"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void run_anyOptions_tokensOfTransformers(JsonObject golden) {
    Search search = search(golden);

    Search.run(new TableModel(GOLDEN), List.of(search));

    List<Hypothesis> found = search.result().subList(0, GoldenSearch.sequences(golden));
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).ids())
          .as("%s, sequence %d", golden, i)
          .isEqualTo(ids(golden.getAsJsonArray("ids").get(i).getAsJsonArray()));
      if (golden.has("scores")) {
        double score = golden.getAsJsonArray("scores").get(i).getAsDouble();
        assertThat(found.get(i).score())
            .isCloseTo(score, within(1e-6 * Math.max(1, Math.abs(score))));
      }
    }
  }

  @Test
  void run_manyTogether_sameAsEachAlone() {
    List<JsonObject> sameStart =
        cases().stream().filter(c -> c.getAsJsonArray("prompt").size() == 1).toList();
    List<Search> together = sameStart.stream().map(SearchTest::search).toList();

    Search.run(new TableModel(GOLDEN), together);

    for (int i = 0; i < together.size(); i++) {
      Search alone = search(sameStart.get(i));
      Search.run(new TableModel(GOLDEN), List.of(alone));
      assertThat(together.get(i).result()).isEqualTo(alone.result());
    }
  }

  private static Search search(JsonObject golden) {
    int[] prompt =
        LongStream.of(Golden.longs(golden.get("prompt"))).mapToInt(Math::toIntExact).toArray();
    GenerationOptions options = GoldenSearch.options(golden, prompt.length);
    int end = GOLDEN.get("end").getAsInt();
    int sequences = GoldenSearch.sequences(golden);
    return Search.of(options, end, prompt, sequences, GoldenSearch.seed(golden));
  }

  private static List<Integer> ids(JsonArray ids) {
    return Arrays.stream(Golden.longs(ids)).mapToObj(Math::toIntExact).toList();
  }
}
