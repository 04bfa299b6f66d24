package dev.sgid;

import static dev.sgid.StreamFixture.all;
import static dev.sgid.StreamFixture.await;
import static dev.sgid.StreamFixture.builderOn;
import static dev.sgid.StreamFixture.requests;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeLanes;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.Waiting;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120) // seconds: a stream that hangs is what these tests are afraid of
class StreamClosingTest {
  private final CountDownLatch working = new CountDownLatch(2); // lanes
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Set<Thread> laneThreads = ConcurrentHashMap.newKeySet();

  /** Takes requests without end. */
  private static Iterator<AugmentRequest> endless() {
    return Stream.iterate(0, n -> n + 1).map(StreamFixture::request).iterator();
  }

  /** Two lanes, each of which waits in the first picture that it takes, as a model run would. */
  private FakeLanes waiting(Runnable wait) {
    return new FakeLanes(
        2,
        1,
        ticket -> {
          laneThreads.add(Thread.currentThread());
          working.countDown();
          wait.run();
        });
  }

  /** As a run of a model: no interrupt ends it. */
  private void waitUninterruptibly() {
    boolean interrupted = false;
    while (goOn.getCount() > 0) {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread started(Runnable work) {
    Thread thread = new Thread(work);
    thread.start();
    return thread;
  }

  @Test
  void close_lanesInTheMiddleOfAModelRun_waitsForThemAndNoOtherIsBegun() throws Exception {
    AtomicInteger steps = new AtomicInteger();
    FakeLanes generator = waiting(this::waitUninterruptibly);
    try (Sgid sgid =
        builderOn(generator).withStepListener((p, s, n, t) -> steps.incrementAndGet()).build()) {
      AugmentationStream stream = sgid.stream(endless());
      AtomicReference<@Nullable Throwable> told = new AtomicReference<>();
      Thread consumer = started(() -> told.set(catchThrowable(stream::hasNext)));
      await(working);

      Thread closing = started(stream::close);
      Waiting.untilItWaits(closing);
      assertThat(generator.inHand()).isEqualTo(2);
      goOn.countDown();
      closing.join();

      assertThat(generator.inHand()).isZero();
      assertThat(steps).hasValue(0); // they were to begin after the wait
      consumer.join();
      assertThat(told.get()).hasMessage("The stream is closed");
      assertThatIllegalStateException()
          .isThrownBy(stream::hasNext)
          .withMessage("The stream is closed");
      assertThatIllegalStateException().isThrownBy(stream::next);
      stream.close();
    }
  }

  @Test
  void close_fromAListener_isRefusedAndTheStreamGoesOn() {
    AtomicReference<@Nullable AugmentationStream> self = new AtomicReference<>();
    AtomicReference<@Nullable Throwable> refused = new AtomicReference<>();
    try (Sgid sgid =
            builderOn(new FakeGenerator())
                .withStepListener(
                    (p, s, n, t) -> refused.set(catchThrowable(requireNonNull(self.get())::close)))
                .build();
        AugmentationStream stream = sgid.stream(requests(3).iterator())) {
      self.set(stream);

      assertThat(all(stream)).hasSize(3).allMatch(Augmentation.class::isInstance);
      assertThat(refused.get())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("Sgid can't be closed from within one of its own calls");
    }
  }

  @Test
  void hasNext_consumerInterrupted_isCancelledKeepsTheFlagAndEndsTheLanes() throws Exception {
    FakeLanes generator = waiting(() -> await(goOn));
    try (Sgid sgid = builderOn(generator).build()) {
      AugmentationStream stream = sgid.stream(endless());
      AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
      AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
      Thread consumer =
          started(
              () -> {
                thrown.set(catchThrowable(stream::hasNext));
                flag.set(Thread.currentThread().isInterrupted());
              });
      await(working);

      consumer.interrupt();
      consumer.join();

      assertThat(thrown.get()).isInstanceOf(SgidException.class);
      assertThat((SgidException) thrown.get()).matches(SgidException::isCancelled);
      assertThat(flag.get()).isTrue();
      assertThat(generator.inHand()).isZero();
      assertThatIllegalStateException().isThrownBy(stream::hasNext);
    }
  }

  @Test
  void hasNext_interruptedThoughAnOutcomeIsThere_isCancelled() {
    try (Sgid sgid = builderOn(new FakeGenerator()).build();
        AugmentationStream stream = sgid.stream(requests(2).iterator())) {
      assertThat(stream.hasNext()).isTrue();
      Thread.currentThread().interrupt();
      try {
        assertThatExceptionOfType(SgidException.class)
            .isThrownBy(stream::hasNext)
            .matches(SgidException::isCancelled);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
      } finally {
        Thread.interrupted();
      }
    }
  }

  @Test
  void stream_forgotten_stopsItsThreads() {
    FakeLanes generator = new FakeLanes(2, 2, t -> laneThreads.add(Thread.currentThread()));
    try (Sgid sgid = builderOn(generator).build()) {
      pullOneAndForget(sgid);
      assertThat(laneThreads).isNotEmpty();

      Waiting.until(
          () -> {
            System.gc();
            return laneThreads.stream().noneMatch(Thread::isAlive);
          });
    }
  }

  private static void pullOneAndForget(Sgid sgid) {
    @SuppressWarnings("resource") // which is what is tested
    AugmentationStream forgotten = sgid.stream(endless());
    assertThat(forgotten.next()).isNotNull();
  }

  @Test
  void stream_sgidClosed_isRefused() {
    Sgid sgid = builderOn(new FakeGenerator()).build();
    AugmentationStream before = sgid.stream(endless());
    sgid.close();
    sgid.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> sgid.stream(endless()))
        .withMessage("Sgid is closed");
    assertThatIllegalStateException()
        .isThrownBy(before::hasNext)
        .withMessage("The stream is closed");
    before.close();
  }

  @Test
  void closeSgid_openStreams_endsThemAndWaitsForTheirLanes() throws Exception {
    FakeLanes generator = waiting(this::waitUninterruptibly);
    Sgid sgid = builderOn(generator).build();
    AugmentationStream stream = sgid.stream(endless());
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread consumer = started(() -> thrown.set(catchThrowable(stream::hasNext)));
    await(working);

    Thread closing = started(sgid::close);
    Thread again = started(sgid::close);
    consumer.join(); // is told at once
    Waiting.untilItWaits(closing);
    Waiting.untilItWaits(again);
    assertThat(generator.inHand()).isEqualTo(2);
    goOn.countDown();
    closing.join();
    again.join();

    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The stream is closed");
    assertThat(generator.inHand()).isZero();
  }

  @Test
  void closeSgid_augmentAllInAnotherThread_waitsUntilItIsDone() throws Exception {
    FakeLanes generator = waiting(this::waitUninterruptibly);
    Sgid sgid = builderOn(generator).build();
    CompletableFuture<List<Outcome>> call =
        CompletableFuture.supplyAsync(() -> sgid.augmentAll(requests(20)));
    await(working);
    Thread closing = started(sgid::close);
    Waiting.untilItWaits(closing);

    goOn.countDown();

    assertThat(call.get(1, TimeUnit.MINUTES)).hasSize(20).allMatch(Augmentation.class::isInstance);
    closing.join();
  }

  @Test
  void augment_withinAListenerWhileACloseWaits_isLetIn() throws Exception {
    AtomicReference<@Nullable Sgid> self = new AtomicReference<>();
    ConcurrentLinkedQueue<Integer> inner = new ConcurrentLinkedQueue<>();
    CountDownLatch one = new CountDownLatch(1);
    FakeGenerator generator =
        new FakeGenerator()
            .withBefore(
                some -> {
                  if (some.get(0).image().getWidth() == 3 && inner.isEmpty()) { // the outer call's
                    one.countDown();
                    waitUninterruptibly();
                    inner.add(
                        requireNonNull(self.get()).augmentAll(requests(5).subList(1, 5)).size());
                  }
                });
    Sgid sgid = builderOn(generator).build();
    self.set(sgid);
    CompletableFuture<List<Outcome>> call =
        CompletableFuture.supplyAsync(() -> sgid.augmentAll(requests(1)));
    await(one);
    Thread closing = started(sgid::close);
    Waiting.untilItWaits(closing);

    goOn.countDown();

    assertThat(call.get(1, TimeUnit.MINUTES)).hasSize(1).allMatch(Augmentation.class::isInstance);
    assertThat(inner).containsExactly(4);
    closing.join();
  }

  @Test
  void closeSgid_whileStreamsBegin_leavesNoneRunningAndNeverHangs() throws Exception {
    for (int round = 0; round < 100; round++) {
      FakeLanes generator = new FakeLanes(2, 2);
      Sgid sgid = builderOn(generator).build();
      List<Thread> consumers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        consumers.add(
            started(
                () -> {
                  Throwable end =
                      catchThrowable(
                          () -> {
                            try (AugmentationStream stream = sgid.stream(endless())) {
                              stream.forEachRemaining(outcome -> {});
                            }
                          });
                  assertThat(end).isInstanceOf(IllegalStateException.class);
                }));
      }
      sgid.close();
      assertThat(generator.inHand()).isZero();
      for (Thread consumer : consumers) {
        consumer.join();
      }
    }
  }

