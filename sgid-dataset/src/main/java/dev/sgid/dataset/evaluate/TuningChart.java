package dev.sgid.dataset.evaluate;

import dev.sgid.dataset.evaluate.Tuning.Cell;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Point2D;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Agreement across, diversity upwards: a line for each noise rate, along its guidance. */
final class TuningChart {
  private static final String CONSTANT = "constant:";
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 520;
  private static final Color[] COLORS = {
    new Color(0x2f6db3),
    new Color(0xc98a1b),
    new Color(0x3b8f5a),
    new Color(0x9a4fa3),
    new Color(0x7a6a58),
    new Color(0x2a9aa8)
  };
  private static final Color BOUND = new Color(0xc0392b);
  private static final Color CHOSEN = new Color(0x222222);

  private final Tuning tuning;
  private final XYChart chart;
  private final List<Point2D> labels = new ArrayList<>();
  private double least = 1; // agreement
  private double most;
  private double mostDiverse;

  private TuningChart(Tuning tuning) {
    this.tuning = tuning;
    this.chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Agreement and diversity by guidance scale (numbers; squares: a schedule)")
            .xAxisTitle("zero-shot agreement: share of copies that are taken for their label")
            .yAxisTitle("diversity: CLIP distance of two copies of one original")
            .build();
  }

  static Chart of(Tuning tuning) {
    Fonts.require();
    TuningChart drawn = new TuningChart(tuning);
    drawn.draw();
    return new Chart("tuning", drawn.chart.getTitle(), Charts.png(drawn.chart, WIDTH, HEIGHT));
  }

  private void draw() {
    Map<Double, List<Cell>> rows = new LinkedHashMap<>();
    for (Cell cell : tuning.cells()) {
      Double agreement = cell.scores().copiesRight();
      Double diversity = cell.scores().amongCopies();
      if (agreement != null && diversity != null) {
        rows.computeIfAbsent(cell.noiseRate(), rate -> new ArrayList<>()).add(cell);
        least = Math.min(least, agreement);
        most = Math.max(most, agreement);
        mostDiverse = Math.max(mostDiverse, diversity);
      }
    }
    least = Math.min(least, Math.min(tuning.leastAgreement(), tuning.originalsAgreement()));
    most = Math.max(most, Math.max(tuning.leastAgreement(), tuning.originalsAgreement()));
    double top = Math.max(0.01, mostDiverse * 1.08);
    style(top);
    int color = 0;
    for (Map.Entry<Double, List<Cell>> row : rows.entrySet()) {
      line(row.getKey(), row.getValue(), COLORS[color++ % COLORS.length]);
    }
    upright(text("bound %.3f", tuning.leastAgreement()), tuning.leastAgreement(), top, BOUND);
    upright(
        text("originals %.3f", tuning.originalsAgreement()),
        tuning.originalsAgreement(),
        top,
        Charts.TEXT);
    chosen();
  }

  private void style(double top) {
    XYStyler styler = chart.getStyler();
    Charts.style(styler);
    styler.setLegendPosition(Styler.LegendPosition.OutsideE);
    double room = Math.max(0.02, (most - least) * 0.06);
    styler.setXAxisMin(least - room);
    styler.setXAxisMax(most + room);
    styler.setYAxisMin(0.0);
    styler.setYAxisMax(top);
    styler.setXAxisDecimalPattern("0.00");
    styler.setYAxisDecimalPattern("0.00");
    styler.setMarkerSize(8);
    styler.setAnnotationTextFont(Fonts.plain(11));
    styler.setAnnotationTextFontColor(Charts.TEXT);
  }

  /** Squares off the line are schedules, whose scales differ from image to image. */
  private void line(double rate, List<Cell> cells, Color color) {
    List<Cell> scales = cells.stream().filter(TuningChart::isConstant).toList();
    List<Cell> schedules = cells.stream().filter(cell -> !isConstant(cell)).toList();
    String name = "noise rate " + Sweep.text(rate);
    if (!scales.isEmpty()) {
      XYSeries series = points(name, scales, color);
      series.setLineStyle(new BasicStroke(1.5f));
      series.setMarker(SeriesMarkers.CIRCLE);
    }
    if (!schedules.isEmpty()) {
      XYSeries series = points(name + ", schedule", schedules, color);
      series.setLineStyle(SeriesLines.NONE);
      series.setMarker(SeriesMarkers.SQUARE);
      series.setShowInLegend(scales.isEmpty());
    }
    scales.forEach(this::label);
  }

  private XYSeries points(String name, List<Cell> cells, Color color) {
    XYSeries series =
        chart.addSeries(
            name,
            cells.stream().mapToDouble(TuningChart::agreement).toArray(),
            cells.stream().mapToDouble(TuningChart::diversity).toArray());
    series.setLineColor(color);
    series.setMarkerColor(color);
    return series;
  }

  /** Numbers that would lie upon others are left out. */
  private void label(Cell cell) {
    double x = agreement(cell);
    double y = diversity(cell) + chart.getStyler().getYAxisMax() * 0.024;
    double wide = (chart.getStyler().getXAxisMax() - chart.getStyler().getXAxisMin()) * 0.03;
    double high = chart.getStyler().getYAxisMax() * 0.04;
    if (labels.stream()
        .noneMatch(at -> Math.abs(at.getX() - x) < wide && Math.abs(at.getY() - y) < high)) {
      labels.add(new Point2D.Double(x, y));
      String scale = cell.guidance().substring(CONSTANT.length());
      chart.addAnnotation(new AnnotationText(Sweep.text(Double.parseDouble(scale)), x, y, false));
    }
  }

  private static boolean isConstant(Cell cell) {
    return cell.guidance().startsWith(CONSTANT);
  }

  private void upright(String name, double at, double top, Color color) {
    XYSeries series = chart.addSeries(name, new double[] {at, at}, new double[] {0, top});
    series.setLineColor(color);
    series.setLineStyle(
        new BasicStroke(
            1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 5}, 0));
    series.setMarker(SeriesMarkers.NONE);
  }

  private void chosen() {
    Cell cell = tuning.chosen();
    if (cell.scores().amongCopies() == null) {
      return;
    }
    XYSeries series =
        chart.addSeries("chosen", new double[] {agreement(cell)}, new double[] {diversity(cell)});
    series.setLineStyle(SeriesLines.NONE);
    series.setMarker(SeriesMarkers.DIAMOND);
    series.setMarkerColor(CHOSEN);
  }

  private static double agreement(Cell cell) {
    Double value = cell.scores().copiesRight();
    return value == null ? 0 : value;
  }

  private static double diversity(Cell cell) {
    Double value = cell.scores().amongCopies();
    return value == null ? 0 : value;
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
