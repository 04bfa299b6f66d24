package dev.sgid.dataset.evaluate;

import static dev.sgid.dataset.evaluate.AngleStages.cos;
import static dev.sgid.dataset.evaluate.AngleStages.red;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.sgid.Augmentation;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Sgid;
import dev.sgid.dataset.JobListener;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.evaluate.Figure.Panel;
import dev.sgid.dataset.evaluate.MethodComparison.Labelled;
import dev.sgid.dataset.evaluate.MethodComparison.Method;
import dev.sgid.testing.FakeGenerator;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final List<String> LABELS = List.of("cat", "dog");

  @Test
  void sweep_cells_areRowsOfRatesAndColumnsOfScales() {
    List<JobProgress> heard = new ArrayList<>();
    Sweep sweep =
        Sweep.of(
            AngleStages.sgid(),
            red(20),
            "cat",
            List.of(0.4, 0.8),
            List.of(1.0, 2.5, 9.0),
            LABELS,
            heard::add);

    assertThat(sweep.cells())
        .extracting(Sweep.Cell::noiseRate)
        .containsExactly(0.4, 0.4, 0.4, 0.8, 0.8, 0.8);
    assertThat(sweep.cells())
        .extracting(Sweep.Cell::guidanceScale)
        .containsExactly(1.0, 2.5, 9.0, 1.0, 2.5, 9.0);
    assertThat(sweep.cells()).allMatch(cell -> cell.picture() != null);
    assertThat(sweep.prompt()).startsWith("cat, ");
    assertThat(heard).extracting(JobProgress::done).containsExactly(0, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void sweep_cell_isThePictureOfThoseSettings() {
    Sgid sgid = AngleStages.sgid();
    Augmentation alone =
        AngleStages.builder()
            .withGeneration(generation -> generation.withNoiseRate(0.8))
            .withGuidance(GuidanceSchedule.constant(2.5))
            .build()
            .augment(red(20), "cat");

    Sweep.Cell cell =
        Sweep.of(sgid, red(20), "cat", List.of(0.8), List.of(2.5), List.of(), JobListener.NONE)
            .cells()
            .get(0);

    assertThat(pixels(requireNonNull(cell.picture()))).isEqualTo(pixels(alone.image()));
    assertThat(cell.consistency()).isEqualTo(alone.consistency());
    assertThat(cell.labelProbability()).isEmpty();
    int angle = alone.image().getRGB(0, 0) >> 16 & 0xff;
    assertThat(cell.labelCosine()).isCloseTo(cos(angle), offset(1e-6));
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @Test
  void sweep_pictureThatFails_saysWhy() {
    Sgid sgid =
        AngleStages.builder()
            .withGenerator(new FakeGenerator().withBroken(request -> request.guidanceScale() == 9))
            .build();

    Sweep sweep =
        Sweep.of(sgid, red(20), "cat", List.of(0.5), List.of(1.0, 9.0), LABELS, JobListener.NONE);

    assertThat(sweep.cells().get(0).failure()).isEmpty();
    assertThat(sweep.cells().get(1).picture()).isNull();
    assertThat(sweep.cells().get(1).failure()).isNotEmpty();
    assertThat(sweep.figure().getWidth()).isPositive();
  }

  @Test
  void sweep_valuesThatCantBe_areRefused() {
    Sgid sgid = AngleStages.sgid();
    assertThatThrownBy(
            () ->
                Sweep.of(
                    sgid, red(20), "cat", List.of(1.5), List.of(1.0), LABELS, JobListener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1.5");
    assertThatThrownBy(
            () -> Sweep.of(sgid, red(20), "cat", List.of(0.5), List.of(), LABELS, JobListener.NONE))
        .hasMessage("guidanceScales must not be empty");
    assertThatThrownBy(
            () ->
                Sweep.of(
                    sgid, red(20), "horse", List.of(0.5), List.of(1.0), LABELS, JobListener.NONE))
        .hasMessage("labels must have \"horse\" among them, are [cat, dog]");
  }

  @Test
  void compare_methods_areInOrder() {
    MethodComparison comparison =
        MethodComparison.of(
            AngleStages.sgid(),
            new Labelled(red(20), "cat"),
            new Labelled(new BufferedImage(9, 5, BufferedImage.TYPE_INT_RGB), "dog"),
            LABELS);

    assertThat(comparison.methods())
        .extracting(Method::name)
        .containsExactly(
            "original",
            "flip and crop",
            "color jitter",
            "Mixup",
            "CutMix",
            "img2img, label only",
            "SGID");
    assertThat(comparison.methods().get(0).consistency()).isCloseTo(1, offset(1e-6));
    assertThat(comparison.methods().get(0).labelCosine()).isCloseTo(cos(20), offset(1e-6));
    assertThat(comparison.methods().get(1).consistency()).isCloseTo(1, offset(1e-6)); // one color
    assertThat(comparison.methods().get(5).how()).startsWith("\"cat\", noise rate 0.5, w ");
    assertThat(comparison.methods().get(6).how()).startsWith("\"cat, ");
    assertThat(comparison.methods())
        .allMatch(method -> method.picture().getWidth() == 4 && method.picture().getHeight() == 4);
  }

  @Test
  void compare_withoutAnother_hasNoMixtures() {
    assertThat(
            MethodComparison.of(AngleStages.sgid(), new Labelled(red(20), "cat"), null, List.of())
                .methods())
        .extracting(Method::name)
        .doesNotContain("Mixup", "CutMix")
        .hasSize(5);
  }

  @Test
  void figure_smallPicture_isEnlargedByAWholeNumber() {
    Figure figure =
        new Figure(
            "title",
            List.of("a note"),
            List.of("one"),
            List.of(""),
            List.of(List.of(new Panel(red(200), List.of("line")))));

    BufferedImage drawn = figure.draw();

    int red = 0;
    for (int pixel : pixels(drawn)) {
      red += (pixel & 0xffffff) == 200 << 16 ? 1 : 0;
    }
    assertThat(red).isEqualTo(256 * 256); // 64 dots each
  }

  @Test
  void wrapped_longWords_areBroken() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    FontMetrics metrics = graphics.getFontMetrics(Fonts.plain(11));
    int room = metrics.stringWidth("a few words");

    List<String> lines =
        Figure.wrapped(
            List.of("a few words", "a few words more", "", "x".repeat(100)), metrics, room);

    assertThat(lines).startsWith("a few words", "a few words", "more", "");
    assertThat(lines).allMatch(line -> metrics.stringWidth(line) <= room);
    assertThat(String.join("", lines)).endsWith("x".repeat(100));
    graphics.dispose();
  }
}
