package dev.sgid;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.BackendOptions.Part;
import dev.sgid.internal.Require;
import dev.sgid.testing.CallLog;
import dev.sgid.testing.FakeBackend;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakePack;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.Nulls;
import dev.sgid.testing.SecondBackend;
import dev.sgid.testing.TestImages;
import dev.sgid.testing.Waiting;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SgidTest {
  @TempDir Path folder;

  private final BufferedImage image = TestImages.gradient(8, 6, 10);

  private static SgidBuilder builder() {
    return Sgid.builder(new FakeCaptioner(), new FakeScorer(), new FakeGenerator());
  }

  private TestClassPath backend() throws Exception {
    return TestClassPath.of(TestClassPath.backendJar(folder, FakeBackend.class));
  }

  private static FakePack pack(Sgid sgid) {
    FakePack opened = FakePack.lastOpened();
    assertThat(sgid.pack().withOthers(Map.of())).isEqualTo(opened.info());
    return opened;
  }

  @Test
  void close_twice_closesThePackOnce() throws Exception {
    try (TestClassPath path = backend()) {
      Sgid sgid = Sgid.open(folder);
      FakePack pack = pack(sgid);

      sgid.close();
      sgid.close();

      assertThat(pack.closings()).isEqualTo(1);
      assertThat(pack.folder()).isEqualTo(folder);
    }
  }

  @Test
  void augment_afterClose_isRefused() {
    Sgid sgid = builder().build();
    sgid.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> sgid.augment(image, "bag"))
        .withMessage("Sgid is closed");
    assertThatIllegalStateException().isThrownBy(() -> sgid.augmentAll(List.of()));
  }

  @Test
  void close_ownStages_leavesThemOpen() {
    class Closeable implements Captioner, AutoCloseable {
      boolean closed;

      @Override
      public List<String> caption(BufferedImage picture, int candidates, long seed) {
        return List.of("a picture");
      }

      @Override
      public void close() {
        closed = true;
      }
    }

    Closeable captioner = new Closeable();
    Sgid sgid = Sgid.builder(captioner, new FakeScorer(), new FakeGenerator()).build();
    assertThat(sgid.pack()).isEqualTo(PackInfo.CUSTOM);
    assertThat(sgid.packDigest()).isEmpty();

    sgid.close();

    assertThat(captioner.closed).isFalse();
  }

  @Test
  void close_fromWithinAListener_isRefusedAndLeavesItOpen() {
    AtomicReference<Sgid> self = new AtomicReference<>();
    Sgid sgid =
        builder().withStepListener((r, s, n, t) -> requireNonNull(self.get()).close()).build();
    self.set(sgid);

    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> sgid.augment(image, "bag"))
        .withMessageEndingWith("Sgid can't be closed from within one of its own calls");

    assertThat(sgid.augmentAll(List.of())).isEmpty();
  }

  @Test
  void close_whileACallRuns_waitsForItAndLosesNothing() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Sgid sgid =
        builder()
            .withStepListener(
                (request, step, steps, timestep) -> {
                  running.countDown();
                  await(goOn);
                })
            .build();
    CompletableFuture<Augmentation> call =
        CompletableFuture.supplyAsync(() -> sgid.augment(image, "bag"));
    await(running);
    Thread closing = new Thread(sgid::close);
    closing.start();
    Waiting.untilItWaits(closing);
    assertThat(call).isNotDone();

    goOn.countDown();

    assertThat(call.get(10, TimeUnit.SECONDS).label()).isEqualTo("bag");
    closing.join();
    assertThatIllegalStateException().isThrownBy(() -> sgid.augment(image, "bag"));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void settings_callBuilderPackAndDefaults_countInThatOrder() throws Exception {
    try (TestClassPath path = backend();
        Sgid sgid = Sgid.builder(folder).withGeneration(g -> g.withNoiseRate(0.75)).build()) {
      Settings call = sgid.settings().withGeneration(g -> g.withNoiseRate(0.25)).withCaptions(1);

      Settings settings = sgid.settings();
      Augmentation own =
          sgid.augmentAll(List.of(AugmentRequest.of(image, "bag").withSettings(call)))
              .get(0)
              .orThrow();

      assertThat(settings.generation().noiseRate()).isEqualTo(0.75); // the builder's, not 0.5
      assertThat(settings.generation().steps()).isEqualTo(Steps.of(12)); // the pack's, not 30
      assertThat(settings.generation().negativePrompt()).isEqualTo("ugly"); // the pack's
      assertThat(settings.generation().size()).isEqualTo(new Size(8, 6)); // the pack's
      assertThat(settings.captions()).isEqualTo(3); // nobody's but the defaults'
      assertThat(own.settings()).isEqualTo(call);
      assertThat(own.pack()).isEqualTo(FakePack.INFO);
      assertThat(sgid.augment(image, "bag").settings()).isEqualTo(settings);
    }
  }

  @Test
  void build_builderSaysWhatThePackSays_builderWins() throws Exception {
    try (TestClassPath path = backend();
        Sgid sgid =
            Sgid.builder(folder)
                .withGeneration(g -> g.withSteps(30).withNegativePrompt("").withSize(null))
                .build()) {
      assertThat(sgid.settings()).isEqualTo(Settings.DEFAULTS);
    }
  }

  @Test
  void build_everySetting_arrives() throws Exception {
    GuidanceSchedule guidance = GuidanceSchedule.constant(2);
    PromptTemplate prompt = new PromptTemplate("{label}");
    GenerationSettings generation =
        new GenerationSettings(
            0.3,
            Steps.of(9),
            Scheduler.dpmSolver(),
            TimestepSpacing.TRAILING,
            "n",
            new Size(64, 32),
            OutputSize.GENERATED);
    Path captioner = folder.resolve("captioner");
    Path scorer = folder.resolve("scorer");
    Path generator = folder.resolve("generator");
    try (TestClassPath path = backend();
        Sgid sgid =
            Sgid.builder(folder)
                .withGeneration(g -> generation)
                .withSettings(s -> s.withCaptions(7))
                .withGuidance(guidance)
                .withPrompt(prompt)
                .withCaptions(2)
                .withCaptionChoice(CaptionChoice.random())
                .withStrict(true)
                .withDevice(Device.cuda(1))
                .withThreads(2)
                .withLanes(5)
                .withBatch(3)
                .withLowMemory(true)
                .withCaptioner(captioner)
                .withScorer(scorer)
                .withGenerator(generator)
                .withVariant("fp16")
                .withSeed(77)
                .build()) {
      assertThat(sgid.settings())
          .isEqualTo(new Settings(generation, guidance, prompt, 2, CaptionChoice.random(), true));
      assertThat(sgid.seed()).isEqualTo(77);
      assertThat(pack(sgid).options())
          .isEqualTo(
              new BackendOptions(
                  Device.cuda(1),
                  2,
                  5,
                  3,
                  Map.of(Part.CAPTIONER, captioner, Part.SCORER, scorer, Part.GENERATOR, generator),
                  Set.of(),
                  true,
                  null,
                  true,
                  "fp16"));
      Augmentation a = sgid.augment(image, "bag");
      assertThat(a.seed()).isEqualTo(Seeds.ofCopy(77, a.identity(), 0));
    }
  }

  @Test
  void build_nothingSaid_opensWithTheDefaultOptions() throws Exception {
    try (TestClassPath path = backend();
        Sgid sgid = Sgid.open(folder)) {
      assertThat(pack(sgid).options()).isEqualTo(BackendOptions.DEFAULTS);
    }
  }

  @Test
  void build_shutdownGrace_reachesThePack() throws Exception {
    Duration grace = Duration.ofSeconds(35);
    try (TestClassPath path = backend();
        Sgid sgid = Sgid.builder(folder).withShutdownGrace(grace).build()) {
      assertThat(pack(sgid).shutdownGrace()).isEqualTo(grace);
    }
  }

  @Test
  void withShutdownGrace_negative_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().withShutdownGrace(Duration.ofSeconds(-1)))
        .withMessage("grace must not be negative, is PT-1S");
  }

  @Test
  void identity_anyImage_isThatOfItsCopies() {
    try (Sgid sgid = builder().build()) {
      assertThat(Sgid.identity(TestImages.copy(image)))
          .isEqualTo(Sgid.identity(image))
          .isEqualTo(sgid.augment(image, "bag").identity())
          .isNotEqualTo(Sgid.identity(TestImages.gradient(8, 6, 11)));
    }
  }

  @Test
  void build_ownCaptioner_takesThePlaceOfThePacksOnly() throws Exception {
    try (TestClassPath path = backend();
        Sgid sgid =
            Sgid.builder(folder).withCaptioner((i, n, seed) -> List.of("my words")).build()) {
      Augmentation a = sgid.augment(image, "bag");

      assertThat(a.caption()).isEqualTo("my words");
      assertThat(pack(sgid).options().replaced()).containsExactly(Part.CAPTIONER);
      assertThat(sgid.settings().generation().steps()).isEqualTo(Steps.of(12)); // the pack's
      assertThat(sgid.pack().name()).isEqualTo(FakePack.INFO.name());
      assertThat(sgid.pack().others()).containsExactly(entry(Part.CAPTIONER, PackInfo.OWN));
      assertThat(sgid.partDigests()).isEmpty();
    }
  }

  @Test
  void build_noCaptioner_labelTakesTheCaptionsPlace() throws Exception {
    FakeScorer scorer =
        new FakeScorer()
            .withImages(i -> FakeScorer.atCosine(1))
            .withTexts(text -> FakeScorer.atCosine(text.equals("a photo of a tote bag") ? 0.3 : 0));
    try (TestClassPath path = backend();
        Sgid sgid =
            Sgid.builder(folder).withCaptioner(Captioner.none()).withScorer(scorer).build()) {
      Augmentation a = sgid.augment(image, "tote_bag");

      assertThat(a.prompt()).isEqualTo("tote bag");
      assertThat(a.caption()).isEmpty();
      assertThat(a.hasDegenerateCaption()).isFalse();
      assertThat(a.similarity()).isCloseTo(0.3, within(1e-6));
      assertThat(a.guidanceScale()).isEqualTo(6.38); // linear from 3 at 0.15 to 7.5 at 0.35
      assertThat(sgid.captionAll(List.of(AugmentRequest.of(image, "tote_bag"))))
          .containsExactly(new ScoredCaption("", a.similarity()));
      assertThat(pack(sgid).options().replaced()).containsOnly(Part.CAPTIONER, Part.SCORER);
      assertThat(sgid.pack().others())
          .containsExactly(entry(Part.CAPTIONER, PackInfo.NONE), entry(Part.SCORER, PackInfo.OWN));
    }
  }

  @Test
  void build_noCaptioner_captionsOfRequestsStand() throws Exception {
    try (TestClassPath path = backend();
        Sgid sgid = Sgid.builder(folder).withCaptioner(Captioner.none()).build()) {
      AugmentRequest captioned = AugmentRequest.of(image, "bag").withCaption("my words");

      assertThat(sgid.augmentAll(List.of(captioned)).get(0).orThrow().prompt())
          .isEqualTo("bag, my words");
    }
  }

  @Test
  void build_partsFromFolders_areNamedWithTheirDigests() throws Exception {
    try (TestClassPath path = backend();
        Sgid sgid =
            Sgid.builder(folder)
                .withCaptioner(folder.resolve("none"))
                .withGenerator(folder.resolve("x/sd2"))
                .build()) {
      assertThat(sgid.pack().others())
          .containsExactly(entry(Part.CAPTIONER, "none/"), entry(Part.GENERATOR, "sd2/"));
      assertThat(sgid.partDigests())
          .containsExactly(
              entry(Part.CAPTIONER, "captioner digest"), entry(Part.GENERATOR, "generator digest"));
    }
  }

  @Test
  void build_ownScorerAndGenerator_takeThePlaceOfThePacks() throws Exception {
    CallLog log = new CallLog();
    try (TestClassPath path = backend();
        Sgid sgid =
            Sgid.builder(folder)
                .withScorer(new FakeScorer(log))
                .withGenerator(new FakeGenerator(log))
                .build()) {
      sgid.augment(image, "bag");

      assertThat(log.calls()).contains("generate 1").hasSizeGreaterThan(1);
      assertThat(pack(sgid).options().replaced()).containsOnly(Part.SCORER, Part.GENERATOR);
    }
  }

  @Test
  void build_ownStageOverOwnStages_replacesIt() {
    try (Sgid sgid = builder().withCaptioner((i, n, seed) -> List.of("my words")).build()) {
      assertThat(sgid.augment(image, "bag").caption()).isEqualTo("my words");
      assertThat(sgid.pack()).isEqualTo(PackInfo.CUSTOM);
      assertThat(sgid.packDigest()).isEmpty();
    }
  }

  @Test
  void build_settingsThatDoNotFitThePacks_closesThePack() throws Exception {
    try (TestClassPath path = backend()) {
      int closedBefore = FakePack.closedInAll();

      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  Sgid.builder(folder)
                      .withGeneration(g -> g.withNoiseRate(0.05))
                      .build()) // 12 × 0.05 < 1
          .withMessage("noiseRate must be at least 0.0834 to run one of 12 steps, is 0.05");

      assertThat(FakePack.closedInAll()).isEqualTo(closedBefore + 1);
    }
  }

  @Test
  void build_settingsTheGeneratorRefuses_tellsWhy() {
    FakeGenerator choosy =
        new FakeGenerator()
            .withSupported(settings -> Require.within(1, 10, settings.steps().count(), "steps"));
    SgidBuilder builder = Sgid.builder(new FakeCaptioner(), new FakeScorer(), choosy);

    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessage("steps must be in [1, 10], is 30");
    try (Sgid sgid = builder.withGeneration(g -> g.withSteps(10)).build()) {
      assertThat(sgid.augment(image, "bag").label()).isEqualTo("bag");
    }
  }

  @Test
  void build_backendThatFails_tellsItsFailure() throws Exception {
    Path jar = TestClassPath.backendJar(folder, SecondBackend.class);
    try (TestClassPath path = TestClassPath.of(jar)) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> Sgid.open(folder))
          .withMessage("Expected a pack, found nothing: " + folder);
    }
  }

  @Test
  void builder_outOfRange_complainsAtTheCallThatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().withGeneration(g -> g.withNoiseRate(0)))
        .withMessage("noiseRate must be in (0, 1], is 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().withThreads(0))
        .withMessage("threads must be at least 1, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().withLanes(0))
        .withMessage("lanes must be at least 1, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().withBatch(0))
        .withMessage("batch must be at least 1, is 0");
    assertThatNullPointerException()
        .isThrownBy(() -> builder().withGuidance(Nulls.nothing()))
        .withMessage("guidance");
    assertThatNullPointerException()
        .isThrownBy(() -> builder().withCaptionChoice(Nulls.nothing()))
        .withMessage("captionChoice");
    assertThatNullPointerException()
        .isThrownBy(() -> builder().withDevice(Nulls.nothing()))
        .withMessage("device");
    assertThatNullPointerException()
        .isThrownBy(() -> builder().withCaptioner(Nulls.<Path>nothing()))
        .withMessage("folder");
    assertThatNullPointerException()
        .isThrownBy(() -> builder().withCaptioner(Nulls.<Captioner>nothing()))
        .withMessage("captioner");
    assertThatNullPointerException()
        .isThrownBy(() -> builder().withGenerator(Nulls.<Img2ImgGenerator>nothing()))
        .withMessage("generator");
    assertThatNullPointerException()
        .isThrownBy(() -> builder().withGeneration(Nulls.nothing()))
        .withMessage("change");
    assertThatNullPointerException()
        .isThrownBy(() -> builder().withStepListener(Nulls.nothing()))
        .withMessage("stepListener");
    assertThatNullPointerException()
        .isThrownBy(() -> Sgid.builder(Nulls.<Path>nothing()))
        .withMessage("modelPack");
    assertThatNullPointerException()
        .isThrownBy(() -> Sgid.builder(new FakeCaptioner(), Nulls.nothing(), new FakeGenerator()))
        .withMessage("scorer");
  }

  @Test
  void build_rateAndStepsThatLeaveNoStep_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().withGeneration(g -> g.withNoiseRate(0.01)).build())
        .withMessage("noiseRate must be at least 0.0334 to run one of 30 steps, is 0.01");
    try (Sgid sgid = builder().withGeneration(g -> g.withSteps(100).withNoiseRate(0.01)).build()) {
      assertThat(sgid.augment(image, "bag").picture().stepsRun()).isEqualTo(1);
    }
  }

  @Test
  void build_sameBuilderTwice_givesTwo() {
    SgidBuilder builder = builder().withGeneration(g -> g.withSteps(4));
    Sgid first = builder.build();
    builder.withGeneration(g -> g.withSteps(8));

    try (Sgid second = builder.build()) {
      first.close();

      assertThat(first.settings().generation().steps()).isEqualTo(Steps.of(4));
      assertThat(second.settings().generation().steps()).isEqualTo(Steps.of(8));
      assertThat(second.augment(image, "bag").label()).isEqualTo("bag");
    }
  }

  @Test
  void augment_wrongArguments_areRefused() {
    try (Sgid sgid = builder().build()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sgid.augment(image, " _"))
          .withMessage("label must not be blank, is \" _\"");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sgid.augment(image, "bag", 0))
          .withMessage("copies must be at least 1, is 0");
      assertThatNullPointerException()
          .isThrownBy(() -> sgid.augment(Nulls.nothing(), "bag"))
          .withMessage("image");
      assertThatNullPointerException()
          .isThrownBy(() -> sgid.augmentAll(Nulls.nothing()))
          .withMessage("requests");
      AugmentRequest request = AugmentRequest.of(image, "bag");
      assertThatNullPointerException()
          .isThrownBy(() -> sgid.captionAll(Arrays.asList(request, Nulls.nothing())))
          .withMessage("requests[1]");
      assertThatNullPointerException()
          .isThrownBy(() -> sgid.similarity(image, Nulls.nothing()))
          .withMessage("b");
    }
  }
}
