package dev.sgid.cli;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions;
import dev.sgid.Captioner;
import dev.sgid.Domain;
import dev.sgid.Fit;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.OpenPack;
import dev.sgid.PackInfo;
import dev.sgid.Scheduler;
import dev.sgid.Settings;
import dev.sgid.SgidBackend;
import dev.sgid.SgidException;
import dev.sgid.SimilarityScorer;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.TimestepSpacing;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A backend without models, found by the ServiceLoader; it keeps what it was asked for. */
public final class FakeBackend implements SgidBackend {
  static @Nullable BackendOptions options;
  static @Nullable Path pack;
  static int candidates;
  static final List<List<Img2ImgRequest>> CALLS = new CopyOnWriteArrayList<>();
  static Runnable beforeOpening = () -> {};
  static Consumer<List<Img2ImgRequest>> beforeGenerating = requests -> {};
  static volatile boolean open;

  static void reset() {
    options = null;
    pack = null;
    candidates = 0;
    CALLS.clear();
    beforeOpening = () -> {};
    beforeGenerating = requests -> {};
    open = false;
  }

  static Img2ImgRequest request() {
    return CALLS.get(0).get(0);
  }

  static GenerationSettings settings() {
    return request().settings();
  }

  static BackendOptions lastOptions() {
    return requireNonNull(options);
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public OpenPack open(Path folder, BackendOptions wanted) {
    beforeOpening.run();
    if (!Files.isDirectory(folder)) {
      throw new SgidException(Stage.OPEN, folder, "There is no model pack", null);
    }
    pack = folder;
    options = wanted;
    open = true;
    return new Pack();
  }

  private static Img2ImgResult generate(Img2ImgRequest request) {
    BufferedImage original = request.image();
    BufferedImage copy =
        new BufferedImage(original.getWidth(), original.getHeight(), BufferedImage.TYPE_INT_RGB);
    copy.createGraphics().drawImage(original, 0, 0, null);
    copy.setRGB(0, 0, (int) request.seed());
    Fit fit = Fit.none(new Size(copy.getWidth(), copy.getHeight()));
    return new Img2ImgResult.Picture(copy, fit, 15, TimestepSpacing.LEADING, "", true, Map.of());
  }

  private static final class Pack implements OpenPack, SimilarityScorer, Img2ImgGenerator {
    @Override
    public Captioner captioner() {
      return (image, wanted, seed) -> {
        candidates = wanted;
        return List.of("a red thing", "a thing", "something").subList(0, Math.min(3, wanted));
      };
    }

    @Override
    public SimilarityScorer scorer() {
      return this;
    }

    @Override
    public List<float[]> embedImages(List<BufferedImage> images) {
      return images.stream().map(i -> unit(0.5 + (i.getRGB(1, 1) & 0xff) / 1000.0, 1)).toList();
    }

    /** The third of the captions is the best. */
    @Override
    public List<float[]> embedTexts(List<String> texts) {
      return texts.stream().map(text -> unit(text.equals("something") ? 0.9 : 0.5, 2)).toList();
    }

    /** Of length 1, with the rest of it in another dimension for texts than for images. */
    private static float[] unit(double first, int rest) {
      float[] embedding = new float[3];
      embedding[0] = (float) first;
      embedding[rest] = (float) Math.sqrt(1 - first * first);
      return embedding;
    }

    @Override
    public Img2ImgGenerator generator() {
      return this;
    }

    @Override
    public void requireSupported(GenerationSettings settings) {
      if (!(settings.scheduler() instanceof Scheduler.Ddim)) {
        throw new IllegalArgumentException("scheduler must be ours, is " + settings.scheduler());
      }
    }

    @Override
    public int batch() {
      return Math.max(1, lastOptions().batch());
    }

    @Override
    public List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener) {
      beforeGenerating.accept(requests);
      CALLS.add(requests);
      for (int i = 0; i < requests.size(); i++) {
        listener.stepDone(i, 1, 15, 501);
      }
      return requests.stream().map(FakeBackend::generate).toList();
    }

    @Override
    public PackInfo info() {
      return new PackInfo("fake-pack", "1.2", "Fake Runtime 3", "FakeProvider", "float32");
    }

    @Override
    public Settings defaults() {
      return Settings.DEFAULTS.withGeneration(g -> g.withSteps(20));
    }

    @Override
    public Optional<Domain> domain() {
      return Optional.empty();
    }

    @Override
    public String digest() {
      return "d1635";
    }

    @Override
    public void close() {
      open = false;
    }
  }
}
