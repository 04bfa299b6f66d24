package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import dev.sgid.Fit;
import dev.sgid.Img2ImgFeed;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Origin;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.internal.Attempts;
import dev.sgid.internal.RgbImage;
import dev.sgid.internal.StageEvents;
import dev.sgid.onnx.internal.TorchRandom;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes known of one request, stage by stage. Not thread-safe. */
final class Picture {
  final Img2ImgFeed.Ticket ticket;
  final long index; // the ticket's
  final Img2ImgRequest request;
  final Size original;
  final Fit fit;
  final SchedulerRun scheduler;
  final TorchRandom random; // posterior sample, then noise, then eta's noise

  PromptEncoder.@Nullable Prompt prompt;
  PromptEncoder.@Nullable Prompt negativePrompt; // null without guidance
  float[] latents = {}; // (4, h, w)

  private final int factor; // pixels along a latent's side
  private final Map<Stage, Duration> timings = new EnumMap<>(Stage.class);
  private @Nullable Trajectory trajectory;
  private @Nullable BufferedImage image;
  private @Nullable SgidException failure;

  Picture(Img2ImgFeed.Ticket ticket, Size original, Fit fit, int factor, SchedulerRun scheduler) {
    this.ticket = ticket;
    this.index = ticket.index();
    this.request = ticket.request();
    this.original = original;
    this.fit = fit;
    this.factor = factor;
    this.scheduler = scheduler;
    this.random = new TorchRandom(request.seed());
  }

  /** What it is made of, for those who watch. */
  StageEvents.Subject subject() {
    Origin origin = ticket.origin();
    return new StageEvents.Subject(origin.id(), origin.label(), origin.copy());
  }

  Size latentSize() {
    Size size = fit.padded();
    return new Size(size.width() / factor, size.height() / factor);
  }

  /** Noises the clean latents to where the schedule begins. */
  void addNoise() {
    float[] noise = new float[latents.length];
    random.normal(noise);
    scheduler.addNoise(latents, noise);
    trajectory =
        new Trajectory(
            latents,
            scheduler,
            requireNonNull(prompt).conditioning(),
            negativePrompt == null ? null : negativePrompt.conditioning(),
            request.guidanceScale(),
            random);
  }

  /** The way through the denoising loop, once noise is added. */
  Trajectory trajectory() {
    return requireNonNull(trajectory, "trajectory");
  }

  boolean isDenoised() {
    return trajectory().isDone();
  }

  /** Notes the generated pixels, unless what is left of them is one plain color. */
  void finish(RgbImage generated) {
    RgbImage seen = Fitting.undo(fit, generated, original, request.settings().outputSize());
    if (isPlain(generated.rgb()) || (original.area() > 1 && isPlain(seen.rgb()))) {
      reject(Stage.DECODE, "The picture came out as one plain color");
      return;
    }
    image = seen.toBufferedImage();
  }

  private static boolean isPlain(byte[] rgb) {
    for (int i = 3; i < rgb.length; i++) {
      if (rgb[i] != rgb[i - 3]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Does what concerns this picture alone, and fails alone: for want of memory, for one.
   *
   * @throws SgidException of kind cancelled
   */
  void attempt(Stage stage, Runnable work) {
    try {
      Attempts.attempt(
          stage,
          () -> {
            work.run();
            return this;
          });
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      fail(e);
    }
  }

  /** Fails for {@code reason} where numbers are not finite. */
  void requireFinite(Stage stage, float[] numbers, String reason) {
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        fail(new SgidException(stage, reason + seed()));
        return;
      }
    }
  }

  /** Keeps what went wrong first. */
  void fail(SgidException reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  /** The models are well, but this picture is of no use. */
  void reject(Stage stage, String reason) {
    fail(SgidException.rejected(stage, reason + seed()));
  }

  /** The safety checker has flagged it. */
  void flag(Stage stage) {
    fail(SgidException.flagged(stage, "The safety checker flagged the picture" + seed()));
  }

  private String seed() {
    return " (seed " + request.seed() + ")";
  }

  boolean hasFailed() {
    return failure != null;
  }

  Img2ImgFeed.Done done(boolean reproducible) {
    return new Img2ImgFeed.Done(
        ticket,
        failure != null
            ? new Img2ImgResult.Failure(failure)
            : new Img2ImgResult.Picture(
                requireNonNull(image, "image"),
                fit,
                scheduler.steps(),
                scheduler.spacing(),
                prompt == null ? "" : prompt.cutText(),
                reproducible,
                timings));
  }

  /** Shares what a stage took evenly among the pictures it was taken for. */
  static void share(Stage stage, long start, List<Picture> pictures) {
    Duration each = Duration.ofNanos((System.nanoTime() - start) / Math.max(1, pictures.size()));
    pictures.forEach(picture -> picture.timings.merge(stage, each, Duration::plus));
  }
}
