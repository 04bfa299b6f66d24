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
   * Runs one lane: generates what {@code feed} has until it has no more, on the calling thread.
   * Several lanes may run side by side. This one takes up to {@link #batch()} requests at a time
   * and generates them together; a backend whose batches can be joined and left at any step
   * overrides it.
   *
   * <p>A request that fails is a {@link Img2ImgResult.Failure}, and the lane goes on.
   *
   * @throws SgidException of kind cancelled, if the thread is interrupted or the feed stops
   */
  default void generate(Img2ImgFeed feed) {
    new ListLane(this, feed).run();
  }

  /**
   * What the tokenizer's length cuts off the end of a prompt; empty for nothing, as this one says.
   *
   * @throws SgidException if the model fails or the thread is interrupted
   */
  default String cutText(String prompt) {
    return "";
  }

  /** How many lanes make the most of the machine, at least 1. */
  default int lanes() {
    return 1;
  }

  /** How many pictures one lane works on at a time, at least 1. */
  default int batch() {
    return 1;
  }

  /**
   * Refuses settings that generating would refuse whatever the image. {@link Sgid} asks as it is
   * built, so that nobody begins what can only fail. This one lets everything pass.
   *
   * @throws IllegalArgumentException naming the setting, its value and what it may be
   */
  default void requireSupported(GenerationSettings settings) {}

  /**
   * Settings that name the scheduler, where they leave it to the model: {@link Scheduler.Model}.
   * {@link Sgid} asks as it is built and for each request that brings settings, before {@link
   * #requireSupported}. This one knows of no model.
   *
   * @throws IllegalArgumentException if the model's own scheduler isn't known or can't be run
   */
  default GenerationSettings resolve(GenerationSettings settings) {
    if (settings.scheduler() instanceof Scheduler.Model) {
      throw new IllegalArgumentException(
          "scheduler must name one, is \"model\": this generator knows of no model's own");
    }
    return settings;
  }
}
