package dev.sgid.dataset.evaluate;

import java.awt.Color;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.CategoryStyler;

/** Bar charts, drawn by XChart. */
final class Bars {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 430;
  private static final int FEW = 12; // whose names stand side by side
  private static final int LONGEST_LABEL = 24;
  private static final int MOST_TICKS = 12;
  private static final Color[] COLORS = {new Color(0x2f6db3), new Color(0xd8a657)};

  private Bars() {}

  /** A group of bars for each class. */
  static Chart byClass(
      String name,
      String title,
      String unit,
      List<String> classes,
      Map<String, List<Double>> series) {
    CategoryChart chart = chart(title, "", unit);
    List<String> labels = classes.stream().map(Bars::shortened).toList();
    series.forEach((what, values) -> chart.addSeries(what, labels, values));
    CategoryStyler styler = chart.getStyler();
    styler.setAvailableSpaceFill(classes.size() < FEW / 2 ? 0.4 : 0.7);
    styler.setXAxisLabelRotation(classes.size() > FEW ? 90 : isWide(labels) ? 30 : 0);
    styler.setLegendVisible(series.size() > 1);
    styler.setYAxisDecimalPattern("0.00");
    styler.setYAxisMin(Math.min(0, extreme(series, -1)));
    if (extreme(series, 1) > 0.5) {
      styler.setYAxisMax(1.0); // what cosines and shares can be
    }
    return new Chart(name, title, Charts.png(chart, WIDTH, HEIGHT));
  }

  /** The greatest value, or of sign -1 the least. */
  private static double extreme(Map<String, List<Double>> series, int sign) {
    return sign
        * series.values().stream()
            .flatMap(List::stream)
            .mapToDouble(value -> sign * value)
            .max()
            .orElse(0);
  }

  /** Names that would meet, each of about 7 pixels a letter. */
  private static boolean isWide(List<String> labels) {
    int longest = labels.stream().mapToInt(String::length).max().orElse(0);
    return longest * 7 * labels.size() > WIDTH - 120;
  }

  private static String shortened(String label) {
    String text = label.replace('_', ' ');
    return text.length() <= LONGEST_LABEL ? text : text.substring(0, LONGEST_LABEL - 1) + "…";
  }

  /** A bar for each bin. */
  static Chart histogram(String name, String title, String unit, Histogram histogram) {
    CategoryChart chart =
        chart(title, unit + ", in steps of " + Sweep.text(rounded(histogram.width())), "pictures");
    int bins = histogram.counts().size();
    double[] lower = new double[bins];
    double[] counts = new double[bins];
    for (int i = 0; i < bins; i++) {
      lower[i] = histogram.from() + i * histogram.width();
      counts[i] = histogram.counts().get(i);
    }
    chart.addSeries(unit, lower, counts);
    CategoryStyler styler = chart.getStyler();
    styler.setAvailableSpaceFill(bins == 1 ? 0.1 : 0.98);
    styler.setLegendVisible(false);
    if (bins > MOST_TICKS) {
      styler.setXAxisMaxLabelCount(MOST_TICKS);
    }
    styler.setXAxisDecimalPattern("0.00");
    styler.setYAxisDecimalPattern("#,##0");
    return new Chart(name, title, Charts.png(chart, WIDTH, HEIGHT));
  }

  private static double rounded(double width) {
    return Math.rint(width * 1e6) / 1e6;
  }

  private static CategoryChart chart(String title, String xTitle, String yTitle) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    CategoryStyler styler = chart.getStyler();
    Charts.style(styler);
    styler.setSeriesColors(COLORS);
    return chart;
  }
}
