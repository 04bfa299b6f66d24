package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.sgid.Fit;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgFeed;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Scheduler;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.TorchRandom;
import dev.sgid.testing.TestImages;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How pictures share calls, with a predictor that needs no weights. */
class DenoiseLoopTest {
  private static final Size SMALL = new Size(2, 2);
  private static final Size WIDE = new Size(4, 2);
  private static final int FACTOR = 8;
  private static final SchedulerConfig CONFIG =
      SchedulerConfig.of(new JsonFile(Path.of("scheduler_config.json"), new JsonObject()));

  /** A noised picture; text and noise follow from its index. */
  private static Picture picture(
      int index, Size size, int steps, double rate, double w, double eta) {
    Size pixels = new Size(FACTOR * size.width(), FACTOR * size.height());
    GenerationSettings settings =
        GenerationSettings.DEFAULTS
            .withSteps(steps)
            .withNoiseRate(rate)
            .withScheduler(Scheduler.ddim(eta));
    Img2ImgRequest request =
        new Img2ImgRequest(TestImages.noise(1, 1, index), "", w, settings, index);
    Picture picture =
        new Picture(
            new Img2ImgFeed.Ticket(index, request),
            pixels,
            Fit.none(pixels),
            FACTOR,
            Schedulers.of(settings.scheduler(), null, CONFIG, steps, rate));
    picture.prompt = prompt(text(index));
    picture.negativePrompt = w > 1 ? prompt(-0.05f) : null;
    picture.latents = new float[4 * (int) size.area()];
    new TorchRandom(100 + index).normal(picture.latents);
    picture.addNoise();
    return picture;
  }

  private static Picture picture(int index, int steps, double rate, double w, double eta) {
    return picture(index, SMALL, steps, rate, w, eta);
  }

  private static PromptEncoder.Prompt prompt(float value) {
    return new PromptEncoder.Prompt(Conditioning.ofText(new float[] {value}), "");
  }

  private static float text(int index) {
    return 0.1f * index;
  }

