package dev.sgid.onnx.diffusion;

import dev.sgid.Fit;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.TorchRandom;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes known of one request, stage by stage. Not thread-safe. */
final class Picture {
  final int index; // of the request in the call
  final Img2ImgRequest request;
  final Size original;
  final Fit fit;
  final SchedulerRun scheduler;
  final TorchRandom random; // posterior sample, then noise, then eta's noise
  final Map<Stage, Duration> timings = new EnumMap<>(Stage.class);

  PromptEncoder.@Nullable Prompt prompt;
  PromptEncoder.@Nullable Prompt negativePrompt; // null without guidance
  float[] latents = {}; // (4, h, w)

  private @Nullable BufferedImage image;
  private @Nullable SgidException failure;

  Picture(int index, Img2ImgRequest request, Size original, Fit fit, SchedulerRun scheduler) {
    this.index = index;
    this.request = request;
    this.original = original;
    this.fit = fit;
    this.scheduler = scheduler;
    this.random = new TorchRandom(request.seed());
  }

  /** Notes the generated pixels, or why they are no picture. */
  void finish(RgbImage generated) {
    RgbImage fitting = Fitting.undo(fit, generated, original, request.outputSize());
    image = fitting.toBufferedImage();
  }

  void fail(Stage stage, String reason) {
    failure = new SgidException(stage, reason + " (seed " + request.seed() + ")");
  }

  boolean hasFailed() {
    return failure != null;
  }

  Img2ImgResult result(boolean reproducible) {
    return new Img2ImgResult(
        image,
        failure,
        fit,
        scheduler.steps(),
        prompt == null ? "" : prompt.cutText(),
        reproducible,
        timings);
  }

  /** Shares what a stage took evenly among the pictures it was taken for. */
  static void share(Stage stage, long start, List<Picture> pictures) {
    Duration each = Duration.ofNanos((System.nanoTime() - start) / Math.max(1, pictures.size()));
    pictures.forEach(picture -> picture.timings.merge(stage, each, Duration::plus));
  }
}
