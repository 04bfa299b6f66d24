package dev.sgid;

import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.SimilarityScorerContract;

class FakeScorerTest implements SimilarityScorerContract {
  @Override
  public SimilarityScorer scorer() {
    return new FakeScorer();
  }
}
