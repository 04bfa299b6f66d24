package dev.sgid.testing;

import static java.util.Objects.requireNonNull;

import dev.sgid.Fit;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.TimestepSpacing;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Pictures that are the original with noise on it, a function of the request; what differs from
 * that is said by {@code with…}, which change the fake itself. Takes its requests as lists, see
 * {@link FakeLanes} for one that speaks the feed. Thread-safe once it is used, as its functions
 * are.
 */
public final class FakeGenerator implements Img2ImgGenerator {
  private final CallLog log;
  private final List<List<Img2ImgRequest>> calls = new ArrayList<>();
  private int lanes = 1;
  private int batch = 4;
  private Consumer<List<Img2ImgRequest>> before = requests -> {};
  private Predicate<Img2ImgRequest> broken = request -> false;
  private Function<Img2ImgRequest, Img2ImgResult> result = FakeGenerator::picture;
  private Function<String, String> cut = prompt -> "";
  private Consumer<GenerationSettings> supported = settings -> {};

  /** A generator whose calls nobody wants to know of. */
  public FakeGenerator() {
    this(new CallLog());
  }

  /** A generator that notes {@code generate COUNT} for each call. */
  public FakeGenerator(CallLog log) {
    this.log = log;
  }

  /** As many lanes, of as many pictures each. */
  public FakeGenerator withLanes(int count, int pictures) {
    lanes = count;
    batch = pictures;
    return this;
  }

  /** Called before each generation, with what is to be generated; may throw and may wait. */
  public FakeGenerator withBefore(Consumer<List<Img2ImgRequest>> value) {
    before = value;
    return this;
  }

  /** A picture comes out black, and is rejected, where this says so. */
  public FakeGenerator withBroken(Predicate<Img2ImgRequest> value) {
    broken = value;
    return this;
  }

  /** Other results than {@link #picture}. */
  public FakeGenerator withResult(Function<Img2ImgRequest, Img2ImgResult> value) {
    result = value;
    return this;
  }

  /** What the tokenizer cuts off a prompt. */
  public FakeGenerator withCut(Function<String, String> value) {
    cut = value;
    return this;
  }

  /** Refuses settings by an {@link IllegalArgumentException}. */
  public FakeGenerator withSupported(Consumer<GenerationSettings> value) {
    supported = value;
    return this;
  }

  /** What was asked for, call by call. */
  public List<List<Img2ImgRequest>> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  @Override
  public List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener) {
    requireNonNull(listener, "listener");
    log.add("generate " + requests.size());
    synchronized (calls) {
      calls.add(List.copyOf(requests));
    }
    before.accept(requests);
    List<Img2ImgResult> results = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      results.add(generate(i, requests.get(i), listener));
    }
    return results;
  }

  private Img2ImgResult generate(int index, Img2ImgRequest request, StepListener listener) {
    int steps = request.settings().stepsRun();
    for (int step = 1; step <= steps; step++) {
      Fakes.stopIfInterrupted(Stage.DENOISE);
      listener.stepDone(index, step, steps, Fakes.timestep(request, step));
    }
    return broken.test(request) ? black() : result.apply(request);
  }

  /** A picture that came out black. */
  public static Img2ImgResult black() {
    return new Img2ImgResult.Failure(
        SgidException.rejected(Stage.DECODE, "The picture came out black"));
  }

  /** The original with noise on it. */
  public static Img2ImgResult picture(Img2ImgRequest request) {
    BufferedImage original = request.image();
    Fit fit = Fit.none(new Size(original.getWidth(), original.getHeight()));
    return picture(request, noised(request), fit);
  }

  /** A picture of the test's own. */
  public static Img2ImgResult.Picture picture(
      Img2ImgRequest request, BufferedImage image, Fit fit) {
    int steps = request.settings().stepsRun();
    return new Img2ImgResult.Picture(
        image,
        fit,
        steps,
        TimestepSpacing.LEADING,
        "",
        true,
        Map.of(Stage.DENOISE, Duration.ofMillis(steps)));
  }

  private static BufferedImage noised(Img2ImgRequest request) {
    Random random =
        new Random(
            request.seed() * 31
                + Objects.hash(
                    request.prompt(), request.guidanceScale(), request.settings().noiseRate()));
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

  @Override
  public String cutText(String prompt) {
    return cut.apply(prompt);
  }

  @Override
  public void requireSupported(GenerationSettings settings) {
    supported.accept(settings);
  }

  @Override
  public int lanes() {
    return lanes;
  }

  @Override
  public int batch() {
    return batch;
  }
}
