package dev.sgid.dataset.evaluate;

import dev.sgid.dataset.internal.image.Png;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Locale;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/** What all charts look like. */
final class Charts {
  static final Color TEXT = new Color(0x333333);
  private static final Color LINES = new Color(0xdddddd);
  private static final int SHARPNESS = 2; // dots to a pixel of a chart's

  private Charts() {}

  static void style(AxesChartStyler styler) {
    styler.setBaseFont(Fonts.plain(13));
    styler.setChartTitleFont(Fonts.bold(15));
    styler.setAxisTitleFont(Fonts.plain(13));
    styler.setAxisTickLabelsFont(Fonts.plain(12));
    styler.setLegendFont(Fonts.plain(13));
    styler.setChartFontColor(TEXT);
    styler.setAxisTickLabelsColor(TEXT);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setPlotGridLinesColor(LINES);
    styler.setChartTitleBoxVisible(false);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Vertical);
    styler.setLocale(Locale.ROOT);
  }

  static byte[] png(Chart<?, ?> chart, int width, int height) {
    BufferedImage image =
        new BufferedImage(SHARPNESS * width, SHARPNESS * height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(SHARPNESS, SHARPNESS);
    chart.paint(graphics, width, height);
    graphics.dispose();
    return Png.bytes(image);
  }
}
