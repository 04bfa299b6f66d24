package dev.sgid.spark;

import dev.sgid.Captioner;
import dev.sgid.SgidBuilder;
import java.io.Serializable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of a pack a worker takes, and what in place of the others. Folders are paths that all
 * workers see.
 *
 * @param variant which form of the models; null for the most exact
 * @param withoutCaptioner whether prompts are of the label alone
 * @param captioner the folder of another captioner; null for the pack's
 * @param scorer the folder of another CLIP; null for the pack's
 * @param generator the folder of another Stable Diffusion; null for the pack's
 * @param safetyChecker whether the pack's is used
 * @param lowMemory whether only the large model that runs is open
 */
record PartsWanted(
    @Nullable String variant,
    boolean withoutCaptioner,
    @Nullable String captioner,
    @Nullable String scorer,
    @Nullable String generator,
    boolean safetyChecker,
    boolean lowMemory)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** The whole pack. */
  static final PartsWanted ALL = new PartsWanted(null, false, null, null, null, true, false);

  /** The builder, told all of it. */
  SgidBuilder of(SgidBuilder sgid) {
    SgidBuilder built = sgid.withSafetyChecker(safetyChecker).withLowMemory(lowMemory);
    if (variant != null) {
      built = built.withVariant(variant);
    }
    if (withoutCaptioner) {
      built = built.withCaptioner(Captioner.none());
    } else if (captioner != null) {
      built = built.withCaptioner(Path.of(captioner));
    }
    if (scorer != null) {
      built = built.withScorer(Path.of(scorer));
    }
    return generator == null ? built : built.withGenerator(Path.of(generator));
  }
}
