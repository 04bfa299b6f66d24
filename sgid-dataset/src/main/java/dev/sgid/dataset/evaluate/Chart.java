package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * A chart as a PNG file.
 *
 * @param name in a word, like {@code consistency}: the file's name without {@code .png}
 * @param title what it shows, in a line
 * @param png the file, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Chart(String name, String title, byte[] png) {
  static final String HISTOGRAM = "histogram-";

  public Chart {
    requireNonNull(name, "name");
    requireNonNull(title, "title");
    requireNonNull(png, "png");
  }

  /** Whether it shows how often values lie where, and not classes. */
  public boolean isHistogram() {
    return name.startsWith(HISTOGRAM);
  }

  /** The chart as a {@code data:} URI, which needs no file beside a page. */
  public String dataUri() {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  /**
   * Writes charts under their names.
   *
   * @param folder made where there is none
   */
  public static void write(List<Chart> charts, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Chart chart : charts) {
      Files.write(folder.resolve(chart.name() + ".png"), chart.png());
    }
  }
}
