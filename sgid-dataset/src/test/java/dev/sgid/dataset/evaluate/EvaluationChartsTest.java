package dev.sgid.dataset.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.dataset.evaluate.Evaluation.Judge;
import dev.sgid.dataset.evaluate.Evaluation.MatchedBy;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class EvaluationChartsTest {
  private static Evaluation evaluation(int classes) {
    Map<String, Scores> scores = new LinkedHashMap<>();
    for (int i = 0; i < classes; i++) {
      double value = (double) i / classes;
      scores.put(
          "class_" + i,
          new Scores(2, 2, value, value, 0.5, 1.0, 0.5, 0.9, 0.8, 1 - value, null, 0.1, null));
    }
    return new Evaluation(
        Evaluation.FORMAT,
        "0",
        "in",
        "out",
        "pack",
        null,
        new Judge(classes, "{label}", 100, "usual"),
        MatchedBy.MANIFEST,
        0,
        new Scores(2, 2, 0.5, 0.5, 0.5, 1.0, 0.5, 0.9, 0.8, 0.5, null, 0.1, null),
        scores,
        Map.of("guidance_scale", new Histogram(7.5, 0.25, List.of(3))),
        List.of(),
        0,
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void charts_ofWhatThereIs_areDrawn() throws IOException {
    List<Chart> charts = evaluation(3).charts();

    assertThat(charts)
        .extracting(Chart::name)
        .containsExactly(
            "consistency", "accuracy", "diversity", "diversity-pixels", "histogram-guidance-scale");
    for (Chart chart : charts) {
      BufferedImage drawn = ImageIO.read(new ByteArrayInputStream(chart.png()));
      assertThat(drawn.getWidth()).isEqualTo(1800);
      assertThat(drawn.getRGB(0, 0)).isEqualTo(0xffffffff);
      assertThat(chart.png().length).isLessThan(150_000);
    }
  }

  @Test
  void charts_manyClasses_areTheLowest() {
    assertThat(evaluation(41).charts().get(0).title())
        .isEqualTo("Consistency: mean CLIP cosine, by class (the lowest 40 of 41)");
    assertThat(evaluation(40).charts().get(0).title())
        .isEqualTo("Consistency: mean CLIP cosine, by class");
  }

  @Test
  void dataUri_isThePng() {
    Chart chart = new Chart("a", "b", new byte[] {1, 2, 3});

    assertThat(chart.dataUri()).startsWith("data:image/png;base64,");
    assertThat(Base64.getDecoder().decode(chart.dataUri().substring(22))).containsExactly(1, 2, 3);
  }
}
