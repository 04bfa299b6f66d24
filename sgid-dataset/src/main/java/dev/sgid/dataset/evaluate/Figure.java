package dev.sgid.dataset.evaluate;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A grid of pictures under a title, with heads of columns and rows and a few lines below each
 * picture. Small pictures are enlarged by a whole number, each dot a square; large ones are scaled
 * down.
 *
 * @param title a line
 * @param notes lines below it, which are wrapped
 * @param columns heads, one for each column
 * @param rows heads, one for each row; all empty for no room at the left
 * @param cells row by row
 */
record Figure(
    String title,
    List<String> notes,
    List<String> columns,
    List<String> rows,
    List<List<Panel>> cells) {
  private static final int SHARPNESS = 2; // dots to a unit of these
  private static final int PICTURE = 128; // the longer side, at most
  private static final int GAP = 12;
  private static final int MARGIN = 16;
  private static final Color TEXT = new Color(0x222222);
  private static final Color FAINT = new Color(0x666666);
  private static final Color MISSING = new Color(0xeeeeee);

  /**
   * A picture and what is to be said of it.
   *
   * @param picture null where there is none
   * @param lines the first of which stands out
   */
  record Panel(@Nullable BufferedImage picture, List<String> lines) {
    /** Room that is left free. */
    static final Panel EMPTY = new Panel(null, List.of());

    boolean isEmpty() {
      return picture == null && lines.isEmpty();
    }
  }

  BufferedImage draw() {
    Fonts.require();
    BufferedImage nothing = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    Graphics2D measuring = nothing.createGraphics();
    Layout layout = new Layout(measuring);
    measuring.dispose();
    BufferedImage image =
        new BufferedImage(
            SHARPNESS * layout.width, SHARPNESS * layout.height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.scale(SHARPNESS, SHARPNESS);
    layout.draw(graphics);
    graphics.dispose();
    return image;
  }

  /** Where everything stands, in units. */
  private final class Layout {
    private final FontMetrics titles;
    private final FontMetrics heads;
    private final FontMetrics texts;
    private final int left; // where the first picture begins
    private final int top; // where the heads of the columns begin
    private final int headLines;
    private final List<String> notes;
    private final int width;
    private final int height;

    Layout(Graphics2D graphics) {
      titles = graphics.getFontMetrics(Fonts.bold(15));
      heads = graphics.getFontMetrics(Fonts.bold(12));
      texts = graphics.getFontMetrics(Fonts.plain(11));
      int rowHeads = rows.stream().mapToInt(heads::stringWidth).max().orElse(0);
      left = MARGIN + (rowHeads == 0 ? 0 : rowHeads + GAP);
      int grid = left + columns.size() * (PICTURE + GAP) - GAP + MARGIN;
      width = Math.max(grid, MARGIN + titles.stringWidth(title) + MARGIN);
      notes = wrapped(Figure.this.notes, texts, width - 2 * MARGIN);
      top = MARGIN + titles.getHeight() + notes.size() * texts.getHeight() + GAP;
      headLines =
          columns.stream()
              .mapToInt(head -> wrapped(List.of(head), heads, PICTURE).size())
              .max()
              .orElse(0);
      int bottom = top + headLines * heads.getHeight() + 4;
      for (List<Panel> row : cells) {
        bottom += rowHeight(row);
      }
      height = bottom - GAP + MARGIN;
    }

    private int rowHeight(List<Panel> row) {
      int lines = row.stream().mapToInt(panel -> lines(panel).size()).max().orElse(0);
      return pictureHeight(row) + 4 + lines * texts.getHeight() + GAP;
    }

    /** Wide pictures take less room. */
    private int pictureHeight(List<Panel> row) {
      int most = 1;
      for (Panel panel : row) {
        BufferedImage picture = panel.picture();
        if (picture != null) {
          most = Math.max(most, (int) Math.ceil(scale(picture) * picture.getHeight()));
        }
      }
      return most == 1 ? PICTURE : most;
    }

    private List<String> lines(Panel panel) {
      return wrapped(panel.lines(), texts, PICTURE);
    }

    void draw(Graphics2D graphics) {
      int y = MARGIN + titles.getAscent();
      text(graphics, title, titles.getFont(), TEXT, MARGIN, y);
      y += titles.getDescent();
      for (String note : notes) {
        text(graphics, note, texts.getFont(), FAINT, MARGIN, y + texts.getAscent());
        y += texts.getHeight();
      }
      for (int i = 0; i < columns.size(); i++) {
        List<String> lines = wrapped(List.of(columns.get(i)), heads, PICTURE);
        int from = top + (headLines - lines.size()) * heads.getHeight();
        for (int j = 0; j < lines.size(); j++) {
          int baseline = from + j * heads.getHeight() + heads.getAscent();
          text(graphics, lines.get(j), heads.getFont(), TEXT, x(i), baseline);
        }
      }
      y = top + headLines * heads.getHeight() + 4;
      for (int i = 0; i < cells.size(); i++) {
        List<Panel> row = cells.get(i);
        int pictures = pictureHeight(row);
        int middle = y + pictures / 2 + heads.getAscent() / 2;
        text(graphics, rows.get(i), heads.getFont(), TEXT, MARGIN, middle);
        for (int j = 0; j < row.size(); j++) {
          panel(graphics, row.get(j), x(j), y, pictures);
        }
        y += rowHeight(row);
      }
    }

    private int x(int column) {
      return left + column * (PICTURE + GAP);
    }

    private void panel(Graphics2D graphics, Panel panel, int x, int y, int room) {
      BufferedImage picture = panel.picture();
      if (panel.isEmpty()) {
        return;
      }
      if (picture == null) {
        graphics.setColor(MISSING);
        graphics.fillRect(x, y, PICTURE, room);
      } else {
        double scale = scale(picture);
        BufferedImage shown = dots(picture, scale * SHARPNESS);
        AffineTransform to = AffineTransform.getTranslateInstance(x, y);
        to.scale(1.0 / SHARPNESS, 1.0 / SHARPNESS);
        graphics.drawImage(shown, to, null);
      }
      int baseline = y + room + 4 + texts.getAscent();
      boolean first = true;
      for (String line : lines(panel)) {
        text(graphics, line, texts.getFont(), first ? TEXT : FAINT, x, baseline);
        baseline += texts.getHeight();
        first = false;
      }
    }
  }

  private static void text(
      Graphics2D graphics, String text, Font font, Color color, int x, int baseline) {
    graphics.setFont(font);
    graphics.setColor(color);
    graphics.drawString(text, x, baseline);
  }

  /** Units to a dot of the picture: in dots of the figure, a whole number if that is 1 or more. */
  private static double scale(BufferedImage picture) {
    double most = (double) SHARPNESS * PICTURE / Math.max(picture.getWidth(), picture.getHeight());
    return (most >= 1 ? Math.floor(most) : most) / SHARPNESS;
  }

  /** The picture in dots of the figure. */
  private static BufferedImage dots(BufferedImage picture, double scale) {
    int width = Math.max(1, (int) Math.round(picture.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(picture.getHeight() * scale));
    BufferedImage halved = picture;
    while (halved.getWidth() >= 2 * width && halved.getHeight() >= 2 * height) {
      // by steps: scaled down at once, most dots would be passed over
      halved = drawn(halved, halved.getWidth() / 2, halved.getHeight() / 2, true);
    }
    return drawn(halved, width, height, scale < 1);
  }

  private static BufferedImage drawn(BufferedImage picture, int width, int height, boolean smooth) {
    BufferedImage drawn = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = drawn.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION,
        smooth
            ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
            : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    graphics.drawImage(picture, 0, 0, width, height, null);
    graphics.dispose();
    return drawn;
  }

  /** Texts in lines that are no wider than there is room, broken between words if possible. */
  static List<String> wrapped(List<String> texts, FontMetrics metrics, int room) {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      StringBuilder line = new StringBuilder();
      for (String word : text.split(" ", -1)) {
        String longer = line.isEmpty() ? word : line + " " + word;
        if (line.isEmpty() || metrics.stringWidth(longer) <= room) {
          line.setLength(0);
          line.append(longer);
        } else {
          lines.add(line.toString());
          line.setLength(0);
          line.append(word);
        }
        while (metrics.stringWidth(line.toString()) > room && line.length() > 1) {
          int fits = 1;
          while (metrics.stringWidth(line.substring(0, fits + 1)) <= room) {
            fits++;
          }
          lines.add(line.substring(0, fits));
          line.delete(0, fits);
        }
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
