package dev.sgid.models.mini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Device;
import dev.sgid.onnx.clip.ClipSimilarityScorer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The embedded pack's CLIP: similarities and consistencies are written into a job's manifest, and a
 * job that was interrupted must write the same bytes, whatever shared a call then and now.
 */
class FashionMiniEmbeddingsTest {
  private static final Path CLIP = Path.of("src/main/resources/dev/sgid/models/fashion-mini/clip");
  private static final Path IMAGES = Path.of("../sgid-examples/data/fashion");
  private static final int BATCHES = 8;

  private static List<BufferedImage> images;
  private static List<String> texts;
  private static List<float[]> imagesAlone;
  private static List<float[]> textsAlone;

  @BeforeAll
  static void embedOneByOne() throws IOException {
    images = new ArrayList<>();
    try (Stream<Path> files = Files.walk(IMAGES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".png")).sorted().toList()) {
        images.add(ImageIO.read(file.toFile()));
      }
    }
    texts =
        IntStream.range(0, 40)
            .mapToObj(i -> "a small gray boot with a plain surface ".repeat(i % 4 + 1) + i)
            .toList();
    try (ClipSimilarityScorer scorer = ClipSimilarityScorer.open(CLIP, Device.CPU, 1)) {
      imagesAlone = images.stream().map(i -> scorer.embedImages(List.of(i)).get(0)).toList();
      textsAlone = texts.stream().map(t -> scorer.embedTexts(List.of(t)).get(0)).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void embed_anyBatchAndThreads_isBitEqual(int threads) {
    for (int batch = 1; batch <= BATCHES; batch++) {
      try (ClipSimilarityScorer scorer = ClipSimilarityScorer.open(CLIP, Device.CPU, threads)) {
        for (int from = 0; from < images.size(); from += batch) {
          int to = Math.min(from + batch, images.size());
          assertSame(scorer.embedImages(images.subList(from, to)), imagesAlone.subList(from, to));
          assertSame(scorer.embedTexts(texts.subList(from, to)), textsAlone.subList(from, to));
        }
      }
    }
  }

  private static void assertSame(List<float[]> embedded, List<float[]> alone) {
    assertThat(embedded).hasSameSizeAs(alone);
    for (int i = 0; i < alone.size(); i++) {
      assertThat(embedded.get(i)).as("%d of %d", i, alone.size()).isEqualTo(alone.get(i));
    }
  }
}
