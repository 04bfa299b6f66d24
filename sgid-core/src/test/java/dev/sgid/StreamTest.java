package dev.sgid;

import static dev.sgid.StreamFixture.all;
import static dev.sgid.StreamFixture.await;
import static dev.sgid.StreamFixture.builderOn;
import static dev.sgid.StreamFixture.requests;
import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sgid.testing.CallLog;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeLanes;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.Nulls;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120) // seconds: a stream that hangs is what these tests are afraid of
class StreamTest {
  private final CallLog log = new CallLog();
  private final BufferedImage image = TestImages.gradient(8, 6, 10);

  private Sgid logging() {
    return Sgid.builder(new FakeCaptioner(log), new FakeScorer(log), new FakeGenerator(log))
        .build();
  }

  private int embeddedImages() {
    return log.calls().stream()
        .filter(call -> call.startsWith("embed images "))
        .mapToInt(call -> Integer.parseInt(call.substring("embed images ".length())))
        .sum();
  }

  private List<String> captioned() {
    return log.calls().stream().filter(call -> call.startsWith("caption")).toList();
  }

  @Test
  void stream_firstPictureFinishedLast_comesFirst() {
    CountDownLatch othersTaken = new CountDownLatch(5); // all that may be begun beside it
    FakeLanes lanes =
        new FakeLanes(
            3,
            1,
            ticket -> {
              if (ticket.index() == 0) {
                await(othersTaken);
              } else {
                othersTaken.countDown();
              }
            });
    try (Sgid sgid = builderOn(lanes).build();
        AugmentationStream stream = sgid.stream(requests(10).iterator())) {
      assertThat(all(stream))
          .extracting(Outcome::id)
          .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }
  }

  static LongStream seeds() {
    return LongStream.range(0, 3);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void stream_anyLanesAndBatch_sameOutcomesAsOneLaneOfOne(long seed) {
    List<AugmentRequest> requests = anyRequests(new Random(seed));
    List<Outcome> alone = outcomes(requests, new FakeGenerator().withLanes(1, 1));
    for (int lanes = 1; lanes <= 4; lanes++) {
      for (int batch = 1; batch <= 5; batch++) {
        String what = "seed %d, %d lanes of %d".formatted(seed, lanes, batch);

        assertSame(what, outcomes(requests, new FakeGenerator().withLanes(lanes, batch)), alone);
        assertSame(what + " at the feed", outcomes(requests, new FakeLanes(lanes, batch)), alone);
      }
    }
  }

  private static List<AugmentRequest> anyRequests(Random random) {
    List<AugmentRequest> requests = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int steps = 1 + random.nextInt(6);
      requests.add(
          StreamFixture.request(random.nextInt(9)) // some of them twice
              .withCopies(1 + random.nextInt(4))
              .withFirstCopy(random.nextInt(3))
              .withSettings(
                  Settings.DEFAULTS.withGeneration(g -> g.withNoiseRate(1).withSteps(steps))));
    }
    return requests;
  }

  private static List<Outcome> outcomes(List<AugmentRequest> requests, Img2ImgGenerator generator) {
    Captioner captioner =
        (picture, candidates, seed) -> {
          if (picture.getWidth() == 5) {
            throw new IllegalStateException("no words");
          }
          return new FakeCaptioner().caption(picture, candidates, seed);
        };
    try (Sgid sgid = Sgid.builder(captioner, new FakeScorer(), generator).build();
        AugmentationStream stream = sgid.stream(requests.iterator())) {
      return all(stream);
    }
  }

