package dev.sgid.dataset;

import dev.sgid.Fit;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.OutputSize;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.SimilarityScorer;
import dev.sgid.Size;
import dev.sgid.Stage;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Stages that need no model: the caption names the mean color, the similarity is that of the means,
 * the picture is the original with another color in its corner. Failing on demand.
 */
final class FakeStages {
  final List<List<Img2ImgRequest>> calls = new ArrayList<>();

  /** Called before each generation; may throw. */
  Consumer<List<Img2ImgRequest>> beforeGenerating = requests -> {};

  /** A picture for whose original this color stands in the corner fails alone. */
  int failingCorner = -1;

  Sgid.Builder builder() {
    return Sgid.builder(
        (image, candidates, seed) -> List.of("mean " + mean(image), "a picture"),
        new Scorer(),
        (requests, listener) -> {
          beforeGenerating.accept(requests);
          calls.add(requests);
          return requests.stream().map(this::generate).toList();
        });
  }

  Sgid sgid() {
    return builder().build();
  }

  private Img2ImgResult generate(Img2ImgRequest request) {
    BufferedImage original = request.image();
    Fit fit = new Fit(new Size(original.getWidth(), original.getHeight()), 1, 2, 3, 4);
    if ((original.getRGB(0, 0) & 0xffffff) == failingCorner) {
      return new Img2ImgResult(
          null, new SgidException(Stage.DECODE, "all black"), fit, 15, "", true, Map.of());
    }
    boolean same = request.outputSize() == OutputSize.ORIGINAL;
    Size size = same ? fit.scaled() : fit.padded();
    BufferedImage copy = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    copy.getRaster().setRect(original.getRaster());
    copy.setRGB(0, 0, (int) request.seed());
    return new Img2ImgResult(copy, null, fit, 15, "", true, Map.of());
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

  private static final class Scorer implements SimilarityScorer {
    @Override
    public double[] score(BufferedImage image, List<String> texts) {
      return texts.stream()
          .mapToDouble(text -> text.startsWith("mean") ? mean(image) / 1000.0 : -0.5)
          .toArray();
    }

    @Override
    public double similarity(BufferedImage a, BufferedImage b) {
      return 1 - Math.abs(mean(a) - mean(b)) / 255.0;
    }
  }
}
