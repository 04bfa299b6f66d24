package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.AugmentationStream;
import dev.sgid.FailedCopy;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Label;
import dev.sgid.Outcome;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.JobListener;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.evaluate.Figure.Panel;
import java.awt.image.BufferedImage;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One image at several noise rates and guidance scales: what to choose for a data set. All pictures
 * begin with the same noise, so that nothing but the two settings differs.
 *
 * @param original the image
 * @param label its class, as text
 * @param caption the one that was chosen; empty where no picture could be made
 * @param similarity cosine of caption and original, in [-1, 1]
 * @param prompt what was asked for
 * @param judged what {@link Cell#labelProbability} or else {@link Cell#labelCosine} is, in a line
 * @param noiseRates one for each row
 * @param guidanceScales one for each column
 * @param cells row by row
 */
public record Sweep(
    BufferedImage original,
    String label,
    String caption,
    double similarity,
    String prompt,
    String judged,
    List<Double> noiseRates,
    List<Double> guidanceScales,
    List<Cell> cells) {
  public Sweep {
    requireNonNull(original, "original");
    requireNonNull(label, "label");
    requireNonNull(caption, "caption");
    requireNonNull(prompt, "prompt");
    requireNonNull(judged, "judged");
    noiseRates = List.copyOf(noiseRates);
    guidanceScales = List.copyOf(guidanceScales);
    cells = List.copyOf(cells);
    if (cells.size() != noiseRates.size() * guidanceScales.size()) {
      throw new IllegalArgumentException(
          "A sweep of %d noise rates and %d guidance scales can't have %d cells"
              .formatted(noiseRates.size(), guidanceScales.size(), cells.size()));
    }
  }

  /**
   * A picture, or why there is none.
   *
   * @param noiseRate fraction of the noising schedule that was asked for, in (0, 1]
   * @param guidanceScale w, at least 0
   * @param picture null where it could not be made
   * @param consistency cosine of picture and original, in [-1, 1]; 0 where there is no picture
   * @param labelCosine cosine of picture and the label's text, likewise
   * @param labelProbability of the label among all labels; empty where these are not known
   * @param failure why there is no picture; empty where there is one
   */
  public record Cell(
      double noiseRate,
      double guidanceScale,
      @Nullable BufferedImage picture,
      double consistency,
      double labelCosine,
      OptionalDouble labelProbability,
      String failure) {
    public Cell {
      requireNonNull(labelProbability, "labelProbability");
      requireNonNull(failure, "failure");
    }
  }

  /**
   * Makes the pictures.
   *
   * @param sgid all other settings are its own
   * @param image the original, not changed
   * @param label its class; {@code _} is read as a space
   * @param noiseRates each in (0, 1], at least one
   * @param guidanceScales each at least 0, at least one
   * @param labels all classes, for the label's probability among them; may be empty
   * @param listener hears how far it is
   * @throws IllegalArgumentException if a value is out of range, or the label none of the labels
   * @throws SgidException if nothing works, or the thread is interrupted
   */
  public static Sweep of(
      Sgid sgid,
      BufferedImage image,
      String label,
      List<Double> noiseRates,
      List<Double> guidanceScales,
      List<String> labels,
      JobListener listener) {
    requireSome("noiseRates", noiseRates);
    requireSome("guidanceScales", guidanceScales);
    List<AugmentRequest> requests = new ArrayList<>();
    for (double rate : noiseRates) {
      for (double scale : guidanceScales) {
        Settings settings =
            sgid.settings()
                .withGeneration(generation -> generation.withNoiseRate(rate))
                .withGuidance(GuidanceSchedule.constant(scale));
        requests.add(AugmentRequest.of(image, label).withSettings(settings));
      }
    }
    LabelJudge judge = LabelJudge.of(sgid, label, labels);
    List<Cell> cells = new ArrayList<>();
    Augmentation first = null;
    int failed = 0;
    try (AugmentationStream outcomes = sgid.stream(requests.iterator())) {
      listener.progressed(JobProgress.of(Phase.AUGMENTING, requests.size()));
      while (outcomes.hasNext()) {
        Outcome outcome = outcomes.next();
        double rate = noiseRates.get(cells.size() / guidanceScales.size());
        double scale = guidanceScales.get(cells.size() % guidanceScales.size());
        if (outcome instanceof Augmentation made) {
          first = first == null ? made : first;
          float[] embedding = sgid.embedImages(List.of(made.image())).get(0);
          cells.add(
              new Cell(
                  rate,
                  scale,
                  made.image(),
                  made.consistency(),
                  judge.cosine(embedding),
                  judge.probability(embedding),
                  ""));
        } else if (outcome instanceof FailedCopy failure) {
          failed++;
          String reason = String.valueOf(failure.reason().getMessage());
          cells.add(new Cell(rate, scale, null, 0, 0, OptionalDouble.empty(), reason));
        }
        listener.progressed(
            JobProgress.of(Phase.AUGMENTING, requests.size())
                .withDone(cells.size() - failed)
                .withFailed(failed));
      }
    }
    return new Sweep(
        image,
        Label.text(label),
        first == null ? "" : first.caption(),
        first == null ? 0 : first.similarity(),
        first == null ? "" : first.prompt(),
        judge.explained(),
        noiseRates,
        guidanceScales,
        cells);
  }

  private static void requireSome(String name, List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException(name + " must not be empty");
    }
  }

  /**
   * The grid as a picture: a row for each noise rate, a column for each guidance scale, the
   * original before them.
   *
   * @throws UncheckedIOException if the machine can't draw text, saying what to install
   */
  public BufferedImage figure() {
    List<String> columns = new ArrayList<>(List.of("original"));
    guidanceScales.forEach(scale -> columns.add("w = " + text(scale)));
    List<String> rows = noiseRates.stream().map(rate -> "noise " + text(rate)).toList();
    List<List<Panel>> panels = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      List<Panel> line = new ArrayList<>();
      line.add(row == 0 ? new Panel(original, List.of(label)) : Panel.EMPTY);
      int from = row * guidanceScales.size();
      cells.subList(from, from + guidanceScales.size()).forEach(cell -> line.add(panel(cell)));
      panels.add(line);
    }
    return new Figure(
            "Noise rate and guidance scale w: " + label,
            List.of(
                String.format(
                    Locale.ROOT, "caption: \"%s\" (similarity %.2f)", caption, similarity),
                "prompt: \"" + prompt + "\"",
                "consistency: CLIP cosine of the picture and the original; " + judged),
            columns,
            rows,
            panels)
        .draw();
  }

  private static Panel panel(Cell cell) {
    return cell.picture() == null
        ? new Panel(null, List.of("failed", cell.failure()))
        : new Panel(
            cell.picture(),
            List.of(
                String.format(Locale.ROOT, "consistency %.2f", cell.consistency()),
                LabelJudge.line(cell.labelCosine(), cell.labelProbability())));
  }

  /** A number without zeros that say nothing. */
  static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }
}
