package dev.sgid.cli;

import dev.sgid.BackendOptions;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Scheduler;
import dev.sgid.Settings;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.testing.CallLog;
import dev.sgid.testing.FakeBackend;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakePack;
import dev.sgid.testing.FakeScorer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The fake backend as the command's tests want it, found by the ServiceLoader, which is why all it
 * is told and all it keeps is static. Its captions don't depend on the image, the third is the
 * best, and an image suits it the better the more blue there is.
 */
public final class CommandBackend extends FakeBackend {
  static Runnable beforeOpening = () -> {};

  /** How many packs were to be opened, there or not. */
  static int openings;

  private static CallLog log = new CallLog();
  private static FakeGenerator generator = new FakeGenerator();

  /** For {@link java.util.ServiceLoader}. */
  public CommandBackend() {
    super(CommandBackend::pack);
  }

  static void reset() {
    beforeOpening = () -> {};
    openings = 0;
    log = new CallLog();
    generator = new FakeGenerator().withSupported(CommandBackend::requireDdim);
  }

  /** The generator of the packs to come. */
  static FakeGenerator generator() {
    return generator;
  }

  /** The first of the requests. */
  static Img2ImgRequest request() {
    return generator.calls().get(0).get(0);
  }

  /** The first request's settings. */
  static GenerationSettings settings() {
    return request().settings();
  }

  /** What the captioner was asked, see {@link FakeCaptioner}. */
  static List<String> captionings() {
    return log.calls();
  }

  private static FakePack pack(Path folder, BackendOptions options) {
    openings++;
    beforeOpening.run();
    if (!Files.isDirectory(folder)) {
      throw new SgidException(Stage.OPEN, folder, "There is no model pack", null);
    }
    return new FakePack(
        folder,
        options,
        Settings.DEFAULTS.withGeneration(g -> g.withSteps(20)),
        new FakeCaptioner(log)
            .withCaptions(image -> List.of("a red thing", "a thing", "something")),
        new FakeScorer()
            .withImages(i -> FakeScorer.atCosine(0.5 + (i.getRGB(1, 1) & 0xff) / 1000.0))
            .withTexts(text -> FakeScorer.atCosine(text.equals("something") ? 1 : -1)),
        generator.withLanes(1, Math.max(1, options.batch())));
  }

  private static void requireDdim(GenerationSettings settings) {
    if (!(settings.scheduler() instanceof Scheduler.Ddim)) {
      throw new IllegalArgumentException("scheduler must be ours, is " + settings.scheduler());
    }
  }
}
