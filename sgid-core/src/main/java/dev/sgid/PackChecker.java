package dev.sgid;

import dev.sgid.BackendOptions.Part;
import dev.sgid.PackCheck.Checked;
import dev.sgid.PackCheck.Verified;
import dev.sgid.internal.Reason;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens the parts of a pack, each for itself, so that what is wrong with one hides nothing of the
 * others and memory holds one at a time, and makes something small with each.
 */
final class PackChecker {
  private static final Size SMALL = new Size(64, 64);
  private static final String TEXT = "a photo";

  private final SgidBackend backend;
  private final Path pack;
  private final BackendOptions options;
  private @Nullable PackInfo info;

  PackChecker(SgidBackend backend, Path pack, BackendOptions options) {
    this.backend = backend;
    this.pack = pack;
    this.options = options;
  }

  /**
   * Checks.
   *
   * @throws SgidException of kind cancelled, or if there is no device or no runtime; what is wrong
   *     with the pack is in the result
   */
  PackCheck check() {
    Verified verified;
    try {
      verified = backend.verify(pack, options);
    } catch (SgidException e) {
      verified = new Verified(0, List.of(problem(e)));
      if (e.model().filter(pack::equals).isPresent()) { // no pack at all: nothing to open
        return new PackCheck(pack, Optional.empty(), List.of(), 0, verified.damage());
      }
    }
    List<Checked> parts = new ArrayList<>();
    for (Part part : Part.values()) {
      if (!options.replaced().contains(part)) {
        parts.add(check(part));
      }
    }
    return new PackCheck(
        pack, Optional.ofNullable(info), parts, verified.verified(), verified.damage());
  }

  private Checked check(Part part) {
    Set<Part> others = EnumSet.allOf(Part.class);
    others.remove(part);
    others.addAll(options.replaced());
    BackendOptions only =
        new BackendOptions(
            options.device(),
            options.threads(),
            options.lanes(),
            options.batch(),
            options.folders(),
            others,
            options.safetyChecker(),
            options.cacheFolder(),
            options.lowMemory(),
            options.variant());
    long start = System.nanoTime();
    Duration opening = Duration.ZERO;
    List<PackCheck.Graph> files = List.of();
    try (OpenPack open = backend.open(pack, only)) {
      opening = since(start);
      files = open.graphs();
      if (info == null || part == Part.GENERATOR) {
        info = open.info(); // which says the type of the UNet's numbers where it has one
      }
      long run = System.nanoTime();
      String made = run(part, open);
      return new Checked(part, files, made, opening, since(run), Optional.empty());
    } catch (SgidException e) {
      return failed(part, files, opening, problem(e));
    } catch (IllegalArgumentException e) { // settings of the pack that its models can't do
      return failed(part, files, opening, String.valueOf(e.getMessage()));
    }
  }

  private static Checked failed(
      Part part, List<PackCheck.Graph> files, Duration opening, String problem) {
    return new Checked(part, files, "", opening, Duration.ZERO, Optional.of(problem));
  }

  private static String problem(SgidException e) {
    if (e.isCancelled()) {
      throw e;
    }
    return Reason.oneLine(e.getMessage());
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static String run(Part part, OpenPack open) {
    BufferedImage image = picture();
    return switch (part) {
      case CAPTIONER -> "\"" + open.captioner().caption(image, 1, 0).get(0) + "\"";
      case SCORER ->
          String.format(
              Locale.ROOT,
              "cosine with \"%s\" %.3f",
              TEXT,
              open.scorer().score(image, List.of(TEXT))[0]);
      case GENERATOR -> generated(open, image);
    };
  }

  /** One step at a small size; at the pack's own where the graphs take no other. */
  private static String generated(OpenPack open, BufferedImage image) {
    Img2ImgGenerator generator = open.generator();
    GenerationSettings own =
        generator.resolve(open.defaults().generation().withSteps(Steps.run(1)).withNoiseRate(0.5));
    Size size = own.size();
    Img2ImgResult result = generate(generator, image, own.withSize(size != null ? size : SMALL));
    if (result instanceof Img2ImgResult.Failure && size == null) {
      result = generate(generator, image, own);
    }
    if (result instanceof Img2ImgResult.Failure failure) {
      throw failure.reason();
    }
    return String.format(
        Locale.ROOT,
        "a picture of %dx%d; lanes %d, batch %d",
        image.getWidth(),
        image.getHeight(),
        generator.lanes(),
        generator.batch());
  }

  private static Img2ImgResult generate(
      Img2ImgGenerator generator, BufferedImage image, GenerationSettings settings) {
    Img2ImgRequest request = Img2ImgRequest.of(image, TEXT).withSettings(settings);
    return generator.generate(List.of(request), StepListener.NONE).get(0);
  }

  /** Colors that run into one another. */
  private static BufferedImage picture() {
    BufferedImage image =
        new BufferedImage(SMALL.width(), SMALL.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SMALL.height(); y++) {
      for (int x = 0; x < SMALL.width(); x++) {
        image.setRGB(x, y, (4 * x) << 16 | (4 * y) << 8 | (2 * (x + y)));
      }
    }
    return image;
  }
}