  @Test
  void captionAll_anImageFails_throwsThatOfTheFirstInOrderAndLeavesNoThread() {
    Captioner captioner =
        (image, candidates, seed) -> {
          laneThreads.add(Thread.currentThread());
          if (image.getWidth() == 5) {
            throw new IllegalStateException("odd");
          }
          return new FakeCaptioner().caption(image, candidates, seed);
        };
    FakeGenerator lanes = new FakeGenerator().withLanes(3, 1);
    try (Sgid sgid = Sgid.builder(captioner, new FakeScorer(), lanes).build()) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> sgid.captionAll(requests(30)))
          .withMessage("The stage CAPTION failed: java.lang.IllegalStateException: odd");
    }
    Waiting.until(() -> laneThreads.stream().noneMatch(Thread::isAlive));
  }

  @Test
  void captionAll_interrupted_isCancelledAndKeepsTheFlag() throws Exception {
    Captioner captioner =
        (image, candidates, seed) -> {
          working.countDown();
          await(goOn);
          return List.of("a bag");
        };
    FakeGenerator lanes = new FakeGenerator().withLanes(2, 1);
    try (Sgid sgid = Sgid.builder(captioner, new FakeScorer(), lanes).build()) {
      AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
      AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
      Thread caller =
          started(
              () -> {
                thrown.set(catchThrowable(() -> sgid.captionAll(requests(9))));
                flag.set(Thread.currentThread().isInterrupted());
              });
      await(working);

      caller.interrupt();
      caller.join();

      assertThat((SgidException) thrown.get()).matches(SgidException::isCancelled);
      assertThat(flag.get()).isTrue();
    }
  }

  @Test
  void captionAll_lanes_givesWhatOneLaneGivesInOrder() {
    List<AugmentRequest> requests = requests(23);
    List<ScoredCaption> alone;
    try (Sgid sgid = builderOn(new FakeGenerator().withLanes(1, 1)).build()) {
      alone = sgid.captionAll(requests);
    }
    try (Sgid sgid = builderOn(new FakeGenerator().withLanes(3, 4)).build()) {
      assertThat(sgid.captionAll(requests)).isEqualTo(alone);
      assertThat(sgid.captionAll(List.of())).isEmpty();
    }
  }
}