  private static void assertSame(String what, List<Outcome> actual, List<Outcome> expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      Outcome is = actual.get(i);
      Outcome shall = expected.get(i);
      assertThat(is.id()).as(what).isEqualTo(shall.id());
      assertThat(is.copy()).as(what).isEqualTo(shall.copy());
      assertThat(is).as(what).isInstanceOf(shall.getClass());
      if (is instanceof Augmentation a && shall instanceof Augmentation b) {
        assertThatImage(a.image()).as(what).hasPixelsOf(b.image());
        assertThat(a.prompt()).as(what).isEqualTo(b.prompt());
        assertThat(a.seed()).as(what).isEqualTo(b.seed());
        assertThat(a.consistency()).as(what).isEqualTo(b.consistency());
      }
    }
  }

  @Test
  void stream_fourCopiesOfAnImage_captionsItOnceAndEmbedsFivePictures() {
    AugmentRequest request = AugmentRequest.of(image, "bag").withCopies(4);
    try (Sgid sgid = logging();
        AugmentationStream stream = sgid.stream(List.of(request).iterator())) {
      assertThat(all(stream)).hasSize(4);
    }

    assertThat(captioned()).hasSize(1);
    assertThat(embeddedImages()).isEqualTo(5);
  }

  @Test
  void stream_samePixelsInOtherImages_areCaptionedAndEmbeddedOnce() {
    List<AugmentRequest> requests =
        List.of(
            AugmentRequest.of(image, "bag"),
            AugmentRequest.of(TestImages.copy(image), "coat"),
            AugmentRequest.of(TestImages.copy(image), "bag").withFirstCopy(1));
    try (Sgid sgid = logging();
        AugmentationStream stream = sgid.stream(requests.iterator())) {
      assertThat(all(stream)).hasSize(3);
    }

    assertThat(captioned()).hasSize(1);
    assertThat(embeddedImages()).isEqualTo(4);
  }

  @Test
  void stream_afterCaptionAll_doesNothingAgain() {
    AugmentRequest request = AugmentRequest.of(image, "bag").withCopies(2);
    try (Sgid sgid = logging()) {
      ScoredCaption caption = sgid.captionAll(List.of(request)).get(0);
      assertThat(captioned()).hasSize(1);
      assertThat(embeddedImages()).isEqualTo(1);
      try (AugmentationStream stream = sgid.stream(List.of(request).iterator())) {
        assertThat(Outcome.pictures(all(stream)))
            .extracting(Augmentation::caption)
            .containsOnly(caption.caption());
      }
    }

    assertThat(captioned()).hasSize(1);
    assertThat(embeddedImages()).isEqualTo(3); // the copies
  }

  @Test
  void stream_copiesOfSeveralImages_fillTheBatchesAcrossThem() {
    CountDownLatch allRead = new CountDownLatch(1);
    Captioner captioner =
        (picture, candidates, seed) -> {
          await(allRead);
          return List.of("a bag");
        };
    Iterator<AugmentRequest> requests =
        new Iterator<>() {
          private final Iterator<AugmentRequest> three =
              List.of(
                      StreamFixture.request(0).withCopies(3),
                      StreamFixture.request(1).withCopies(4),
                      StreamFixture.request(2))
                  .iterator();

          @Override
          public boolean hasNext() {
            if (!three.hasNext()) {
              allRead.countDown();
            }
            return three.hasNext();
          }

          @Override
          public AugmentRequest next() {
            return three.next();
          }
        };
    FakeGenerator generator = new FakeGenerator(log).withLanes(1, 4);
    try (Sgid sgid = Sgid.builder(captioner, new FakeScorer(), generator).build();
        AugmentationStream stream = sgid.stream(requests)) {
      assertThat(all(stream)).hasSize(8);
    }

    assertThat(log.calls()).containsExactly("generate 4", "generate 4");
  }

  @Test
  void next_afterTheLast_isRefused() {
    try (Sgid sgid = logging();
        AugmentationStream stream = sgid.stream(requests(1).iterator())) {
      assertThat(stream.next().id()).isEqualTo("0"); // without asking
      assertThat(stream.hasNext()).isFalse();
      assertThatExceptionOfType(NoSuchElementException.class)
          .isThrownBy(stream::next)
          .withMessage("There are no more outcomes");
    }
  }

  @Test
  void stream_nothingPulled_doesNothing() {
    try (Sgid sgid = logging();
        AugmentationStream stream =
            sgid.stream(
                new Iterator<AugmentRequest>() {
                  @Override
                  public boolean hasNext() {
                    throw new AssertionError("nobody asked");
                  }

                  @Override
                  public AugmentRequest next() {
                    throw new AssertionError("nobody asked");
                  }
                })) {
      assertThat(stream).isNotNull();
    }
    assertThat(log.calls()).isEmpty();
  }

  @Test
  void stream_null_isRefusedWithTheName() {
    try (Sgid sgid = logging()) {
      assertThatNullPointerException()
          .isThrownBy(() -> sgid.stream(Nulls.nothing()))
          .withMessage("requests");
    }
  }

  @Test
  void listener_copiesOfSeveralRequests_hearsOfPicturesByTheirPlaceInTheStream() {
    List<Long> heard = java.util.Collections.synchronizedList(new ArrayList<>());
    List<AugmentRequest> requests =
        List.of(StreamFixture.request(0).withCopies(2), StreamFixture.request(1).withCopies(3));
    for (Img2ImgGenerator generator :
        List.of(new FakeGenerator().withLanes(2, 2), new FakeLanes(2, 2))) {
      heard.clear();
      try (Sgid sgid =
              builderOn(generator)
                  .withStepListener((picture, step, steps, timestep) -> heard.add(picture))
                  .build();
          AugmentationStream stream = sgid.stream(requests.iterator())) {
        assertThat(all(stream)).hasSize(5);
      }
      assertThat(heard).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
    }
  }
}
