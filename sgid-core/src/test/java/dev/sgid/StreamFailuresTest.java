package dev.sgid;

import static dev.sgid.StreamFixture.all;
import static dev.sgid.StreamFixture.builderOn;
import static dev.sgid.StreamFixture.request;
import static dev.sgid.StreamFixture.requests;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.Nulls;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120) // seconds: a stream that hangs is what these tests are afraid of
class StreamFailuresTest {
  private static final int ILL = 6; // width of the image that fails

  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();

  private static List<AugmentRequest> fiveImages() {
    return IntStream.range(4, 9)
        .mapToObj(
            width ->
                AugmentRequest.of(TestImages.noise(width, 3, width), "bag")
                    .withId("w" + width)
                    .withCopies(2))
        .toList();
  }

  /** Where and how the image of width 6 fails. */
  private enum Fault {
    CAPTION("The stage CAPTION failed: java.lang.IllegalStateException: odd", Stage.CAPTION),
    CAPTION_MEMORY("The stage CAPTION ran out of memory (heap)", Stage.CAPTION),
    EMBED("The stage SIMILARITY failed: java.lang.IllegalStateException: odd", Stage.SIMILARITY),
    EMBED_TEXT(
        "The stage SIMILARITY failed: java.lang.IllegalStateException: odd", Stage.SIMILARITY),
    GENERATE("The stage DENOISE failed: java.lang.IllegalStateException: odd", Stage.DENOISE),
    GENERATE_MEMORY("The stage DENOISE ran out of memory (heap)", Stage.DENOISE),
    EMBED_COPY(
        "The stage SIMILARITY failed: java.lang.IllegalStateException: odd", Stage.SIMILARITY);

    final String message;
    final Stage stage;

    Fault(String message, Stage stage) {
      this.message = message;
      this.stage = stage;
    }
  }

  private Sgid failing(Fault fault) {
    Captioner captioner =
        (image, candidates, seed) -> {
          note("caption", image, fault == Fault.CAPTION, fault == Fault.CAPTION_MEMORY);
          return List.of("an image of width " + image.getWidth());
        };
    FakeScorer real = new FakeScorer();
    FakeScorer scorer =
        real.withImages(
                image -> {
                  boolean copy = image.getType() == BufferedImage.TYPE_INT_RGB; // originals aren't
                  String what = copy ? "embed copy" : "embed";
                  note(what, image, fault == (copy ? Fault.EMBED_COPY : Fault.EMBED), false);
                  return real.embedImages(List.of(image)).get(0);
                })
            .withTexts(
                text -> {
                  if (fault == Fault.EMBED_TEXT && text.endsWith(" " + ILL)) {
                    throw new IllegalStateException("odd");
                  }
                  return real.embedTexts(List.of(text)).get(0);
                });
    FakeGenerator generator =
        new FakeGenerator()
            .withLanes(1, 4)
            .withBefore(
                some ->
                    some.forEach(
                        r ->
                            note(
                                "generate",
                                r.image(),
                                fault == Fault.GENERATE,
                                fault == Fault.GENERATE_MEMORY)));
    return Sgid.builder(captioner, scorer, generator).build();
  }

