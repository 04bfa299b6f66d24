package dev.sgid;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sgid.internal.Require;
import dev.sgid.internal.RgbImage;
import dev.sgid.testing.CallLog;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.Nulls;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineTest {
  private static final Size SIZE = new Size(5, 5);

  private final CallLog log = new CallLog();
  private final BufferedImage first = TestImages.gradient(8, 6, 10);
  private final BufferedImage second = TestImages.noise(5, 5, 3);

  private Sgid sgid() {
    return builder().build();
  }

  private SgidBuilder builder() {
    return Sgid.builder(new FakeCaptioner(log), new FakeScorer(log), new FakeGenerator(log));
  }

  @Test
  void augment_oneImage_runsTheStagesInTheMethodsOrder() {
    Augmentation a = sgid().augment(first, "bag");

    long captionSeed = Seeds.ofCaption(0, a.identity());
    List<String> captions = new FakeCaptioner().caption(first, 3, captionSeed);
    assertThat(log.calls())
        .containsExactly(
            "caption 8x6 3 " + captionSeed,
            "embed images 1",
            "embed texts 3",
            "generate 1",
            "embed images 1");
    double[] scores = new FakeScorer().score(first, captions);
    int best = CaptionChoice.best().choose(scores, 0);
    assertThat(a.caption()).isEqualTo(captions.get(best));
    assertThat(a.similarity()).isEqualTo(scores[best]);
    assertThat(a.consistency()).isEqualTo(new FakeScorer().similarity(first, a.image()));
    assertThat(a.domainDistance()).isEmpty();
    assertThat(a.prompt()).isEqualTo("bag, " + captions.get(best));
    assertThat(a.guidanceScale())
        .isEqualTo(Math.rint(100 * Settings.DEFAULTS.guidance().scaleFor(scores[best])) / 100);
    assertThat(a.identity()).isEqualTo(RgbImage.of(first).identity());
    assertThat(a.seed()).isEqualTo(Seeds.ofCopy(0, a.identity(), 0));
    assertThat(a.copy()).isZero();
    assertThat(a.id()).isEmpty();
    assertThat(a.settings()).isEqualTo(Settings.DEFAULTS);
    assertThat(a.pack()).isEqualTo(PackInfo.CUSTOM);
    assertThat(a.picture().stepsRun()).isEqualTo(15);
    assertThatImage(a.image()).hasSize(8, 6).hasOtherPixelsThan(first);
  }

  @Test
  void augment_labelWithUnderscores_readsThemAsSpaces() {
    Augmentation a = sgid().augment(first, "_ankle_boot_t-shirt");

    assertThat(a.label()).isEqualTo("ankle boot t-shirt");
    assertThat(a.prompt()).startsWith("ankle boot t-shirt, ");
  }

  @ParameterizedTest
  @CsvSource({"4.444, 4.44", "4.4449999, 4.44", "4.446, 4.45", "4.125, 4.12", "0.004, 0", "7, 7"})
  void augment_guidance_isRoundedToTwoDecimals(double scale, double rounded) {
    Augmentation a =
        builder().withGuidance(GuidanceSchedule.constant(scale)).build().augment(first, "bag");

    assertThat(a.guidanceScale()).isEqualTo(rounded);
  }

  @Test
  void augment_lastDigitOfTheSimilarityDiffers_samePicture() {
    Sgid sgid = builderWithScores(0.25).build();
    Sgid other = builderWithScores(Math.nextUp(0.25)).build();

    assertThatImage(sgid.augment(first, "bag").image())
        .hasPixelsOf(other.augment(first, "bag").image());
  }

  @Test
  void augmentAll_sameImageThrice_captionsItOnceForEachNumberOfCandidates() {
    Settings five = Settings.DEFAULTS.withCaptions(5);
    BufferedImage samePixels = TestImages.copy(first);

    List<Augmentation> all =
        pictures(
            sgid(),
            AugmentRequest.of(first, "bag"),
            AugmentRequest.of(second, "coat"),
            AugmentRequest.of(samePixels, "bag"),
            AugmentRequest.of(first, "bag").withSettings(five));

    long captionSeed = Seeds.ofCaption(0, all.get(0).identity());
    assertThat(log.calls()).filteredOn(call -> call.startsWith("caption")).hasSize(3);
    assertThat(log.calls())
        .contains("caption 8x6 3 " + captionSeed, "caption 8x6 5 " + captionSeed);
    assertThatImage(all.get(2).image()).hasPixelsOf(all.get(0).image());
  }

  @Test
  void augmentAll_ownCaption_isScoredButNotMade() {
    AugmentRequest request = AugmentRequest.of(first, "bag").withId("id").withCaption("a red bag");

    Augmentation a = pictures(sgid(), request).get(0);

    assertThat(log.calls())
        .containsExactly("embed images 1", "embed texts 1", "generate 1", "embed images 1");
    assertThat(a.caption()).isEqualTo("a red bag");
    assertThat(a.prompt()).isEqualTo("bag, a red bag");
    assertThat(a.id()).isEqualTo("id");
    assertThat(a.picture().timings().keySet()).containsExactly(Stage.DENOISE);
    assertThat(a.timings().keySet()).containsExactly(Stage.SIMILARITY, Stage.DENOISE);
  }

  @Test
  void augmentAll_ownSettings_winOverTheBuilders() {
    Settings own =
        Settings.DEFAULTS
            .withGeneration(g -> g.withNoiseRate(0.3).withSteps(20))
            .withGuidance(GuidanceSchedule.constant(2))
            .withPrompt(new PromptTemplate("{label}"))
            .withCaptionChoice(CaptionChoice.first());
    Sgid sgid = builder().withGeneration(g -> g.withNoiseRate(0.9)).build();

    List<Augmentation> all =
        pictures(
            sgid,
            AugmentRequest.of(first, "bag").withSettings(own),
            AugmentRequest.of(first, "bag"));

    assertThat(all.get(0).settings()).isEqualTo(own);
    assertThat(all.get(0).picture().stepsRun()).isEqualTo(6);
    assertThat(all.get(0).prompt()).isEqualTo("bag");
    assertThat(all.get(0).guidanceScale()).isEqualTo(2);
    assertThat(all.get(1).settings()).isEqualTo(sgid.settings());
    assertThat(all.get(1).picture().stepsRun()).isEqualTo(27);
  }

  @Test
  void augmentAll_severalCopies_comeInOrderWithConsecutiveSeeds() {
    List<Augmentation> all =
        pictures(
            sgid(),
            AugmentRequest.of(first, "bag").withId("a").withFirstCopy(5).withCopies(3),
            AugmentRequest.of(second, "coat").withId("b").withCopies(2));

    assertThat(all).extracting(Augmentation::id).containsExactly("a", "a", "a", "b", "b");
    assertThat(all).extracting(Augmentation::copy).containsExactly(5, 6, 7, 0, 1);
    assertThat(all)
        .extracting(Augmentation::seed)
        .containsExactlyElementsOf(
            all.stream().map(a -> Seeds.ofCopy(0, a.identity(), a.copy())).toList());
    assertThat(all.get(1).seed()).isEqualTo((all.get(0).seed() + 1) & 0xffff_ffffL);
    assertThatImage(all.get(0).image()).hasOtherPixelsThan(all.get(1).image());
  }

  static LongStream seeds() {
    return LongStream.range(0, 6);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void augmentAll_anyOrderAndBatches_samePicturesAndExplanations(long seed) {
    Random random = new Random(seed);
    List<AugmentRequest> single = new ArrayList<>();
    for (int image = 0; image < 4; image++) {
      for (int copy = 0; copy < 3; copy++) {
        BufferedImage pixels = TestImages.noise(4 + image, 4, image);
        single.add(
            AugmentRequest.of(pixels, "label_" + image)
                .withId(image + "/" + copy)
                .withFirstCopy(copy));
      }
    }
    Map<String, Augmentation> oneByOne =
        single.stream()
            .collect(Collectors.toMap(AugmentRequest::id, r -> pictures(sgid(), r).get(0)));
    List<AugmentRequest> shuffled = new ArrayList<>(single);
    Collections.shuffle(shuffled, random);
    int cut = 1 + random.nextInt(shuffled.size() - 1);

    List<Outcome> outcomes = new ArrayList<>(sgid().augmentAll(shuffled.subList(0, cut)));
    outcomes.addAll(sgid().augmentAll(shuffled.subList(cut, shuffled.size())));
    List<Augmentation> batched = Outcome.pictures(outcomes);

    assertThat(batched)
        .extracting(Augmentation::id)
        .containsExactlyElementsOf(shuffled.stream().map(AugmentRequest::id).toList());
    for (Augmentation a : batched) {
      Augmentation alone = requireNonNull(oneByOne.get(a.id()));
      assertThatImage(a.image()).as("seed %d, %s", seed, a.id()).hasPixelsOf(alone.image());
      assertThat(a.prompt()).isEqualTo(alone.prompt());
      assertThat(a.seed()).isEqualTo(alone.seed());
      assertThat(a.guidanceScale()).isEqualTo(alone.guidanceScale());
    }
  }

  @Test
  void augmentAll_oneCopyBroken_othersAreNotLost() {
    Sgid sgid = builderThatBreaks(1).build();

    List<Outcome> all =
        sgid.augmentAll(List.of(AugmentRequest.of(first, "_bag").withId("id").withCopies(3)));

    assertThat(all).hasSize(3);
    assertThat(all.get(1)).isInstanceOf(FailedCopy.class);
    FailedCopy failed = (FailedCopy) all.get(1);
    assertThat(failed.id()).isEqualTo("id");
    assertThat(failed.label()).isEqualTo("bag");
    assertThat(failed.copy()).isEqualTo(1);
    assertThat(failed.reason().stage()).isEqualTo(Stage.DECODE);
    assertThatImage(all.get(0).orThrow().image()).hasSize(8, 6);
    assertThatImage(all.get(2).orThrow().image()).hasSize(8, 6);
  }

  @Test
  void augment_aCopyBroken_throwsItsFailure() {
    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> builderThatBreaks(1).build().augment(first, "bag", 3))
        .withMessage("The picture came out black");
  }

  @Test
  void augmentAll_noRequests_asksNobody() {
    assertThat(sgid().augmentAll(List.of())).isEmpty();
    assertThat(log.calls()).isEmpty();
  }

  @Test
  void augment_timings_coverEveryStageThatWasTimed() {
    Augmentation a = sgid().augment(first, "bag");

    assertThat(a.timings().keySet())
        .containsExactly(Stage.CAPTION, Stage.SIMILARITY, Stage.DENOISE);
    assertThat(a.timings().values()).noneMatch(time -> time.isNegative());
  }

  @Test
  void augmentAll_timings_addUpToNoMoreThanTheCallTook() {
    Captioner slow =
        (image, candidates, seed) -> {
          long begin = System.nanoTime();
          while (System.nanoTime() == begin) {
            Thread.onSpinWait(); // until the clock has moved
          }
          return List.of("a bag");
        };
    AugmentRequest request = AugmentRequest.of(first, "bag").withCopies(4);
    AugmentRequest other = AugmentRequest.of(second, "bag").withCopies(4);
    Sgid sgid = with(slow, new FakeGenerator());

    long start = System.nanoTime();
    List<Augmentation> all = pictures(sgid, request, other);
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    assertThat(all)
        .allSatisfy(a -> assertThat(a.timings()).containsKeys(Stage.CAPTION, Stage.SIMILARITY));
    Duration captioning =
        all.stream()
            .map(a -> requireNonNull(a.timings().get(Stage.CAPTION)))
            .reduce(Duration.ZERO, Duration::plus);
    assertThat(captioning).isPositive().isLessThanOrEqualTo(took);
  }

  @Test
  void augment_listener_hearsTheGenerator() {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    Sgid sgid =
        builder()
            .withGeneration(g -> g.withSteps(4))
            .withStepListener((r, step, steps, t) -> heard.add(r + ":" + step + "/" + steps))
            .build();

    assertThat(sgid.augment(first, "bag", 2)).hasSize(2);

    assertThat(heard).containsExactly("0:1/2", "0:2/2", "1:1/2", "1:2/2");
  }

  @Test
  void augment_captionerGivesNone_isNamed() {
    Sgid sgid = Sgid.builder((i, n, s) -> List.of(), new FakeScorer(), new FakeGenerator()).build();

    assertThatStageFails(Stage.CAPTION, sgid)
        .withMessage("The captioner must give captions for the image of label bag, gave []");
  }

  @Test
  void augment_stageGivesNull_isNamed() {
    Captioner noList = (image, candidates, seed) -> Nulls.nothing();
    Captioner noCaption = (image, candidates, seed) -> Collections.singletonList(Nulls.nothing());
    Img2ImgGenerator noResults = (requests, listener) -> Nulls.nothing();
    Img2ImgGenerator noResult = (requests, listener) -> Collections.singletonList(Nulls.nothing());

    assertThatStageFails(Stage.CAPTION, with(noList, new FakeGenerator()))
        .withMessage("The stage CAPTION must not give null, gave [null]");
    assertThatStageFails(Stage.CAPTION, with(noCaption, new FakeGenerator()))
        .withMessage("The captioner must give captions for the image of label bag, gave [null]");
    assertThatStageFails(Stage.DENOISE, with(new FakeCaptioner(), noResults))
        .withMessage("The stage DENOISE must not give null, gave null");
    assertThatStageFails(Stage.DENOISE, with(new FakeCaptioner(), noResult))
        .withMessage("The stage DENOISE must not give null, gave [null]");
  }

  private static Sgid with(Captioner captioner, Img2ImgGenerator generator) {
    return Sgid.builder(captioner, new FakeScorer(), generator).build();
  }

  static Stream<RuntimeException> failures() {
    return Stream.of(
        new IllegalMonitorStateException("odd"), new IllegalStateException("connection closed"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void augment_stageThrows_isNamedWithItsCause(RuntimeException cause) {
    Captioner captioner =
        (image, candidates, seed) -> {
          throw cause;
        };

    assertThatStageFails(
            Stage.CAPTION, Sgid.builder(captioner, new FakeScorer(), new FakeGenerator()).build())
        .withMessage("The stage CAPTION failed: " + cause)
        .withCause(cause);
    assertThatStageFails(
            Stage.DENOISE,
            Sgid.builder(
                    new FakeCaptioner(),
                    new FakeScorer(),
                    (requests, listener) -> {
                      throw cause;
                    })
                .build())
        .withCause(cause);
  }

  @Test
  void augment_stageThrowsIllegalArgument_isTheImagesFailureWithItsMessage() {
    IllegalArgumentException cause = new NumberFormatException("For input string: \"x\"");
    Captioner captioner =
        (image, candidates, seed) -> {
          throw cause;
        };
    Img2ImgGenerator generator =
        (requests, listener) -> {
          throw cause;
        };

    assertThatStageFails(Stage.CAPTION, with(captioner, new FakeGenerator()))
        .withMessage("The stage CAPTION failed: For input string: \"x\"")
        .withCause(cause);
    assertThatStageFails(Stage.DENOISE, with(new FakeCaptioner(), generator)).withCause(cause);
  }

  @Test
  void augmentAll_settingsTheGeneratorRefuses_areRefusedBeforeAnythingIsDone() {
    Sgid sgid =
        Sgid.builder(new FakeCaptioner(log), new FakeScorer(log), choosyGenerator()).build();
    AugmentRequest request =
        AugmentRequest.of(first, "bag")
            .withSettings(Settings.DEFAULTS.withGeneration(g -> g.withSteps(31)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> sgid.augmentAll(List.of(AugmentRequest.of(first, "bag"), request)))
        .withMessage("steps must be in [1, 30], is 31");

    assertThat(log.calls()).isEmpty();
  }

  private FakeGenerator choosyGenerator() {
    return new FakeGenerator(log)
        .withSupported(settings -> Require.within(1, 30, settings.steps().count(), "steps"));
  }

  @Test
  void augment_generatorGivesTooFew_isNamed() {
    Sgid sgid =
        Sgid.builder(new FakeCaptioner(), new FakeScorer(), (requests, listener) -> List.of())
            .build();

    assertThatStageFails(Stage.DENOISE, sgid)
        .withMessage("The stage DENOISE must give 1 results, gave 0");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, 1.5, -2})
  void augment_scorerGivesNoCosine_isNamedWithTheValue(double score) {
    assertThatStageFails(
            Stage.SIMILARITY,
            builderWithScores(score).withGuidance(GuidanceSchedule.constant(3)).build())
        .withMessage(
            "The scorer must give embeddings of length 1, all of as many numbers, gave some for the"
                + " image of label bag of 2 and 2 numbers whose product is %s",
            score);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, 1.5})
  void similarity_scorerGivesNoCosine_isNamedWithTheValue(double score) {
    float[] embedding = {(float) Math.sqrt(score), 0};
    Sgid sgid = with(new FakeScorer().withImages(image -> embedding));

    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> sgid.similarity(first, second))
        .withMessageStartingWith(
            "The scorer must give embeddings of length 1, all of as many numbers, gave some for two"
                + " images of 2 and 2 numbers whose product is "
                + Double.toString(score).substring(0, 3))
        .matches(e -> e.stage() == Stage.SIMILARITY);
  }

  @Test
  void augment_embeddingsOfOtherLengths_areNamed() {
    FakeScorer shortTexts = new FakeScorer().withTexts(text -> new float[] {1});
    FakeScorer shortPictures =
        new FakeScorer()
            .withImages(image -> image.getWidth() == 8 ? FakeScorer.atCosine(0) : new float[] {1})
            .withTexts(text -> FakeScorer.atCosine(0.3));
    FakeGenerator wide =
        new FakeGenerator().withResult(r -> FakeGenerator.picture(r, second, Fit.none(SIZE)));

    assertThatStageFails(Stage.SIMILARITY, with(shortTexts))
        .withMessageContaining("the image of label bag of 8 and 1 numbers");
    assertThatStageFails(
            Stage.SIMILARITY, Sgid.builder(new FakeCaptioner(), shortPictures, wide).build())
        .withMessageContaining("a copy of the image of label bag of 2 and 1 numbers");
  }

  private static Sgid with(SimilarityScorer scorer) {
    return Sgid.builder(new FakeCaptioner(), scorer, new FakeGenerator()).build();
  }

  @Test
  void similarity_scorerThrows_isNamedWithItsCause() {
    IllegalStateException cause = new IllegalStateException("odd");
    Sgid sgid =
        with(
            new FakeScorer()
                .withImages(
                    image -> {
                      throw cause;
                    }));

    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> sgid.similarity(first, second))
        .withCause(cause)
        .matches(e -> e.stage() == Stage.SIMILARITY);
  }

  @Test
  void augment_cosineJustPastOne_isOne() {
    float[] longer = {1 + 1e-6f, 0};
    Sgid sgid = with(new FakeScorer().withImages(image -> longer).withTexts(text -> longer));

    assertThat(sgid.augment(first, "bag").similarity()).isEqualTo(1);
    assertThat(sgid.augment(first, "bag").consistency()).isEqualTo(1);
    assertThat(sgid.similarity(first, second)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 3})
  void augment_choiceOutOfRange_isTheImagesFailureWithIt(int chosen) {
    Sgid sgid = builder().withCaptionChoice((similarities, seed) -> chosen).build();

    assertThatStageFails(Stage.CAPTION, sgid)
        .withMessage(
            "The stage CAPTION failed: captionChoice must give an index in [0, 2], gave " + chosen);
  }

  @Test
  void augment_degenerateCandidate_isNotOfferedToTheChoice() {
    Captioner captioner = (image, candidates, seed) -> List.of("large large large large", "a bag");
    Augmentation a =
        Sgid.builder(captioner, new FakeScorer(), new FakeGenerator())
            .withCaptionChoice(CaptionChoice.first())
            .build()
            .augment(first, "bag");

    assertThat(a.caption()).isEqualTo("a bag");
    assertThat(a.similarity()).isEqualTo(new FakeScorer().score(first, List.of("a bag"))[0]);
    assertThat(a.hasDegenerateCaption()).isFalse();
  }

  @Test
  void augment_allCandidatesDegenerate_oneIsChosenAndMarked() {
    Captioner captioner = (image, candidates, seed) -> List.of("large large large", "bag bag bag");
    Augmentation a =
        Sgid.builder(captioner, new FakeScorer(), new FakeGenerator())
            .withCaptionChoice((similarities, seed) -> similarities.length - 1)
            .build()
            .augment(first, "bag");

    assertThat(a.caption()).isEqualTo("bag bag bag");
    assertThat(a.hasDegenerateCaption()).isTrue();
  }

  @Test
  void augment_scheduleGivesNaN_isTheImagesFailure() {
    Sgid sgid = builder().withGuidance(similarity -> Double.NaN).build();

    assertThatStageFails(Stage.DENOISE, sgid)
        .withMessage(
            "The stage DENOISE failed: guidanceScale must be finite and at least 0.0, is NaN");
  }

  @Test
  void augment_interruptedThread_isCancelledAndKeepsTheFlag() {
    Sgid sgid = sgid();
    Thread.currentThread().interrupt();
    try {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> sgid.augment(first, "bag"))
          .matches(SgidException::isCancelled);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void augment_interruptedInAStageThatDoesNotLook_isCancelledBeforeTheNext() {
    Captioner captioner =
        (image, candidates, seed) -> {
          Thread.currentThread().interrupt();
          return List.of("a bag");
        };

    assertThatStageFails(
            Stage.SIMILARITY,
            Sgid.builder(captioner, new FakeScorer(log), new FakeGenerator(log)).build())
        .matches(SgidException::isCancelled);

    assertThat(log.calls()).isEmpty();
  }

  @Test
  void augment_image_isNotChanged() {
    BufferedImage before = TestImages.copy(first);

    assertThat(sgid().augment(first, "bag", 2)).hasSize(2);

    assertThatImage(first).hasPixelsOf(before);
  }

  private ThrowableAssertAlternative<SgidException> assertThatStageFails(Stage stage, Sgid sgid) {
    return assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> sgid.augment(first, "bag"))
        .matches(e -> e.stage() == stage, "is a failure of " + stage);
  }

  private SgidBuilder builderThatBreaks(int copy) {
    long seed = Seeds.ofCopy(0, RgbImage.of(first).identity(), copy);
    return Sgid.builder(
        new FakeCaptioner(),
        new FakeScorer(),
        new FakeGenerator(log).withBroken(r -> r.seed() == seed));
  }

  private static SgidBuilder builderWithScores(double score) {
    return Sgid.builder(new FakeCaptioner(), FakeScorer.ofCosine(score), new FakeGenerator());
  }

  private static List<Augmentation> pictures(Sgid sgid, AugmentRequest... requests) {
    List<Outcome> outcomes = sgid.augmentAll(List.of(requests));
    return outcomes.stream().map(Outcome::orThrow).toList();
  }
}
