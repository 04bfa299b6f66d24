package dev.sgid.djl;

import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Sampler;
import java.util.Iterator;
import java.util.List;

/** A sampler's positions in an epoch, as indices of the samples that stand there. */
final class EpochSampler implements Sampler {
  private final Sampler positions;
  private final long[] indices; // by position

  EpochSampler(Sampler positions, long[] indices) {
    this.positions = positions;
    this.indices = indices;
  }

  @Override
  public Iterator<List<Long>> sample(RandomAccessDataset dataset) {
    Iterator<List<Long>> batches = positions.sample(dataset);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return batches.hasNext();
      }

      @Override
      public List<Long> next() {
        return batches.next().stream().map(position -> indices[Math.toIntExact(position)]).toList();
      }
    };
  }

  @Override
  public int getBatchSize() {
    return positions.getBatchSize();
  }
}
