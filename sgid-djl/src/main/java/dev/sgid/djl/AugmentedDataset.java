package dev.sgid.djl;

/** Placeholder. */
public final class AugmentedDataset {
  private AugmentedDataset() {}
}
