package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import org.jspecify.annotations.Nullable;

/**
 * What one picture is generated from.
 *
 * @param image the original, any size, not changed
 * @param prompt what the picture shall show; may be empty
 * @param negativePrompt what it shall not show; empty for none
 * @param guidanceScale w, finite, at least 0; 1 or less means no guidance
 * @param noiseRate fraction of the noising schedule that is run (diffusers: {@code strength}), in
 *     (0, 1]; 1 leaves next to nothing of the original
 * @param steps length of the whole schedule, at least 1; {@code (int) (steps * noiseRate)} of them,
 *     at least 1, are run
 * @param scheduler diffusers' class name, like {@code DDIMScheduler}
 * @param eta DDIM's η, in [0, 1]; 0 draws no noise during the steps
 * @param size the size the image is scaled to before it is padded, at most 715827882 pixels; null
 *     to let the model's own size decide
 * @param outputSize whether the picture comes back in the original's size
 * @param seed of torch's CPU generator, which keeps only the low 32 bits
 */
public record Img2ImgRequest(
    BufferedImage image,
    String prompt,
    String negativePrompt,
    double guidanceScale,
    double noiseRate,
    int steps,
    String scheduler,
    double eta,
    @Nullable Size size,
    OutputSize outputSize,
    long seed) {
  public Img2ImgRequest {
    requireNonNull(image, "image");
    requireNonNull(prompt, "prompt");
    requireNonNull(negativePrompt, "negativePrompt");
    Require.atLeast(0.0, guidanceScale, "guidanceScale");
    Settings.requireSteps(noiseRate, steps);
    Require.notBlank(scheduler, "scheduler");
    Require.within(0, 1, eta, "eta");
    Settings.requireSize(size);
    requireNonNull(outputSize, "outputSize");
  }
}
