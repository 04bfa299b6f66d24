package dev.sgid.testing;

import static java.util.Objects.requireNonNull;

import dev.sgid.Fit;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Settings;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;

/** Pictures that are the original with noise on it, a function of the request. Thread-safe. */
public final class FakeGenerator implements Img2ImgGenerator {
  private final CallLog log;
  private final Predicate<Img2ImgRequest> broken;

  /** A generator whose calls nobody wants to know of. */
  public FakeGenerator() {
    this(new CallLog());
  }

  /** A generator that notes {@code generate COUNT} for each call. */
  public FakeGenerator(CallLog log) {
    this(log, request -> false);
  }

  /** A generator whose picture comes out broken where {@code broken} says so. */
  public FakeGenerator(CallLog log, Predicate<Img2ImgRequest> broken) {
    this.log = log;
    this.broken = broken;
  }

  @Override
  public List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener) {
    requireNonNull(listener, "listener");
    log.add("generate " + requests.size());
    List<Img2ImgResult> results = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      results.add(generate(i, requests.get(i), listener));
    }
    return results;
  }

  private Img2ImgResult generate(int index, Img2ImgRequest request, StepListener listener) {
    int steps = Settings.stepsRun(request.noiseRate(), request.steps());
    for (int step = 1; step <= steps; step++) {
      Fakes.stopIfInterrupted(Stage.DENOISE);
      listener.stepDone(index, step, steps, 1 + (steps - step) * 1000 / request.steps());
    }
    BufferedImage original = request.image();
    boolean fails = broken.test(request);
    return new Img2ImgResult(
        fails ? null : noised(request),
        fails ? new SgidException(Stage.DECODE, "The picture came out black") : null,
        Fit.none(new Size(original.getWidth(), original.getHeight())),
        steps,
        "",
        true,
        Map.of(Stage.DENOISE, Duration.ofMillis(steps)));
  }

  private static BufferedImage noised(Img2ImgRequest request) {
    Random random =
        new Random(
            request.seed() * 31
                + Objects.hash(request.prompt(), request.guidanceScale(), request.noiseRate()));
    BufferedImage original = request.image();
    int width = original.getWidth();
    int[] pixels = Fakes.pixels(original);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] ^= random.nextInt(1 << 24) & 0x3f3f3f;
    }
    BufferedImage image =
        new BufferedImage(width, original.getHeight(), BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, original.getHeight(), pixels, 0, width);
    return image;
  }
}