  private void note(String what, BufferedImage image, boolean fails, boolean outOfMemory) {
    if (image.getWidth() == ILL) {
      seen.add(what);
      if (fails) {
        throw new IllegalStateException("odd");
      }
      if (outOfMemory) {
        throw new OutOfMemoryError("heap");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void stream_oneImageFails_itsCopiesAreFailuresAndTheRestGoesOn(Fault fault) {
    try (Sgid sgid = failing(fault);
        AugmentationStream stream = sgid.stream(fiveImages().iterator())) {
      List<Outcome> outcomes = all(stream);

      assertThat(outcomes)
          .extracting(Outcome::id)
          .containsExactly("w4", "w4", "w5", "w5", "w6", "w6", "w7", "w7", "w8", "w8");
      for (Outcome outcome : outcomes) {
        if (outcome.id().equals("w" + ILL)) {
          assertThat(outcome).isInstanceOf(FailedCopy.class);
          SgidException reason = ((FailedCopy) outcome).reason();
          assertThat(reason).hasMessage(fault.message);
          assertThat(reason.stage()).isEqualTo(fault.stage);
          assertThat(reason.isRejection()).isFalse();
        } else {
          assertThat(outcome).isInstanceOf(Augmentation.class);
        }
      }
    }
    switch (fault) {
      case CAPTION, CAPTION_MEMORY -> assertThat(seen).containsOnly("caption");
      case EMBED -> assertThat(seen).contains("embed").doesNotContain("generate", "embed copy");
      case EMBED_TEXT -> assertThat(seen).doesNotContain("generate", "embed copy");
      case GENERATE, GENERATE_MEMORY -> assertThat(seen).doesNotContain("embed copy");
      case EMBED_COPY -> assertThat(seen).contains("embed copy");
    }
  }

  @Test
  void stream_imageFailsTwiceForDifferentReasons_firstIsKeptAndItIsNotTriedAgain() {
    AtomicInteger calls = new AtomicInteger();
    Captioner captioner =
        (image, candidates, seed) -> {
          throw new IllegalStateException("call " + calls.incrementAndGet());
        };
    try (Sgid sgid = Sgid.builder(captioner, new FakeScorer(), new FakeGenerator()).build();
        AugmentationStream stream = sgid.stream(List.of(request(0).withCopies(3)).iterator())) {
      assertThat(all(stream))
          .hasSize(3)
          .allSatisfy(
              outcome ->
                  assertThat(((FailedCopy) outcome).reason()).hasMessageEndingWith("call 1"));
    }
    assertThat(calls).hasValue(1);
  }

  private static FakeGenerator dead(int soundOnes) {
    AtomicInteger calls = new AtomicInteger();
    return new FakeGenerator()
        .withLanes(1, 1)
        .withBefore(
            some -> {
              if (calls.getAndIncrement() >= soundOnes) {
                throw new IllegalStateException("device lost");
              }
            });
  }

  @Test
  void stream_nothingWorksAnyMore_endsWithThatErrorAfterWhatCameBefore() {
    try (Sgid sgid = builderOn(dead(3)).build();
        AugmentationStream stream = sgid.stream(requests(1_000).iterator())) {
      List<Outcome> before = new ArrayList<>();
      Throwable end =
          catchThrowable(
              () -> {
                while (stream.hasNext()) {
                  before.add(stream.next());
                }
              });

      assertThat(before).hasSize(3 + FailureStreak.HOPELESS);
      assertThat(Outcome.pictures(before)).hasSize(3);
      assertThat(end)
          .isInstanceOf(SgidException.class)
          .hasMessage(
              "The last 32 images failed one after the other, so not they are to blame but the"
                  + " device or the models; the last one: The stage DENOISE failed:"
                  + " java.lang.IllegalStateException: device lost")
          .hasRootCauseMessage("device lost");
      assertThatExceptionOfType(SgidException.class).isThrownBy(stream::next).isSameAs(end);
    }
  }

  @Test
  void augmentAll_nothingWorksAnyMore_throwsThatError() {
    try (Sgid sgid = builderOn(dead(0)).build()) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> sgid.augmentAll(requests(100)))
          .withMessageStartingWith("The last 32 images failed one after the other");
    }
  }

  @Test
  void stream_noImageCanBeCaptioned_endsToo() {
    Captioner captioner =
        (image, candidates, seed) -> {
          throw new IllegalStateException("dead");
        };
    try (Sgid sgid = Sgid.builder(captioner, new FakeScorer(), new FakeGenerator()).build();
        AugmentationStream stream = sgid.stream(requests(1_000).iterator())) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> all(stream))
          .withMessageStartingWith("The last 32 images failed one after the other")
          .matches(e -> e.stage() == Stage.CAPTION);
    }
  }

  @Test
  void stream_rejectionsInARow_goOnToTheEnd() {
    FakeGenerator plain = new FakeGenerator().withLanes(2, 3).withBroken(request -> true);
    try (Sgid sgid = builderOn(plain).build();
        AugmentationStream stream = sgid.stream(requests(100).iterator())) {
      assertThat(all(stream)).hasSize(100).allMatch(FailedCopy.class::isInstance);
    }
  }

  @Test
  void stream_settingsThatCannotBeRun_areRejectedWithTheirMessage() {
    FakeGenerator choosy =
        new FakeGenerator()
            .withSupported(
                settings -> {
                  if (settings.steps().count() == 13) {
                    throw new IllegalArgumentException("steps must not be 13");
                  }
                });
    Settings unlucky = Settings.DEFAULTS.withGeneration(g -> g.withSteps(13));
    List<AugmentRequest> requests =
        requests(60).stream().map(request -> request.withSettings(unlucky)).toList();
    try (Sgid sgid = builderOn(choosy).build();
        AugmentationStream stream = sgid.stream(requests.iterator())) {
      assertThat(all(stream))
          .hasSize(60)
          .first()
          .satisfies(
              outcome ->
                  assertThat(((FailedCopy) outcome).reason())
                      .hasMessage("The settings of 0 can't be run: steps must not be 13")
                      .matches(SgidException::isRejection));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void stream_copiesOfFewImagesFail_countOnceAndGoOnToTheEnd(int lanes) {
    FakeGenerator dead =
        new FakeGenerator()
            .withLanes(lanes, 2)
            .withBefore(
                some -> {
                  throw new IllegalStateException("odd");
                });
    List<AugmentRequest> two =
        requests(2).stream().map(request -> request.withCopies(100)).toList();
    try (Sgid sgid = builderOn(dead).build();
        AugmentationStream stream = sgid.stream(two.iterator())) {
      assertThat(all(stream)).hasSize(200).allMatch(FailedCopy.class::isInstance);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void stream_iteratorThrows_comesAfterTheOutcomesBefore(int sound) {
    IllegalStateException cause = new IllegalStateException("disk gone");
    Iterator<AugmentRequest> requests =
        Stream.concat(
                requests(sound).stream(),
                Stream.generate(
                    () -> {
                      throw cause;
                    }))
            .map(AugmentRequest.class::cast)
            .iterator();
    try (Sgid sgid = builderOn(new FakeGenerator().withLanes(2, 2)).build();
        AugmentationStream stream = sgid.stream(requests)) {
      for (int i = 0; i < sound; i++) {
        assertThat(stream.next().orThrow().id()).isEqualTo(Integer.toString(i));
      }
      assertThatIllegalStateException().isThrownBy(stream::hasNext).isSameAs(cause);
      assertThatIllegalStateException().isThrownBy(stream::next).isSameAs(cause);
    }
  }

  @Test
  void stream_nullRequest_comesAfterTheOutcomesBefore() {
    Iterator<AugmentRequest> requests = Arrays.asList(request(0), Nulls.nothing()).iterator();
    try (Sgid sgid = builderOn(new FakeGenerator()).build();
        AugmentationStream stream = sgid.stream(requests)) {
      assertThat(stream.next().id()).isEqualTo("0");
      assertThatNullPointerException().isThrownBy(stream::hasNext).withMessage("request");
    }
  }

  /** A generator with a lane of the test's own. */
  private interface OddLane extends Img2ImgGenerator {
    @Override
    default List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener) {
      throw new AssertionError("the feed is there");
    }

    @Override
    void generate(Img2ImgFeed feed);

    @Override
    default int lanes() {
      return 2;
    }
  }

  @Test
  void stream_laneEndsWithAPictureBegun_endsInsteadOfWaitingForIt() {
    OddLane lane = feed -> feed.next(true);
    assertThatOddLane(lane, SgidException.class)
        .hasMessageMatching("The generator ended its lane before picture [01] was done");
  }

  @Test
  void stream_oneLaneEndsWithAPictureBegun_endsThoughTheOtherGoesOn() {
    AtomicInteger lanes = new AtomicInteger();
    OddLane lane =
        feed -> {
          if (lanes.getAndIncrement() == 0) {
            Img2ImgFeed.Ticket ignored = feed.next(true);
          } else {
            new FakeGenerator().generate(feed);
          }
        };
    assertThatOddLane(lane, SgidException.class)
        .hasMessageStartingWith("The generator ended its lane before picture ");
  }

  @Test
  void stream_lanesTakeNothing_endsInsteadOfWaiting() {
    assertThatOddLane(feed -> {}, SgidException.class)
        .hasMessage("The generator ended its lane before picture 0 was done");
  }

  @Test
  void stream_laneHandsOverWhatItHasNotTaken_endsWithThat() {
    OddLane lane =
        feed ->
            feed.done(
                List.of(
                    new Img2ImgFeed.Done(
                        new Img2ImgFeed.Ticket(5, Img2ImgRequest.of(TestImages.noise(2, 2, 0), "")),
                        FakeGenerator.black())));
    assertThatOddLane(lane, IllegalStateException.class)
        .hasMessage("Picture 5 was not begun, or is done");
  }

  @Test
  void stream_laneFailsAltogether_endsWithThatAlsoIfItIsAnError() {
    LinkageError error = new LinkageError("no such native");
    OddLane lane =
        feed -> {
          throw error;
        };
    assertThatOddLane(lane, LinkageError.class).isSameAs(error);
  }

  private static <T extends Throwable>
      org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertThatOddLane(
          OddLane lane, Class<T> type) {
    try (Sgid sgid = Sgid.builder(new FakeCaptioner(), new FakeScorer(), lane).build();
        AugmentationStream stream = sgid.stream(requests(50).iterator())) {
      return assertThat(catchThrowable(() -> all(stream))).isInstanceOf(type);
    }
  }
}
