package dev.sgid.onnx.diffusion;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sgid.Device;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgFeed;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.TestFeed;
import dev.sgid.testing.TestImages;
import dev.sgid.testing.Waiting;
import java.awt.image.BufferedImage;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lanes share, how they join and leave, and that what fails in one stays there. */
@Timeout(300)
class LanesOfPicturesTest {
  @TempDir static Path folder;

  private static Path pack(String... names) {
    return TinyPacks.assemble(folder.resolve(String.join("+", names)), names)
        .resolve("stable-diffusion");
  }

  /** What the models are given, and what they shall fail with. */
  private static final class Watch implements StableDiffusionImg2Img.Probe {
    final List<Integer> encoded = Collections.synchronizedList(new ArrayList<>()); // images
    final List<Integer> called = Collections.synchronizedList(new ArrayList<>()); // rows
    final List<Integer> decoded = Collections.synchronizedList(new ArrayList<>()); // pictures
    IntConsumer beforeEncoding = images -> {};
    IntConsumer beforeCall = rows -> {};
    IntConsumer beforeDecoding = pictures -> {};

    @Override
    public void encoding(int images) {
      encoded.add(images);
      beforeEncoding.accept(images);
    }

    @Override
    public NoisePredictor predictor(Size latents, NoisePredictor own) {
      return new WatchedPredictor(
          own,
          rows -> {
            called.add(rows);
            beforeCall.accept(rows);
          });
    }

    @Override
    public void decoding(int pictures) {
      decoded.add(pictures);
      beforeDecoding.accept(pictures);
    }

    @Override
    public void decoded(long picture, float[] pixels) {}

    /** Two rows may be one picture's. */
    static void failAboveTwo(int together) {
      if (together > 2) {
        throw new OutOfMemoryError(together + " at once");
      }
    }

    static void failAboveOne(int together) {
      if (together > 1) {
        throw new SgidException(Stage.DENOISE, together + " at once");
      }
    }
  }

  private static StableDiffusionImg2Img open(Watch watch, int lanes, int batch, String... packs) {
    StableDiffusionModels models =
        StableDiffusionModels.open(pack(packs), Placement.of(Device.CPU, 1));
    return new StableDiffusionImg2Img(models, lanes, batch, watch);
  }

  private static Img2ImgRequest request(BufferedImage image, double w, double rate, long seed) {
    return Img2ImgRequest.of(image, "a bag")
        .withGuidanceScale(w)
        .withSettings(GenerationSettings.DEFAULTS.withNoiseRate(rate).withSteps(10))
        .withSeed(seed);
  }

