package dev.sgid;

import static dev.sgid.StreamFixture.all;
import static dev.sgid.StreamFixture.await;
import static dev.sgid.StreamFixture.builderOn;
import static dev.sgid.StreamFixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeLanes;
import dev.sgid.testing.TestImages;
import dev.sgid.testing.Waiting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120) // seconds: a stream that hangs is what these tests are afraid of
class StreamBoundsTest {
  private static final int MANY = 100_000;

  private final AtomicLong read = new AtomicLong();
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong handedOut = new AtomicLong(); // at least, at every moment
  private final AtomicLong mostAhead = new AtomicLong();
  private final AtomicLong mostReadAhead = new AtomicLong();

  private FakeLanes lanes(int lanes, int batch) {
    return new FakeLanes(
        lanes,
        batch,
        ticket -> {
          begun.incrementAndGet();
          mostAhead.accumulateAndGet(ticket.index() + 1 - handedOut.get(), Math::max);
        });
  }

  private Iterator<AugmentRequest> counted(Stream<AugmentRequest> requests) {
    return requests
        .peek(
            request ->
                mostReadAhead.accumulateAndGet(read.incrementAndGet() - handedOut.get(), Math::max))
        .iterator();
  }

  private static AugmentRequest tiny(int number) {
    return AugmentRequest.of(TestImages.noise(1, 1, number % 7), "bag").withFirstCopy(number);
  }

  private long pull(AugmentationStream stream) {
    long pulled = 0;
    while (stream.hasNext()) {
      handedOut.incrementAndGet(); // before, since lanes go on while next() returns
      assertThat(stream.next()).isInstanceOf(Augmentation.class);
      pulled++;
    }
    return pulled;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 3", "3, 1"})
  void stream_manyRequests_neverMoreAheadOfTheConsumerThanItSays(int lanes, int batch) {
    FakeLanes generator = lanes(lanes, batch);
    try (Sgid sgid = builderOn(generator).build();
        AugmentationStream stream =
            sgid.stream(counted(IntStream.range(0, MANY / 10).mapToObj(n -> tiny(n))))) {
      assertThat(pull(stream)).isEqualTo(MANY / 10);
    }

    assertThat(mostAhead.get()).isPositive().isLessThanOrEqualTo(2L * lanes * batch);
    assertThat(mostReadAhead.get()).isPositive().isLessThanOrEqualTo(4L * lanes * batch);
    assertThat(generator.most()).isLessThanOrEqualTo(lanes * batch);
  }

  @Test
  void stream_oneRequestOfManyCopies_neverMoreAheadThanItSays() {
    FakeLanes generator = lanes(2, 4);
    try (Sgid sgid = builderOn(generator).build();
        AugmentationStream stream = sgid.stream(counted(Stream.of(tiny(0).withCopies(MANY))))) {
      assertThat(pull(stream)).isEqualTo(MANY);
    }

    assertThat(mostAhead.get()).isPositive().isLessThanOrEqualTo(16);
    assertThat(generator.most()).isLessThanOrEqualTo(8);
  }

  @Test
  void stream_consumerStopsPulling_stopsTheWork() {
    FakeLanes generator = lanes(2, 2);
    List<Thread> laneThreads = Collections.synchronizedList(new ArrayList<>());
    try (Sgid sgid =
            builderOn(generator)
                .withStepListener((p, step, steps, t) -> laneThreads.add(Thread.currentThread()))
                .build();
        AugmentationStream stream =
            sgid.stream(counted(IntStream.iterate(0, n -> n + 1).mapToObj(n -> tiny(n))))) {
      assertThat(stream.next()).isNotNull();

      Waiting.until(() -> begun.get() == 1 + 8 && generator.inHand() == 0);
      List.copyOf(laneThreads).forEach(Waiting::untilItWaits);
      assertThat(begun).hasValue(1 + 8);
      assertThat(read.get()).isBetween(9L, 1L + 16);

      assertThat(stream.next()).isNotNull();
      Waiting.until(() -> begun.get() == 2 + 8);
    }
  }

  @Test
  void stream_imagesLargerThanTheBudget_areBegunOneAtATime() {
    FakeLanes generator = lanes(3, 2);
    List<AugmentRequest> large =
        IntStream.range(0, 6)
            .mapToObj(n -> AugmentRequest.of(TestImages.noise(40, 30, n), "bag").withCopies(3))
            .toList();

    StreamRun run = run(new FakeCaptioner(), generator, counted(large.stream()), 1_000);

    assertThat(all(run)).hasSize(18).allMatch(Augmentation.class::isInstance);
    assertThat(generator.most()).isEqualTo(1);
    assertThat(mostReadAhead.get()).isLessThanOrEqualTo(6);
  }

  @Test
  void stream_budgetOfThreeImages_readsNoFurther() {
    FakeLanes generator = lanes(2, 8);
    StreamRun run =
        run(
            new FakeCaptioner(),
            generator,
            counted(
                IntStream.range(0, 50)
                    .mapToObj(n -> AugmentRequest.of(TestImages.noise(10, 10, n), "bag"))),
            300);
    int pulled = 0;
    while (run.hasNext()) {
      handedOut.incrementAndGet();
      assertThat(run.next()).isInstanceOf(Augmentation.class);
      pulled++;
    }
    run.close();

    assertThat(pulled).isEqualTo(50);
    assertThat(mostReadAhead.get()).isLessThanOrEqualTo(3);
  }

  /** A later image that is ready sooner must not take the room that the first one needs. */
  @Test
  void stream_laterImageFillsTheBudget_firstIsBegunAllTheSame() {
    CountDownLatch laterBegun = new CountDownLatch(1);
    FakeLanes generator = new FakeLanes(2, 1, ticket -> laterBegun.countDown());
    Captioner captioner =
        (image, candidates, seed) -> {
          if (image.getHeight() == 20) {
            await(laterBegun);
          }
          return List.of("a bag");
        };
    List<AugmentRequest> requests =
        List.of(
            AugmentRequest.of(TestImages.noise(10, 20, 0), "bag").withId("first"),
            AugmentRequest.of(TestImages.noise(20, 10, 1), "bag").withId("later"));

    StreamRun run = run(captioner, generator, requests.iterator(), 600);

    assertThat(all(run)).extracting(Outcome::id).containsExactly("first", "later");
  }
}
