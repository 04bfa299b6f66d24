package dev.sgid;

import java.util.List;

/**
 * Makes new images from given ones: image-to-image diffusion, the method's last stage.
 *
 * <p>Implementations are thread-safe and never change an image.
 */
@FunctionalInterface
public interface Img2ImgGenerator {
  /**
   * Generates one picture per request. What a picture looks like depends on its own request alone;
   * the others change no more than how the models' arithmetic rounds. Requests with the same image
   * instance, or with equal prompts, share the work of encoding them.
   *
   * @param requests any mix of images, sizes, prompts, seeds, noise rates and guidance scales
   * @param listener hears of every step
   * @return one result per request, in order; a picture that came out broken (NaN, constant, black)
   *     is a failure of its own result only
   * @throws IllegalArgumentException if a request asks for what the model can't do, like a timestep
   *     that it was not trained on
   * @throws SgidException if a model fails or the thread is interrupted
   */
  List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener);

  /**
   * Refuses settings that {@link #generate} would refuse whatever the image. {@link Sgid} asks as
   * it is built, so that nobody begins what can only fail. This one lets everything pass.
   *
   * @throws IllegalArgumentException naming the setting, its value and what it may be
   */
  default void requireSupported(Settings settings) {}
}
