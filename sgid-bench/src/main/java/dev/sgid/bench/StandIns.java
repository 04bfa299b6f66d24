package dev.sgid.bench;

import dev.sgid.Captioner;
import dev.sgid.Fit;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Sgid;
import dev.sgid.SimilarityScorer;
import dev.sgid.Size;
import dev.sgid.StepListener;
import dev.sgid.TimestepSpacing;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/** Stages that take no time, for what is to be seen of the rest. */
final class StandIns {
  private static final float[] EMBEDDING = {1, 0};
  private static final int LANES = 2;
  private static final int BATCH = 8;

  private StandIns() {}

  static Sgid open() {
    Captioner captioner = (image, candidates, seed) -> List.of("a thing of color " + seed);
    return Sgid.builder(captioner, new Scorer(), new Generator()).build();
  }

  /** All is alike. */
  private static final class Scorer implements SimilarityScorer {
    @Override
    public List<float[]> embedImages(List<BufferedImage> images) {
      return images.stream().map(image -> EMBEDDING.clone()).toList();
    }

    @Override
    public List<float[]> embedTexts(List<String> texts) {
      return texts.stream().map(text -> EMBEDDING.clone()).toList();
    }
  }

  /** A picture is its original, turned upside down. */
  private static final class Generator implements Img2ImgGenerator {
    @Override
    public List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener) {
      return requests.stream().map(Generator::picture).toList();
    }

    private static Img2ImgResult picture(Img2ImgRequest request) {
      BufferedImage image = request.image();
      int width = image.getWidth();
      int height = image.getHeight();
      BufferedImage turned = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          turned.setRGB(x, height - 1 - y, image.getRGB(x, y));
        }
      }
      return new Img2ImgResult.Picture(
          turned,
          Fit.none(new Size(width, height)),
          request.settings().scheduleSteps(),
          TimestepSpacing.LEADING,
          "",
          true,
          Map.of());
    }

    @Override
    public int lanes() {
      return LANES;
    }

    @Override
    public int batch() {
      return BATCH;
    }
  }
}
