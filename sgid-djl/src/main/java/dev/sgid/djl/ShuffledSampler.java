package dev.sgid.djl;

import ai.djl.training.dataset.BatchSampler;
import ai.djl.training.dataset.SequenceSampler;

/** Asks for the epoch's own order by chance, which {@link AugmentedDataset} puts beneath it. */
final class ShuffledSampler extends BatchSampler {
  ShuffledSampler(int batchSize, boolean dropLast) {
    super(new SequenceSampler(), batchSize, dropLast);
  }
}
