package dev.sgid.onnx.clip;

import dev.sgid.Device;
import dev.sgid.SimilarityScorer;
import dev.sgid.onnx.reference.TestModels;
import dev.sgid.testing.SimilarityScorerContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(strings = {"tiny-clip", "tiny-clip-normalised", "tiny-clip-combined"})
class ClipSimilarityScorerContractTest implements SimilarityScorerContract {
  private final ClipSimilarityScorer scorer;

  ClipSimilarityScorerContractTest(String model) {
    scorer = ClipSimilarityScorer.open(TestModels.folder(model), Device.CPU, 1);
  }

  @AfterEach
  void close() {
    scorer.close();
  }

  @Override
  public SimilarityScorer scorer() {
    return scorer;
  }
}
