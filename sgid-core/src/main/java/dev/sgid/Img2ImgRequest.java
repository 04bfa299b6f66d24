package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;

/**
 * What one picture is generated from.
 *
 * @param image the original, any size, not changed
 * @param prompt what the picture shall show; may be empty
 * @param guidanceScale w, finite, at least 0; 1 or less means no guidance
 * @param settings how it is generated; at least one step is run
 * @param seed of torch's CPU generator, which keeps only the low 32 bits
 */
public record Img2ImgRequest(
    BufferedImage image,
    String prompt,
    double guidanceScale,
    GenerationSettings settings,
    long seed) {
  public Img2ImgRequest {
    requireNonNull(image, "image");
    requireNonNull(prompt, "prompt");
    Require.atLeast(0.0, guidanceScale, "guidanceScale");
    GenerationSettings ignored = requireNonNull(settings, "settings").requireRunnable();
  }

  /** A picture of {@code prompt} from {@code image}, with default settings, w 7.5 and seed 0. */
  public static Img2ImgRequest of(BufferedImage image, String prompt) {
    return new Img2ImgRequest(image, prompt, 7.5, GenerationSettings.DEFAULTS, 0);
  }

  /** This request with another prompt. */
  public Img2ImgRequest withPrompt(String value) {
    return new Img2ImgRequest(image, value, guidanceScale, settings, seed);
  }

  /** This request with another guidance scale, finite, at least 0. */
  public Img2ImgRequest withGuidanceScale(double value) {
    return new Img2ImgRequest(image, prompt, value, settings, seed);
  }

  /** This request with other settings. */
  public Img2ImgRequest withSettings(GenerationSettings value) {
    return new Img2ImgRequest(image, prompt, guidanceScale, value, seed);
  }

  /** This request with another seed. */
  public Img2ImgRequest withSeed(long value) {
    return new Img2ImgRequest(image, prompt, guidanceScale, settings, value);
  }
}
