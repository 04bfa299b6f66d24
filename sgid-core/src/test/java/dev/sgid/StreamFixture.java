package dev.sgid;

import dev.sgid.internal.Lifetime;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.TestImages;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What the tests of the stream share. */
final class StreamFixture {
  private static final long PATIENCE_SECONDS = 60;

  private StreamFixture() {}

  static SgidBuilder builderOn(Img2ImgGenerator generator) {
    return Sgid.builder(new FakeCaptioner(), new FakeScorer(), generator)
        .withGeneration(g -> g.withNoiseRate(1).withSteps(1));
  }

  /** Requests of one copy each of different images, whose ids count from 0. */
  static List<AugmentRequest> requests(int count) {
    return IntStream.range(0, count).mapToObj(StreamFixture::request).toList();
  }

  static AugmentRequest request(int number) {
    return AugmentRequest.of(TestImages.noise(3 + number % 5, 2, number), "bag")
        .withId(Integer.toString(number));
  }

  /** All outcomes up to the end of the stream. */
  static List<Outcome> all(Iterator<Outcome> stream) {
    List<Outcome> outcomes = new ArrayList<>();
    stream.forEachRemaining(outcomes::add);
    return outcomes;
  }

  /** A stream's inside, with so many pixels between its two ends. */
  static StreamRun run(
      Captioner captioner,
      Img2ImgGenerator generator,
      Iterator<AugmentRequest> requests,
      long mostPixels) {
    Pipeline pipeline =
        new Pipeline(
            captioner,
            new FakeScorer(),
            generator,
            PackInfo.CUSTOM,
            Settings.DEFAULTS.withGeneration(g -> g.withNoiseRate(1).withSteps(1)),
            ZeroShot.USUAL_PROMPT,
            0,
            new Notices(Optional.empty()));
    Lifetime lifetime = new Lifetime("Sgid", () -> {});
    return new StreamRun(pipeline, lifetime::use, requests, StepListener.NONE, mostPixels);
  }

  /** All outcomes of a run, which is closed then. */
  static List<Outcome> all(StreamRun run) {
    List<Outcome> outcomes = new ArrayList<>();
    while (run.hasNext()) {
      outcomes.add(run.next());
    }
    run.close();
    return outcomes;
  }

  /** Waits for a latch as a model that can be cancelled does. */
  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("Waited in vain");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.DENOISE);
    }
  }
}
