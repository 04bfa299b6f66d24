package dev.sgid;

import static dev.sgid.StreamFixture.requests;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeLanes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the lanes, the budget, the delays and where the consumer ends: no run hangs. */
class StreamStressTest {
  private static final int ROUNDS = 40;

  static LongStream seeds() {
    return LongStream.range(0, 8);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void stream_anything_endsInOrder(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      String what = "seed %d, round %d".formatted(seed, round);
      assertThatCode(() -> round(random, what)).as(what).doesNotThrowAnyException();
    }
  }

  private static void round(Random random, String what) {
    int lanes = 1 + random.nextInt(4);
    int batch = 1 + random.nextInt(4);
    Delays delays = new Delays(random.nextLong());
    Img2ImgGenerator generator =
        random.nextBoolean()
            ? new FakeLanes(lanes, batch, ticket -> delays.maybe())
            : new FakeGenerator().withLanes(lanes, batch).withBefore(some -> delays.maybe());
    Captioner captioner =
        (image, candidates, captionSeed) -> {
          delays.maybe();
          if (image.getWidth() == 4) {
            throw new IllegalStateException("no words");
          }
          return new FakeCaptioner().caption(image, candidates, captionSeed);
        };
    List<AugmentRequest> requests = new ArrayList<>();
    for (AugmentRequest request : requests(random.nextInt(30))) {
      requests.add(request.withCopies(1 + random.nextInt(random.nextInt(5) == 0 ? 20 : 2)));
    }
    int pictures = requests.stream().mapToInt(AugmentRequest::copies).sum();
    long budget = 1L + random.nextInt(random.nextBoolean() ? 20 : 400);
    StreamRun run = StreamFixture.run(captioner, generator, requests.iterator(), budget);
    int end = random.nextInt(3) == 0 ? random.nextInt(1 + pictures) : pictures;
    int slot = 0;
    int copy = 0;
    for (int i = 0; i < end; i++) {
      assertThat(run.hasNext()).as(what).isTrue();
      Outcome outcome = run.next();
      assertThat(outcome.id()).as(what).isEqualTo(requests.get(slot).id());
      assertThat(outcome.copy()).as(what).isEqualTo(copy);
      copy++;
      if (copy == requests.get(slot).copies()) {
        slot++;
        copy = 0;
      }
      delays.maybe();
    }
    if (end == pictures) {
      assertThat(run.hasNext()).as(what).isFalse();
    }
    run.close();
    if (generator instanceof FakeLanes fake) {
      assertThat(fake.inHand()).as(what).isZero();
    }
  }

  /** Now and then, waits a moment for a permit that nobody gives. */
  private static final class Delays {
    private static final Duration MOST = Duration.ofMillis(1);

    private final Random random;
    private final Semaphore never = new Semaphore(0);

    Delays(long seed) {
      random = new Random(seed);
    }

    void maybe() {
      long nanos;
      synchronized (random) {
        nanos = random.nextInt(3) == 0 ? random.nextInt((int) MOST.toNanos()) : 0;
      }
      try {
        boolean ignored = nanos > 0 && never.tryAcquire(nanos, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw SgidException.cancelled(Stage.DENOISE);
      }
    }
  }
}