  /** Different noise rates, step counts, guidance scales and etas. */
  private static List<Picture> mixed(Size... sizes) {
    List<Picture> all = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      Size size = sizes[i % sizes.length];
      all.add(picture(i, size, i % 4 == 3 ? 20 : 10, 0.2 + 0.07 * i, i % 3, i % 2));
    }
    return all;
  }

  /** Seats pictures whenever there is a seat, until all have left; in the order of leaving. */
  private static List<Picture> run(DenoiseLoop loop, List<Picture> pictures) {
    Deque<Picture> waiting = new ArrayDeque<>(pictures);
    List<Picture> left = new ArrayList<>();
    while (loop.hasSeated() || !waiting.isEmpty()) {
      while (loop.freeSeats() > 0 && !waiting.isEmpty()) {
        loop.seat(waiting.remove());
      }
      left.addAll(loop.step());
    }
    return left;
  }

  private static List<Picture> run(FakePredictor predictor, int seats, Picture... pictures) {
    try (DenoiseLoop loop = new DenoiseLoop(size -> predictor, seats, StepListener.NONE)) {
      return run(loop, List.of(pictures));
    }
  }

  private static void assertAsAlone(List<Picture> together, List<Picture> alone) {
    for (int i = 0; i < alone.size(); i++) {
      Picture picture = alone.get(i);
      FakePredictor own = new FakePredictor(picture.latentSize(), true, texts -> {});
      assertThat(run(own, 1, picture)).containsExactly(picture);
      assertThat(together.get(i).latents).as("picture %d", i).isEqualTo(picture.latents);
      assertThat(together.get(i).isDenoised()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, true", "3, true", "16, true", "1, false", "4, false", "16, false"})
  void step_anyBatch_sameLatentsAsAlone(int batch, boolean timestepPerRow) {
    FakePredictor predictor = new FakePredictor(timestepPerRow);
    List<Picture> together = mixed(SMALL);
    assertThat(run(predictor, batch, together.toArray(new Picture[0]))).hasSameSizeAs(together);

    assertAsAlone(together, mixed(SMALL));
    if (!timestepPerRow) {
      assertThat(predictor.timesteps).allMatch(seen -> seen.size() == 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, true", "3, true", "16, true", "4, false", "16, false"})
  void step_sizesMixed_sameLatentsAsAloneAndEachCallOfOneSize(int batch, boolean timestepPerRow) {
    List<FakePredictor> made = new ArrayList<>();
    List<Picture> together = mixed(SMALL, WIDE, SMALL, new Size(3, 5));
    try (DenoiseLoop loop =
        new DenoiseLoop(
            size -> remembered(made, new FakePredictor(size, timestepPerRow, texts -> {})),
            batch,
            StepListener.NONE)) {
      assertThat(run(loop, together)).hasSameSizeAs(together);
      assertThat(made).filteredOn(predictor -> !predictor.closed).hasSize(1);
    }

    assertAsAlone(together, mixed(SMALL, WIDE, SMALL, new Size(3, 5)));
    assertThat(made).hasSizeGreaterThanOrEqualTo(3).allMatch(predictor -> predictor.closed);
  }

  private static FakePredictor remembered(List<FakePredictor> made, FakePredictor predictor) {
    made.add(predictor);
    return predictor;
  }

  @Test
  void step_noGuidance_takesOneRowInsteadOfTwo() {
    FakePredictor predictor = new FakePredictor(true);
    assertThat(run(predictor, 4, picture(0, 10, 0.5, 1, 0), picture(1, 10, 0.5, 1.01, 0)))
        .hasSize(2);
    assertThat(predictor.calls).containsExactly(3, 3, 3, 3, 3);
  }

  @Test
  void step_oneTimestepPerCall_lowerRatesWaitAndMeetTheOthers() {
    FakePredictor predictor = new FakePredictor(false);
    assertThat(run(predictor, 4, picture(0, 10, 0.4, 0, 0), picture(1, 10, 0.6, 0, 0))).hasSize(2);
    assertThat(predictor.calls).containsExactly(1, 1, 2, 2, 2, 2);
  }

  /** Who comes late begins above those that are seated, and catches up with them. */
  @Test
  void step_oneTimestepPerCallAndOneComesLate_theyMeet() {
    FakePredictor predictor = new FakePredictor(false);
    Picture first = picture(0, 10, 0.6, 0, 0);
    Picture late = picture(1, 10, 0.6, 0, 0);
    try (DenoiseLoop loop = new DenoiseLoop(size -> predictor, 2, StepListener.NONE)) {
      loop.seat(first);
      assertThat(loop.step()).isEmpty();
      assertThat(loop.step()).isEmpty();
      loop.seat(late);
      assertThat(run(loop, List.of())).containsExactly(first, late);
    }
    assertThat(predictor.calls).containsExactly(1, 1, 1, 1, 2, 2, 2, 2);
  }

  @Test
  void step_morePicturesThanTheBatch_refillsAsPicturesLeave() {
    FakePredictor predictor = new FakePredictor(true);
    assertThat(
            run(
                predictor,
                2,
                picture(0, 10, 0.2, 0, 0),
                picture(1, 10, 0.4, 0, 0),
                picture(2, 10, 0.2, 0, 0)))
        .extracting(left -> left.index)
        .containsExactly(0L, 1L, 2L);
    assertThat(predictor.calls).containsExactly(2, 2, 2, 2);
  }

  @Test
  void step_steadyBatch_allocatesOnce() {
    FakePredictor predictor = new FakePredictor(true);
    assertThat(run(predictor, 4, picture(0, 50, 1, 5, 1), picture(1, 50, 1, 5, 1))).hasSize(2);
    assertThat(predictor.calls).hasSize(50);
    assertThat(predictor.allocated).isEqualTo(1);
  }

  /** Memory belongs to the seats: however many pictures come and go, no more is made. */
  @Test
  void step_manyPicturesOneAfterTheOther_allocatesForTheSeatsOnly() {
    FakePredictor predictor = new FakePredictor(true);
    List<Picture> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(picture(i, 10, 0.1 + 0.1 * (i % 3), i % 5, 0));
    }
    assertThat(run(predictor, 4, many.toArray(new Picture[0]))).hasSize(200);
    assertThat(predictor.allocated).isLessThanOrEqualTo(8); // one to eight rows
  }

  @Test
  void step_listener_hearsRequestStepAndTimestep() {
    List<String> heard = new ArrayList<>();
    FakePredictor predictor = new FakePredictor(true);
    try (DenoiseLoop loop =
        new DenoiseLoop(
            size -> predictor,
            2,
            (request, step, steps, timestep) ->
                heard.add(request + ": " + step + "/" + steps + " at " + timestep))) {
      assertThat(run(loop, List.of(picture(7, 10, 0.3, 3, 0)))).hasSize(1);
    }
    assertThat(heard).containsExactly("7: 1/3 at 201", "7: 2/3 at 101", "7: 3/3 at 1");
  }

  private static FakePredictor failing(int culprit, RuntimeException failure) {
    return failing(
        texts -> {
          if (texts.contains(text(culprit))) {
            throw failure;
          }
        });
  }

  private static FakePredictor failing(Consumer<List<Float>> beforeCall) {
    return new FakePredictor(SMALL, true, beforeCall);
  }

  private static SgidException reason(Picture picture) {
    Img2ImgResult result = picture.done(true).result();
    assertThat(result).isInstanceOf(Img2ImgResult.Failure.class);
    return ((Img2ImgResult.Failure) result).reason();
  }

  /** Whatever fails in whichever way, the others' numbers are what they would have been. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void step_callFailsBecauseOfOne_onlyThatOneFailsAndNoStepIsTakenTwice(int culprit) {
    List<Picture> together = new ArrayList<>();
    List<Picture> alone = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      together.add(picture(i, 10, 0.5, 2, 1));
      alone.add(picture(i, 10, 0.5, 2, 1));
    }
    List<Long> heard = new ArrayList<>();
    FakePredictor predictor =
        failing(culprit, new SgidException(Stage.DENOISE, "The model failed"));
    try (DenoiseLoop loop =
        new DenoiseLoop(
            size -> predictor, 4, (picture, step, steps, timestep) -> heard.add(picture))) {
      together.forEach(loop::seat);
      assertThat(loop.step()).containsExactly(together.get(culprit));
      assertThat(run(loop, List.of())).hasSize(3);
    }

    assertThat(reason(together.get(culprit))).hasMessage("The model failed");
    assertThat(heard).hasSize(3 * 5).doesNotContain((long) culprit);
    assertThat(predictor.calls).containsExactly(8, 2, 2, 2, 2, 6, 6, 6, 6);
    together.remove(culprit);
    alone.remove(culprit);
    assertAsAlone(together, alone);
  }

  @Test
  void step_callFailsOnce_isMadeAgainPictureByPictureAndNobodyFails() {
    int[] calls = {0};
    FakePredictor predictor =
        failing(
            texts -> {
              if (++calls[0] == 2) {
                throw new OutOfMemoryError("a tensor");
              }
            });
    List<Picture> together = List.of(picture(0, 10, 0.5, 2, 1), picture(1, 10, 0.5, 1, 1));
    assertThat(run(predictor, 2, together.toArray(new Picture[0]))).hasSize(2);

    assertThat(predictor.calls).containsExactly(3, 3, 2, 1, 3, 3, 3);
    assertAsAlone(together, List.of(picture(0, 10, 0.5, 2, 1), picture(1, 10, 0.5, 1, 1)));
  }

  @Test
  void step_latentsNotFinite_failAtOnceAndCostNoFurtherCall() {
    Picture broken = picture(0, 10, 0.5, 1, 0);
    broken.latents[3] = Float.POSITIVE_INFINITY;
    FakePredictor predictor = new FakePredictor(true);
    Picture sound = picture(1, 10, 0.5, 1, 0);

    assertThat(run(predictor, 2, broken, sound)).containsExactly(broken, sound);

    assertThat(reason(broken))
        .hasMessage("The UNet gave latents that are not finite numbers (seed 0)");
    assertThat(predictor.calls).containsExactly(2, 1, 1, 1, 1);
    assertAsAlone(List.of(sound), List.of(picture(1, 10, 0.5, 1, 0)));
  }

  @Test
  void step_cancelled_isThrownAndNothingTriedAgain() {
    FakePredictor predictor =
        failing(
            texts -> {
              throw SgidException.cancelled(Stage.DENOISE);
            });
    assertThatThrownBy(() -> run(predictor, 2, picture(0, 10, 1, 1, 0), picture(1, 10, 1, 1, 0)))
        .isInstanceOfSatisfying(SgidException.class, e -> assertThat(e.isCancelled()).isTrue());
    assertThat(predictor.calls).hasSize(1);
    assertThat(predictor.closed).isTrue();
  }

  @Test
  void step_noPredictorForASize_failsItsPicturesOnly() {
    Picture wide = picture(0, WIDE, 10, 0.5, 1, 0);
    Picture small = picture(1, 10, 0.5, 1, 0);
    FakePredictor predictor = new FakePredictor(true);
    try (DenoiseLoop loop =
        new DenoiseLoop(
            size -> {
              if (size.equals(WIDE)) {
                throw new OutOfMemoryError("Direct buffer memory");
              }
              return predictor;
            },
            2,
            StepListener.NONE)) {
      assertThat(run(loop, List.of(wide, small))).containsExactly(wide, small);
    }

    assertThat(reason(wide))
        .hasMessage("The stage DENOISE ran out of memory (Direct buffer memory)");
    assertAsAlone(List.of(small), List.of(picture(1, 10, 0.5, 1, 0)));
  }
}