  /** Sizes, noise rates, guidance, images and seeds, all mixed. */
  private static List<Img2ImgRequest> mixed() {
    BufferedImage first = TestImages.gradient(32, 32, 90);
    BufferedImage second = TestImages.noise(37, 29, 4);
    List<Img2ImgRequest> requests = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      requests.add(request(i % 4 == 3 ? second : first, i % 3 + 0.5, 0.1 * (i % 5 + 1), i));
    }
    return requests;
  }

  /** The list's pictures, made one by one. */
  private static List<BufferedImage> alone(List<Img2ImgRequest> requests, String... packs) {
    try (StableDiffusionImg2Img generator = open(new Watch(), 1, 1, packs)) {
      return requests.stream()
          .map(r -> generator.generate(List.of(r), StepListener.NONE).get(0).orThrow().image())
          .toList();
    }
  }

  private static CompletableFuture<Void> lane(StableDiffusionImg2Img generator, Img2ImgFeed feed) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                generator.generate(feed);
                end.complete(null);
              } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
              }
            })
        .start();
    return end;
  }

  private static SgidException failure(Img2ImgResult result) {
    assertThat(result).isInstanceOf(Img2ImgResult.Failure.class);
    return ((Img2ImgResult.Failure) result).reason();
  }

  private static void assertPictures(List<Img2ImgResult> results, List<BufferedImage> expected) {
    assertThat(results).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThatImage(results.get(i).orThrow().image())
          .as("picture %d", i)
          .hasPixelsOf(expected.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1", "1, 2, 1", "1, 3, 1", "1, 4, 1", "1, 5, 1",
    "1, 1, 2", "1, 2, 2", "1, 3, 2", "1, 4, 2", "1, 5, 2",
    "2, 1, 2", "2, 2, 2", "2, 3, 2", "2, 4, 2", "2, 5, 2",
    "3, 1, 2", "3, 2, 2", "3, 3, 2", "3, 4, 2", "3, 5, 2",
  })
  void generate_anyLanesBatchAndThreads_isBitEqual(int lanes, int batch, int threads) {
    TestFeed feed = new TestFeed(mixed());
    try (StableDiffusionImg2Img generator =
        StableDiffusionImg2Img.open(pack("tiny-sd1"), Device.CPU, threads, lanes, batch)) {
      List<CompletableFuture<Void>> ends = new ArrayList<>();
      for (int i = 0; i < lanes; i++) { // also where there are more than it would take
        ends.add(lane(generator, feed));
      }
      ends.forEach(CompletableFuture::join);
    }
    assertPictures(feed.results(), alone(mixed(), "tiny-sd1"));
  }

  @Test
  void generate_requestsThatComeLate_joinAtFreeSeats() {
    BufferedImage image = TestImages.gradient(32, 32, 90);
    List<Img2ImgRequest> all =
        List.of(request(image, 1, 0.4, 0), request(image, 3, 0.2, 1), request(image, 1, 0.3, 2));
    TestFeed feed = new TestFeed(all.subList(0, 1));
    Watch watch = new Watch();
    watch.beforeCall =
        rows -> {
          if (watch.called.size() == 1) {
            feed.add(all.subList(1, 3));
          }
        };
    try (StableDiffusionImg2Img generator = open(watch, 1, 2, "tiny-sd1")) {
      generator.generate(feed);
    }
    // alone; with the second, of two rows; with the third, which took its seat
    assertThat(watch.called).containsExactly(1, 3, 3, 2, 1, 1);
    assertPictures(feed.results(), alone(all, "tiny-sd1"));
  }

  @Test
  void generate_unetOfOneTimestep_latePicturesAreMet() {
    BufferedImage image = TestImages.gradient(32, 32, 90);
    List<Img2ImgRequest> all = List.of(request(image, 1, 0.3, 0), request(image, 1, 0.5, 1));
    Watch watch = new Watch();
    TestFeed feed = new TestFeed(all.subList(0, 1));
    watch.beforeCall =
        rows -> {
          if (watch.called.size() == 1) {
            feed.add(all.subList(1, 2));
          }
        };
    try (StableDiffusionImg2Img generator = open(watch, 1, 4, "tiny-sd1", "unet-float-scalar")) {
      generator.generate(feed);
    }
    // one of three is done; the other comes down by three; then both
    assertThat(watch.called).containsExactly(1, 1, 1, 1, 2, 2);
    assertPictures(feed.results(), alone(all, "tiny-sd1", "unet-float-scalar"));
  }

  @Test
  void generate_callsOfSeveralFail_areMadePictureByPictureAndNobodyFails() {
    Watch watch = new Watch();
    watch.beforeEncoding = Watch::failAboveOne;
    watch.beforeDecoding = Watch::failAboveOne;
    watch.beforeCall = Watch::failAboveTwo;
    List<Img2ImgRequest> all = mixed();
    try (StableDiffusionImg2Img generator = open(watch, 1, 3, "tiny-sd1")) {
      assertPictures(generator.generate(all, StepListener.NONE), alone(all, "tiny-sd1"));
    }
  }

  @Test
  void generate_oneCannotBeEncoded_onlyItsCopiesFailAndCostNoCallOfTheUnet() {
    Watch watch = new Watch();
    watch.beforeEncoding =
        images -> {
          if (watch.encoded.size() <= 2) { // both together, and the first alone
            throw new OutOfMemoryError("Java heap space");
          }
        };
    BufferedImage bad = TestImages.noise(32, 32, 1);
    List<Img2ImgRequest> all =
        List.of(
            request(bad, 1, 0.2, 0),
            request(TestImages.gradient(32, 32, 90), 1, 0.2, 1),
            request(bad, 1, 0.2, 2));
    try (StableDiffusionImg2Img generator = open(watch, 1, 3, "tiny-sd1")) {
      List<Img2ImgResult> results = generator.generate(all, StepListener.NONE);

      for (int i : new int[] {0, 2}) {
        assertThat(failure(results.get(i)))
            .hasMessage("The stage ENCODE_IMAGE ran out of memory (Java heap space)");
      }
      assertPictures(results.subList(1, 2), alone(all.subList(1, 2), "tiny-sd1"));
    }
    assertThat(watch.encoded).containsExactly(2, 1, 1);
    assertThat(watch.called).containsExactly(1, 1);
  }

  @Test
  void generate_oneCannotBeDecoded_onlyThatOneFails() {
    Watch watch = new Watch();
    watch.beforeDecoding =
        pictures -> {
          if (pictures > 1 || watch.decoded.size() == 2) { // all together, then the first
            throw new SgidException(Stage.DECODE, "The model failed");
          }
        };
    BufferedImage image = TestImages.gradient(32, 32, 90);
    List<Img2ImgRequest> all =
        List.of(request(image, 1, 0.2, 0), request(image, 2, 0.2, 1), request(image, 3, 0.2, 2));
    try (StableDiffusionImg2Img generator = open(watch, 1, 3, "tiny-sd1")) {
      List<Img2ImgResult> results = generator.generate(all, StepListener.NONE);

      assertThat(failure(results.get(0))).hasMessage("The model failed");
      assertPictures(results.subList(1, 3), alone(all.subList(1, 3), "tiny-sd1"));
    }
    assertThat(watch.decoded).containsExactly(3, 1, 1, 1);
  }

  /** What core refuses before it is begun, another feed may bring: somebody waits for it. */
  @Test
  void generate_requestTheModelCannotDo_failsAndTheLaneGoesOn() {
    Img2ImgRequest sound = mixed().get(0);
    Img2ImgRequest wrong = sound.withSettings(GenerationSettings.DEFAULTS.withSteps(1001));
    TestFeed feed = new TestFeed(List.of(sound, wrong, wrong, sound));
    try (StableDiffusionImg2Img generator = open(new Watch(), 1, 2, "tiny-sd1")) {
      generator.generate(feed);
    }
    assertThat(failure(feed.results().get(1)))
        .hasMessage(
            "The stage DENOISE failed: steps must be at most 1000, on which the model was trained,"
                + " is 1001");
    assertThat(feed.results().get(2)).isInstanceOf(Img2ImgResult.Failure.class);
    assertPictures(
        List.of(feed.results().get(0), feed.results().get(3)),
        alone(List.of(sound, sound), "tiny-sd1"));
  }

  @Test
  void generate_listenerThrows_endsTheCallAndNotTheGenerator() {
    List<Img2ImgRequest> all = mixed().subList(0, 3);
    try (StableDiffusionImg2Img generator = open(new Watch(), 1, 2, "tiny-sd1")) {
      assertThatThrownBy(
              () ->
                  generator.generate(
                      all,
                      (picture, step, steps, timestep) -> {
                        throw new IllegalStateException("no more");
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no more");

      assertPictures(generator.generate(all, StepListener.NONE), alone(all, "tiny-sd1"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void generate_copiesOfAnImage_shareItsPosterior(int batch) {
    BufferedImage first = TestImages.gradient(32, 32, 90);
    BufferedImage second = TestImages.gradient(32, 32, 40);
    List<Img2ImgRequest> copies = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      copies.add(request(i % 2 == 0 ? first : second, 1, 0.2, i));
    }
    Watch watch = new Watch();
    try (StableDiffusionImg2Img generator = open(watch, 1, batch, "tiny-sd1")) {
      assertThat(generator.generate(copies, StepListener.NONE)).hasSize(10);
      assertThat(generator.generate(copies, StepListener.NONE)).hasSize(10);
    }
    assertThat(watch.encoded.stream().mapToInt(images -> images).sum()).isEqualTo(2);
  }

  /** The same image fitted in another way is another input. */
  @Test
  void generate_imageInTwoSizes_isEncodedForEach() {
    BufferedImage image = TestImages.gradient(32, 32, 90);
    Img2ImgRequest large = request(image, 1, 0.2, 0);
    Img2ImgRequest small = large.withSettings(large.settings().withSize(new Size(16, 16)));
    Watch watch = new Watch();
    try (StableDiffusionImg2Img generator = open(watch, 1, 4, "tiny-sd1")) {
      assertThat(generator.generate(List.of(large, small, large, small), StepListener.NONE))
          .allMatch(Img2ImgResult.Picture.class::isInstance);
    }
    assertThat(watch.encoded).containsExactly(1, 1);
  }

  @Test
  void generate_imageOfNoMoreUse_isNotKeptAlive() {
    try (StableDiffusionImg2Img generator = open(new Watch(), 1, 2, "tiny-sd1")) {
      WeakReference<BufferedImage> seen = generateOne(generator);
      Waiting.until(
          () -> {
            System.gc();
            return seen.get() == null;
          });
    }
  }

  private static WeakReference<BufferedImage> generateOne(StableDiffusionImg2Img generator) {
    BufferedImage image = TestImages.noise(32, 32, 8);
    assertThat(generator.generate(List.of(request(image, 1, 0.1, 0)), StepListener.NONE))
        .allMatch(Img2ImgResult.Picture.class::isInstance);
    return new WeakReference<>(image);
  }

  /** Both are within a call of the UNet as they are interrupted: it is the last of each. */
  @Test
  void generate_lanesInterruptedWithinACall_makeNoOther() throws Exception {
    CountDownLatch inside = new CountDownLatch(2);
    CountDownLatch interrupted = new CountDownLatch(1);
    Watch watch = new Watch();
    watch.beforeCall =
        rows -> {
          inside.countDown();
          while (interrupted.getCount() > 0) { // as a model, it looks at no interrupt
            Thread.onSpinWait();
          }
        };
    TestFeed feed = new TestFeed(mixed());
    List<Throwable> ends = Collections.synchronizedList(new ArrayList<>());
    List<Boolean> flags = Collections.synchronizedList(new ArrayList<>());
    try (StableDiffusionImg2Img generator = open(watch, 2, 2, "tiny-sd1")) {
      List<Thread> lanes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Thread lane =
            new Thread(
                () -> {
                  ends.add(catchThrowable(() -> generator.generate(feed)));
                  flags.add(Thread.currentThread().isInterrupted());
                });
        lanes.add(lane);
        lane.start();
      }
      inside.await();
      lanes.forEach(Thread::interrupt);
      interrupted.countDown();
      for (Thread lane : lanes) {
        lane.join();
      }
    }
    assertThat(ends)
        .hasSize(2)
        .allSatisfy(
            end ->
                assertThat(end)
                    .isInstanceOfSatisfying(
                        SgidException.class, e -> assertThat(e.isCancelled()).isTrue()));
    assertThat(flags).containsExactly(true, true);
    assertThat(watch.called).hasSize(2);
    assertThat(feed.results()).isEmpty();
  }

  @Test
  void close_lanesAtWork_waitsForThemAndLetsNoOtherIn() throws Exception {
    TestFeed feed = new TestFeed(mixed()).keptOpen();
    AtomicInteger closed = new AtomicInteger();
    CountDownLatch inside = new CountDownLatch(2);
    Watch watch = new Watch();
    watch.beforeCall =
        rows -> {
          inside.countDown();
          Waiting.until(() -> inside.getCount() == 0);
        };
    StableDiffusionImg2Img generator = open(watch, 2, 2, "tiny-sd1");
    List<CompletableFuture<Void>> lanes = List.of(lane(generator, feed), lane(generator, feed));
    inside.await();
    Thread closing =
        new Thread(
            () -> {
              generator.close();
              closed.incrementAndGet();
            });
    closing.start();
    Waiting.untilItWaits(closing);
    feed.awaitDone(9);
    assertThat(closed).hasValue(0);
    assertThatThrownBy(() -> generator.generate(new TestFeed(mixed())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("StableDiffusionImg2Img is closed");

    feed.noMore();
    closing.join();

    assertThat(closed).hasValue(1);
    lanes.forEach(CompletableFuture::join);
    assertPictures(feed.results(), alone(mixed(), "tiny-sd1"));
    assertThatThrownBy(() -> generator.generate(new TestFeed(List.of())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("StableDiffusionImg2Img is closed");
  }
}
