package dev.sgid.dataset;

import dev.sgid.Fit;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.OutputSize;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.Size;
import dev.sgid.TimestepSpacing;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The fake stages as these tests want them: the caption names the mean color, the similarity is
 * that of the means, the picture is the original with another color in its corner.
 */
final class FakeStages {
  /** Makes one picture in a call, unless a test wants more. */
  final FakeGenerator generator =
      new FakeGenerator().withLanes(1, 1).withResult(FakeStages::picture);

  /** How often an image was captioned, and one embedded. */
  final AtomicInteger captioned = new AtomicInteger();

  final AtomicInteger embedded = new AtomicInteger();

  SgidBuilder builder() {
    return Sgid.builder(
        new FakeCaptioner().withCaptions(this::captions),
        new FakeScorer().withImages(this::embedding).withTexts(FakeStages::embedding),
        generator);
  }

  Sgid sgid() {
    return builder().build();
  }

  /** A picture for whose original this color stands in the corner fails alone. */
  void breakCorner(int color) {
    generator.withBroken(request -> (request.image().getRGB(0, 0) & 0xffffff) == color);
  }

  private List<String> captions(BufferedImage image) {
    captioned.incrementAndGet();
    return List.of("mean " + mean(image), "a picture");
  }

  /** A thousandth of an image's mean is its cosine with a text that names a mean. */
  private float[] embedding(BufferedImage image) {
    embedded.incrementAndGet();
    return FakeScorer.atCosine(mean(image) / 1000.0);
  }

  private static float[] embedding(String text) {
    return FakeScorer.atCosine(text.startsWith("mean") ? 1 : -1);
  }

  static Img2ImgResult picture(Img2ImgRequest request) {
    BufferedImage original = request.image();
    Fit fit = new Fit(new Size(original.getWidth(), original.getHeight()), 1, 2, 3, 4);
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
}
