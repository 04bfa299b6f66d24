package dev.sgid.onnx.diffusion;

import dev.sgid.onnx.internal.runtime.OnnxModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** How the pictures of one size that a VAE is given are spread over runs. */
final class VaeRuns {
  /** Latents that a run of a large VAE on a CPU holds: one picture of 512x512, 1 GiB. */
  private static final long LATENTS = 64L * 64;

  private VaeRuns() {}

  /**
   * Runs a model that has one input.
   *
   * @param latents how many places the latents of a picture have
   * @param run what is made of the pictures of one run, one each
   * @return what is made of all, in their order
   */
  static <T, R> List<R> of(
      OnnxModel model, List<T> pictures, long latents, Function<List<T>, List<R>> run) {
    boolean alone = model.inputs().get(0).dimension(0) == 1 || model.dependsOnBatch();
    int most = alone ? 1 : model.rowsAtOnce(latents, LATENTS);
    if (pictures.size() <= most) {
      return run.apply(pictures);
    }
    List<R> made = new ArrayList<>();
    for (int first = 0; first < pictures.size(); first += most) {
      int end = Math.min(pictures.size() - first, most) + first;
      made.addAll(run.apply(pictures.subList(first, end)));
    }
    return made;
  }
}
