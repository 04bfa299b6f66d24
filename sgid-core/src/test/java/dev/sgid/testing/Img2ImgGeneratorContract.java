package dev.sgid.testing;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.SgidException;
import dev.sgid.StepListener;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link Img2ImgGenerator} keeps. Implement it in a test class of its own. */
public interface Img2ImgGeneratorContract {
  /** The generator under test; closed by whoever made it. */
  Img2ImgGenerator generator();

  /** How many 8-bit levels a picture of a batch may be from the one made alone. */
  default int tolerance() {
    return 0;
  }

  /** A request of ten DDIM steps; override it where the models need another. */
  default Img2ImgRequest request(
      BufferedImage image, String prompt, double guidanceScale, double noiseRate, long seed) {
    return Img2ImgRequest.of(image, prompt)
        .withGuidanceScale(guidanceScale)
        .withSettings(GenerationSettings.DEFAULTS.withNoiseRate(noiseRate).withSteps(10))
        .withSeed(seed);
  }

  /** Requests that differ in everything; three pictures of the first image. */
  default List<Img2ImgRequest> requests() {
    BufferedImage first = TestImages.gradient(32, 32, 90);
    BufferedImage second = TestImages.noise(37, 29, 4);
    return List.of(
        request(first, "a bag", 3, 0.5, 1),
        request(first, "a bag", 7.5, 0.3, 2),
        request(second, "ankle boot, dark", 1, 0.9, 0xffff_ffffL),
        request(first, "", 5, 0.5, 1),
        request(second, "a bag", 2.5, 0.1, 3));
  }

  /** The only picture of a request. */
  default BufferedImage picture(Img2ImgRequest request) {
    return image(generator().generate(List.of(request), StepListener.NONE).get(0));
  }

  @Test
  default void generate_sameRequestTwice_samePicture() {
    Img2ImgRequest request = requests().get(0);

    assertThatImage(picture(request)).hasPixelsOf(picture(request));
  }

  @Test
  default void generate_mixedRequests_samePicturesAsOneByOne() {
    List<Img2ImgResult> together = generator().generate(requests(), StepListener.NONE);

    assertThat(together).hasSameSizeAs(requests());
    for (int i = 0; i < together.size(); i++) {
      assertThatImage(image(together.get(i)))
          .as("request %d", i)
          .isWithin(tolerance())
          .of(picture(requests().get(i)));
    }
  }

  @Test
  default void generate_otherSeed_otherPicture() {
    BufferedImage image = TestImages.gradient(32, 32, 90);

    assertThatImage(picture(request(image, "a bag", 3, 0.5, 1)))
        .hasOtherPixelsThan(picture(request(image, "a bag", 3, 0.5, 2)));
  }

  @Test
  default void generate_image_isNotChanged() {
    Img2ImgRequest request = requests().get(2);
    BufferedImage before = TestImages.copy(request.image());

    assertThatImage(picture(request)).isNotNull();

    assertThatImage(request.image()).hasPixelsOf(before);
  }

  @Test
  default void generate_originalSizeWanted_isTheInputs() {
    assertThatImage(picture(request(TestImages.noise(37, 29, 4), "a bag", 3, 0.5, 1)))
        .hasSize(37, 29);
  }

  @Test
  default void generate_tenStepsOfVariousRates_runsDiffusersNumber() {
    assertThat(generator().generate(requests(), StepListener.NONE))
        .extracting(result -> result.orThrow().stepsRun())
        .containsExactly(5, 3, 9, 5, 1);
  }

  @Test
  default void generate_listener_hearsEveryStepOfEveryRequestOnceAndInOrder() {
    Map<Long, Integer> heard = new TreeMap<>();

    List<Img2ImgResult> results =
        generator()
            .generate(
                requests(),
                (request, step, steps, timestep) -> {
                  assertThat(step).isEqualTo(heard.getOrDefault(request, 0) + 1);
                  assertThat(timestep).isNotNegative();
                  heard.put(request, step);
                });

    assertThat(results).hasSize(5);
    assertThat(heard).isEqualTo(Map.of(0L, 5, 1L, 3, 2L, 9, 3L, 5, 4L, 1));
  }

  @Test
  default void generate_noRequests_noResults() {
    assertThat(generator().generate(List.of(), StepListener.NONE)).isEmpty();
  }

