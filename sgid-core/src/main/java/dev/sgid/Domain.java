package dev.sgid;

import dev.sgid.internal.Embeddings;
import dev.sgid.internal.Require;
import java.util.List;

/**
 * What a pack knows: where the images that it was trained on lie in its scorer's space. An image
 * far from all of them comes out as rubble, however good the models are at what they know.
 *
 * <p>Immutable and thread-safe.
 */
public final class Domain {
  private final List<float[]> centres; // of length 1 each
  private final double far;

  /**
   * A domain around one or several centres.
   *
   * @param centres embeddings of length 1, at least one, not to be changed afterwards
   * @param far distances above this are far, in [0, 2]
   */
  public Domain(List<float[]> centres, double far) {
    this.centres = List.copyOf(centres);
    if (this.centres.isEmpty()) {
      throw new IllegalArgumentException("centres must not be empty");
    }
    this.far = Require.within(0, 2, far, "far");
  }

  /** Distances above this are far. */
  public double far() {
    return far;
  }

  /**
   * How far an image is from the nearest centre: 1 less their cosine, in [0, 2].
   *
   * @param embedding of length 1, as the pack's scorer makes it
   * @throws IllegalArgumentException if it is of another length than the centres
   */
  public double distance(float[] embedding) {
    return 1
        - centres.stream()
            .mapToDouble(centre -> Embeddings.cosine(centre, embedding))
            .max()
            .orElseThrow();
  }
}
