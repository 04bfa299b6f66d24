package dev.sgid.dataset;

import dev.sgid.Fit;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.OutputSize;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.SgidException;
import dev.sgid.SimilarityScorer;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.TimestepSpacing;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Stages that need no model: the caption names the mean color, the similarity is that of the means,
 * the picture is the original with another color in its corner. Failing on demand.
 */
final class FakeStages {
  final List<List<Img2ImgRequest>> calls = new CopyOnWriteArrayList<>();

  /** Called before each generation; may throw. */
  Consumer<List<Img2ImgRequest>> beforeGenerating = requests -> {};

  /** A picture for whose original this color stands in the corner fails alone. */
  int failingCorner = -1;

  /** How often an image was captioned, and one embedded. */
  final AtomicInteger captioned = new AtomicInteger();

  final AtomicInteger embedded = new AtomicInteger();

  /** How many pictures share a call. */
  int batch = 1;

  SgidBuilder builder() {
    return Sgid.builder(
        (image, candidates, seed) -> {
          captioned.incrementAndGet();
          return List.of("mean " + mean(image), "a picture");
        },
        new Scorer(),
        new Generator());
  }

  Sgid sgid() {
    return builder().build();
  }

  private final class Generator implements Img2ImgGenerator {
    @Override
    public List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener) {
      beforeGenerating.accept(requests);
      calls.add(requests);
      return requests.stream().map(FakeStages.this::generate).toList();
    }

    @Override
    public int batch() {
      return batch;
    }
  }

  private Img2ImgResult generate(Img2ImgRequest request) {
    BufferedImage original = request.image();
    Fit fit = new Fit(new Size(original.getWidth(), original.getHeight()), 1, 2, 3, 4);
    if ((original.getRGB(0, 0) & 0xffffff) == failingCorner) {
      return new Img2ImgResult.Failure(new SgidException(Stage.DECODE, "all black"));
    }
    boolean same = request.settings().outputSize() == OutputSize.ORIGINAL;
    Size size = same ? fit.scaled() : fit.padded();
    BufferedImage copy = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    copy.createGraphics().drawImage(original, 0, 0, null);
    copy.setRGB(0, 0, (int) request.seed());
    return new Img2ImgResult.Picture(
        copy, fit, 15, TimestepSpacing.LEADING, "the end", true, Map.of());
  }

  private static int mean(BufferedImage image) {
    long sum = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        sum += image.getRGB(x, y) & 0xff;
      }
    }
    return (int) (sum / ((long) image.getWidth() * image.getHeight()));
  }

  /** A thousandth of an image's mean is its cosine with a text that names a mean. */
  private final class Scorer implements SimilarityScorer {
    @Override
    public List<float[]> embedImages(List<BufferedImage> images) {
      embedded.addAndGet(images.size());
      return images.stream().map(image -> unit(mean(image) / 1000.0, 1)).toList();
    }

    @Override
    public List<float[]> embedTexts(List<String> texts) {
      return texts.stream().map(text -> unit(text.startsWith("mean") ? 1 : -0.5, 2)).toList();
    }

    /** Of length 1, with the rest of it in another dimension for texts than for images. */
    private static float[] unit(double first, int rest) {
      float[] embedding = new float[3];
      embedding[0] = (float) first;
      embedding[rest] = (float) Math.sqrt(1 - first * first);
      return embedding;
    }
  }
}
