package dev.sgid.internal;

/** Arithmetic of embeddings. */
public final class Embeddings {
  private Embeddings() {}

  /** The dot product of two vectors: their cosine, where both are of length 1. */
  public static double dot(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "Embeddings to compare must be equally long, are of " + a.length + " and " + b.length);
    }
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** The cosine of two vectors of length 1, kept within [-1, 1]. */
  public static double cosine(float[] a, float[] b) {
    return Math.max(-1, Math.min(1, dot(a, b)));
  }
}
