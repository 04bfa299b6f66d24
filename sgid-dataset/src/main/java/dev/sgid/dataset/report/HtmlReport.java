package dev.sgid.dataset.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.evaluate.Evaluation;
import dev.sgid.dataset.internal.out.OutNames;
import dev.sgid.internal.Reason;
import dev.sgid.internal.Require;
import java.io.BufferedWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An augmented data set as one HTML file that needs nothing else: originals beside their copies,
 * the worst consistency first, to be filtered, searched and judged in a browser. The marks that are
 * given there are saved as a file, which {@link dev.sgid.dataset.Review} applies.
 *
 * <pre>{@code
 * HtmlReport.Written report = HtmlReport.of(Path.of("out")).write();
 * }</pre>
 *
 * <p>The same data set gives the same bytes. A report grows up to about {@link
 * #DEFAULT_MOST_BYTES}; of what is more, the worst are in it, and it says so. Also of a data set
 * whose job has not come to its end.
 *
 * <p>Immutable and thread-safe.
 */
public final class HtmlReport {
  /** The name that a report has in the data set's folder. */
  public static final String NAME = OutNames.REPORT;

  /** How large a report is at most, about, where nothing else is said: 60 MB. */
  public static final long DEFAULT_MOST_BYTES = 60_000_000;

  private final Path out;
  private final @Nullable Path in;
  private final long mostBytes;
  private final List<Chart> charts;

  private HtmlReport(Path out, @Nullable Path in, long mostBytes, List<Chart> charts) {
    this.out = out;
    this.in = in;
    this.mostBytes = mostBytes;
    this.charts = List.copyOf(charts);
  }

  /**
   * The report of an augmented data set.
   *
   * @param out the folder that was written
   */
  public static HtmlReport of(Path out) {
    return new HtmlReport(requireNonNull(out, "out"), null, DEFAULT_MOST_BYTES, List.of());
  }

  /** The data set that it was made from. Default: where that lay, as {@code sgid-job.json} says. */
  public HtmlReport withOriginals(Path folder) {
    return new HtmlReport(out, requireNonNull(folder, "folder"), mostBytes, charts);
  }

  /**
   * About how large the file may be.
   *
   * @param bytes at least 1; at least one picture is in it whatever its size
   */
  public HtmlReport withMostBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes must be at least 1, is " + bytes);
    }
    return new HtmlReport(out, in, bytes, charts);
  }

  /**
   * A chart that stands beside the histograms.
   *
   * @param title what it shows
   * @param svg a whole SVG file; scripts in it do not run, and it can load nothing
   */
  public HtmlReport withChart(String title, String svg) {
    return withImage(
        title,
        "data:image/svg+xml;base64,"
            + Base64.getEncoder().encodeToString(requireNonNull(svg, "svg").getBytes(UTF_8)));
  }

  /** An evaluation's charts by class, beside the histograms, which are the report's own. */
  public HtmlReport withCharts(Evaluation evaluation) {
    HtmlReport report = this;
    for (dev.sgid.dataset.evaluate.Chart chart : evaluation.charts()) {
      if (!chart.isHistogram()) {
        report = report.withImage(chart.title(), chart.dataUri());
      }
    }
    return report;
  }

  private HtmlReport withImage(String title, String dataUri) {
    List<Chart> more = new ArrayList<>(charts);
    more.add(new Chart(Require.notBlank(title, "title"), dataUri));
    return new HtmlReport(out, in, mostBytes, more);
  }

  /**
   * A chart.
   *
   * @param title what it shows
   * @param image a {@code data:} URI: what is in it can't reach the page
   */
  record Chart(String title, String image) {}

  /**
   * What was written.
   *
   * @param file the report
   * @param pictures how many copies the data set has
   * @param shown how many of them are in the report, the worst ones
   * @param withoutPicture how many originals and copies could not be shown; the report says why
   * @param originalsMissing why the data set that the originals lie in can't be read; empty where
   *     it can
   */
  public record Written(
      Path file, int pictures, int shown, int withoutPicture, Optional<String> originalsMissing) {}

  /**
   * Writes {@value #NAME} into the data set's folder, where readers of the data set pass over it.
   *
   * @throws DatasetException if no run of sgid wrote the folder, or no copies are in it
   * @throws SgidException {@link SgidException#isCancelled()} if the thread is interrupted; a
   *     former report stays then
   * @throws UncheckedIOException if a file can't be read or written
   */
  public Written write() {
    return write(out.resolve(NAME));
  }

  /**
   * Writes the report elsewhere; it appears whole or not at all.
   *
   * @throws DatasetException as {@link #write()}, and if {@code file} is a folder or lies in none
   * @throws SgidException as {@link #write()}
   * @throws UncheckedIOException as {@link #write()}
   */
  public Written write(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new DatasetException(file + " can't be written: there is no folder " + folder);
    } else if (Files.isDirectory(file)) {
      throw new DatasetException(file + " can't be written: it is a folder");
    }
    Manifest manifest;
    Gathered gathered;
    try {
      manifest = Manifest.read(out);
      gathered = Gathered.of(out, manifest, in, mostBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(out + " can't be read: " + Reason.of(e), e);
    }
    ReportData data = ReportData.of(manifest, gathered, charts);
    try {
      write(folder, file, data, gathered.contents().thumbnails());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be written: " + Reason.of(e), e);
    }
    Contents contents = gathered.contents();
    return new Written(
        file,
        manifest.copies().size(),
        contents.size(),
        contents.withoutPicture(),
        Optional.ofNullable(gathered.originalsMissing()));
  }

  private static void write(Path folder, Path file, ReportData data, List<String> thumbnails)
      throws IOException {
    Path temporary = folder.resolve(".sgid-report.tmp"); // which a run knows to be sgid's
    try {
      // not a channel's: an interrupt would close it
      try (FileOutputStream stream = new FileOutputStream(temporary.toFile());
          Writer html = new BufferedWriter(new OutputStreamWriter(stream, UTF_8), 1 << 16)) {
        Page.write(html, data.title(), data.json(), thumbnails);
        html.flush();
        stream.getFD().sync();
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