  @Test
  default void generate_null_isRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> generator().generate(Nulls.nothing(), StepListener.NONE));
    assertThatNullPointerException()
        .isThrownBy(() -> generator().generate(requests(), Nulls.nothing()));
  }

  @Test
  default void generate_fourThreads_samePictureAsOne() throws Exception {
    Img2ImgRequest request = requests().get(0);
    BufferedImage alone = picture(request);

    for (BufferedImage picture : Concurrent.call(4, () -> picture(request))) {
      assertThatImage(picture).isWithin(tolerance()).of(alone);
    }
  }

  @Test
  default void generate_interruptedAtTheFirstStep_isCancelledAndKeepsTheFlag() {
    int[] stepsDone = {0};
    try {
      SgidException failure =
          catchThrowableOfType(
              SgidException.class,
              () ->
                  generator()
                      .generate(
                          requests().subList(0, 1),
                          (request, step, steps, timestep) -> {
                            stepsDone[0]++;
                            Thread.currentThread().interrupt();
                          }));

      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      assertThat(failure.isCancelled()).isTrue();
      assertThat(stepsDone[0]).isEqualTo(1);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  default void generate_feedOfOneLane_samePicturesAsTheList() {
    TestFeed feed = new TestFeed(requests());

    generator().generate(feed);

    assertPicturesOf(feed, requests());
  }

  @Test
  default void generate_feedOfThreeLanes_samePicturesAsTheListEachOnce() throws Exception {
    List<Img2ImgRequest> requests = new ArrayList<>(requests());
    requests.addAll(requests());
    TestFeed feed = new TestFeed(requests);

    List<String> ended =
        Concurrent.call(
            3,
            () -> {
              generator().generate(feed);
              return "ended";
            });

    assertThat(ended).hasSize(3);
    assertPicturesOf(feed, requests);
  }

  @Test
  default void generate_feedWithRequestsThatComeLate_samePictures() throws Exception {
    List<Img2ImgRequest> requests = requests();
    TestFeed feed = new TestFeed(requests.subList(0, 2)).keptOpen();
    CompletableFuture<Void> lane = CompletableFuture.runAsync(() -> generator().generate(feed));
    feed.awaitDone(2); // the lane has nothing to do then

    feed.add(requests.subList(2, requests.size()));
    feed.noMore();
    lane.get(10, TimeUnit.MINUTES);

    assertPicturesOf(feed, requests);
  }

  @Test
  default void generate_feedOfCopiesOfOneImage_differBySeedAndAreTheListsPictures() {
    BufferedImage image = TestImages.gradient(32, 32, 90);
    List<Img2ImgRequest> copies =
        LongStream.range(0, 7).mapToObj(seed -> request(image, "a bag", 3, 0.5, seed)).toList();
    TestFeed feed = new TestFeed(copies);

    generator().generate(feed);

    assertPicturesOf(feed, copies);
    assertThatImage(image(feed.results().get(0))).hasOtherPixelsThan(image(feed.results().get(1)));
  }

  @Test
  default void generate_feedWithNothing_ends() {
    TestFeed feed = new TestFeed(List.of());

    generator().generate(feed);

    assertThat(feed.results()).isEmpty();
  }

  @Test
  default void generate_feedThatStops_endsTheLaneCancelled() {
    TestFeed feed = new TestFeed(requests()).stoppingAtTheFirstStep();

    SgidException failure =
        catchThrowableOfType(SgidException.class, () -> generator().generate(feed));

    assertThat(failure).isNotNull().matches(SgidException::isCancelled);
    assertThat(feed.results()).isEmpty();
  }

  @Test
  default void generate_feedWhoseThreadIsInterrupted_isCancelledAndKeepsTheFlag() {
    Thread.currentThread().interrupt();
    try {
      SgidException failure =
          catchThrowableOfType(
              SgidException.class, () -> generator().generate(new TestFeed(requests())));

      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      assertThat(failure).isNotNull().matches(SgidException::isCancelled);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  default void generate_feed_itsListenerHearsEveryStepUnderTheTicketsIndex() {
    TestFeed feed = new TestFeed(requests());

    generator().generate(feed);

    assertThat(feed.steps()).isEqualTo(Map.of(0L, 5, 1L, 3, 2L, 9, 3L, 5, 4L, 1));
  }

  @Test
  default void lanesAndBatch_generator_areAtLeastOne() {
    assertThat(generator().lanes()).isPositive();
    assertThat(generator().batch()).isPositive();
  }

  private void assertPicturesOf(TestFeed feed, List<Img2ImgRequest> requests) {
    List<Img2ImgResult> results = feed.results();
    assertThat(results).hasSameSizeAs(requests);
    for (int i = 0; i < results.size(); i++) {
      assertThatImage(image(results.get(i)))
          .as("request %d", i)
          .isWithin(tolerance())
          .of(picture(requests.get(i)));
    }
  }

  private static BufferedImage image(Img2ImgResult result) {
    return result.orThrow().image();
  }
}
