package dev.sgid.dataset.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.report.HtmlReport.Written;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private static final int SOURCE = 0;
  private static final int PICTURE = 1;
  private static final int PROBLEM = 2;
  private static final int VALUES = 3;

  private final ReportFolder folder;
  private final Path out;

  HtmlReportTest(@TempDir Path temporary) throws IOException {
    this.folder = new ReportFolder(temporary);
    this.out = folder.out;
  }

  @Test
  void write_someCopies_showsTheWorstFirstBesideItsOriginal() throws IOException {
    folder.withCats();

    Written written = HtmlReport.of(out).write();

    assertThat(written)
        .isEqualTo(new Written(out.resolve("report.html"), 3, 3, 0, Optional.empty()));
    JsonObject data = data();
    assertThat(data.get("title").getAsString()).isEqualTo("photos");
    assertThat(column(data, "consistency")).containsExactly("0.5", "0.7", "0.9");
    assertThat(column(data, "file_name"))
        .containsExactly("cat/1-sgid-1.png", "dog/2-sgid-0.png", "cat/1-sgid-0.png");
    assertThat(sources(data)).containsExactly("cat/1.png", "dog/2.png", "cat/1.png");
    assertThat(data.getAsJsonObject("common").get("steps").getAsInt()).isEqualTo(30);
    assertThat(texts(data.getAsJsonArray("fields")))
        .containsExactly("file_name", "copy", "prompt", "consistency");
    List<String> thumbnails = thumbnails();
    assertThat(thumbnails).hasSize(5); // originals once
    assertThat(color(thumbnails.get(sourceRow(data, 0).get(2).getAsInt()))).isEqualTo(Color.RED);
    assertThat(color(thumbnails.get(row(data, 0).get(PICTURE).getAsInt()))).isEqualTo(Color.BLUE);
  }

  @Test
  void write_someCopies_countsThem() throws IOException {
    folder.withCats();
    folder.addLine("failures.jsonl", JsonParser.parseString("{}").getAsJsonObject());

    Written ignored = HtmlReport.of(out).write();

    JsonObject data = data();
    assertThat(data.get("originals").getAsInt()).isEqualTo(2);
    assertThat(data.get("failures").getAsInt()).isEqualTo(1);
    JsonObject spread = data.getAsJsonObject("consistency");
    assertThat(spread.get("mean").getAsDouble())
        .isCloseTo(0.7, within(1e-12)); // (.5 + .7 + .9) / 3
    assertThat(spread.get("median").getAsDouble()).isEqualTo(0.7);
    assertThat(spread.get("width").getAsDouble()).isEqualTo(0.02);
    assertThat(spread.getAsJsonArray("bars")).hasSize(21); // 0.50 to 0.92
    JsonObject cat = data.getAsJsonArray("classes").get(0).getAsJsonObject();
    assertThat(cat.get("pictures").getAsInt()).isEqualTo(2);
    assertThat(cat.get("consistencyLow").getAsDouble()).isEqualTo(0.5);
  }

  @Test
  void write_textsThatAreHtml_stayTexts() throws IOException {
    String evil = "</script><img src=x onerror=alert(1)><!--<script>{{style}}";
    folder.withCats();
    JsonObject line = folder.line(evil, "cat/1.png", 3, 0.1);
    line.addProperty("caption", evil);
    line.addProperty("file_name", "cat/&lt;x.png");
    line.addProperty(evil, evil);
    folder.add(line);

    Written ignored = HtmlReport.of(out).write();

    String html = html();
    assertThat(html).doesNotContain("<img", "<!--<");
    assertThat(occurrences(html, "<script")).isEqualTo(occurrences(html, "</script"));
    JsonObject data = data();
    assertThat(column(data, "caption")).contains(evil);
    assertThat(column(data, "file_name")).contains("cat/&lt;x.png");
    assertThat(sourceRow(data, 0).get(1).getAsString()).isEqualTo(evil);
    assertThat(texts(data.getAsJsonArray("fields"))).contains(evil);
  }

  @Test
  void write_titleThatIsHtml_staysText() throws IOException {
    folder.withCats();
    JsonObject job =
        JsonParser.parseString(Files.readString(out.resolve("sgid-job.json"))).getAsJsonObject();
    job.addProperty("in", "photos/<b>{{data}}&");
    Files.writeString(out.resolve("sgid-job.json"), job.toString());

    Written ignored = HtmlReport.of(out).withOriginals(folder.in).write();

    assertThat(html()).contains("<title>&lt;b&gt;&#123;&#123;data}}&amp; – sgid report</title>");
  }

  @Test
  void write_anything_refersToNothingOutside() throws IOException {
    folder.withCats();

    Written ignored = HtmlReport.of(out).write();

    String html = html();
    for (String pattern :
        List.of(
            "(?i)https?:",
            "//[a-z0-9-]+\\.[a-z]",
            "@import",
            "\\burl\\(",
            "\\b(fetch|XMLHttpRequest|WebSocket|eval|innerHTML|document\\.write)\\b",
            "(src|href)=[\"'](?!data:|#)")) {
      assertThat(Pattern.compile(pattern).matcher(html).results().map(MatchResult::group))
          .as(pattern)
          .isEmpty();
    }
  }

  @Test
  void write_anything_letsItsOwnScriptAndStyleRunAlone() throws Exception {
    folder.withCats();

    Written ignored = HtmlReport.of(out).write();

    String html = html();
    assertThat(html).contains("default-src 'none'; img-src data:; ");
    assertThat(html)
        .contains("script-src '" + hash(between(html, "<script>", "</script>")) + "'")
        .contains("style-src '" + hash(between(html, "<style>", "</style>")) + "'");
  }

  @Test
  void write_again_givesTheSameBytes() throws IOException {
    folder.withCats();
    Written first = HtmlReport.of(out).write();
    byte[] before = Files.readAllBytes(first.file());

    Written second = HtmlReport.of(out).write(out.resolveSibling("elsewhere.html"));

    assertThat(Files.readAllBytes(second.file())).isEqualTo(before);
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
    }
  }

  @Test
  void write_originalsGone_saysSoAndShowsTheCopies() throws IOException {
    folder.withCats();
    Files.move(folder.in, folder.in.resolveSibling("moved"));

    Written written = HtmlReport.of(out).write();
    JsonObject data = data();
    Written there = HtmlReport.of(out).withOriginals(folder.in.resolveSibling("moved")).write();

    assertThat(written.originalsMissing())
        .hasValueSatisfying(r -> assertThat(r).contains("photos"));
    assertThat(written.withoutPicture()).isEqualTo(2);
    assertThat(data.get("originalsMissing").getAsString()).contains("photos");
    assertThat(row(data, 0).get(PICTURE).getAsInt()).isNotNegative();
    assertThat(there.withoutPicture()).isZero();
  }

  @Test
  void write_picturesThatAreNotAsTheyWere_saysOfEachWhy() throws IOException {
    folder.withCats();
    ReportFolder.put(folder.in.resolve("cat/1.png"), ReportFolder.png(9, 9, Color.GREEN));
    Files.delete(out.resolve("cat/1-sgid-0.png"));
    ReportFolder.put(out.resolve("dog/2-sgid-0.png"), new byte[] {1, 2, 3});

    Written written = HtmlReport.of(out).write();

    JsonObject data = data();
    assertThat(written.withoutPicture()).isEqualTo(3);
    assertThat(sourceRow(data, 0).get(3).getAsString())
        .isEqualTo("it has changed since its copies were made");
    assertThat(row(data, 1).get(PROBLEM).getAsString())
        .isEqualTo("no image of a format that can be read");
    assertThat(row(data, 2).get(PROBLEM).getAsString()).isEqualTo("the file is not there any more");
    assertThat(row(data, 2).get(PICTURE).getAsInt()).isEqualTo(-1);
  }

  @Test
  void write_originalsBesideTheirCopies_needsNoDataSet() throws IOException {
    folder.withCats();
    for (String source : List.of("cat/1.png", "dog/2.png")) {
      JsonObject line = new JsonObject();
      line.addProperty("file_name", source);
      line.addProperty("label", source.substring(0, 3));
      line.addProperty("source", source);
      line.addProperty("source_sha256", "0");
      folder.add(line);
    }
    Files.move(folder.in, folder.in.resolveSibling("moved"));

    Written written = HtmlReport.of(out).write();

    assertThat(written).isEqualTo(new Written(written.file(), 3, 3, 0, Optional.empty()));
  }

  @Test
  void write_moreThanFits_showsTheWorstAndSaysSo() throws IOException {
    byte[] ignored = folder.original("cat/1.png");
    for (int copy = 0; copy < 200; copy++) {
      folder.add(folder.line("cat", "cat/1.png", copy, (1000 - copy) / 1000.0));
    }

    Written written = HtmlReport.of(out).withMostBytes(20_000).write();

    JsonObject data = data();
    assertThat(written.pictures()).isEqualTo(200);
    assertThat(written.shown()).isBetween(10, 199);
    assertThat(Files.size(written.file()) - pageWithout()).isBetween(10_000L, 40_000L);
    assertThat(data.get("shown").getAsInt()).isEqualTo(written.shown());
    assertThat(data.getAsJsonObject("consistency").get("count").getAsInt()).isEqualTo(200);
    assertThat(column(data, "consistency").get(0)).isEqualTo("0.801");
  }

  private int pageWithout() throws IOException {
    return html().length() - ReportFolder.blocks(html()).stream().mapToInt(String::length).sum();
  }

  @Test
  void write_largePictures_areMadeSmall() throws IOException {
    ReportFolder.put(folder.in.resolve("cat/1.png"), ReportFolder.png(1000, 500, Color.ORANGE));
    JsonObject line = folder.line("cat", "cat/1.png", 0, 0.9);
    folder.add(line);

    Written ignored = HtmlReport.of(out).write();

    String large = thumbnails().get(sourceRow(data(), 0).get(2).getAsInt());
    assertThat(large).startsWith("data:image/jpeg;base64,");
    BufferedImage image = image(large);
    assertThat(image.getWidth()).isEqualTo(256);
    assertThat(image.getHeight()).isEqualTo(128);
    Color middle = new Color(image.getRGB(128, 64));
    assertThat(middle.getRed()).isCloseTo(255, within(3));
    assertThat(middle.getGreen()).isCloseTo(200, within(3));
  }

  @Test
  void write_jobThatIsNotDone_countsTheJournalAboveTheManifest() throws IOException {
    folder.withCats();
    JsonObject anew = folder.line("cat", "cat/1.png", 0, 0.2);
    folder.addLine("sgid-journal.jsonl", anew);
    folder.addLine(
        "sgid-journal.jsonl", JsonParser.parseString("{\"retried\":\"x\"}").getAsJsonObject());
    Path journal = out.resolve("sgid-journal.jsonl");
    Files.writeString(journal, Files.readString(journal) + "{\"file_name\":\"torn");

    Written written = HtmlReport.of(out).write();

    assertThat(written.pictures()).isEqualTo(3);
    assertThat(column(data(), "consistency")).containsExactly("0.2", "0.5", "0.7");
  }

  @Test
  void write_rejectedBefore_areCountedAndNotShown() throws IOException {
    folder.withCats();
    folder.addLine("rejected.jsonl", folder.line("cat", "cat/1.png", 1, 0.5));

    Written written = HtmlReport.of(out).write();

    assertThat(written.pictures()).isEqualTo(2);
    assertThat(data().get("rejected").getAsInt()).isEqualTo(1);
  }

  @Test
  void write_dropped_areCountedAndNotShown() throws IOException {
    folder.withCats();
    JsonObject dropped = folder.line("cat", "cat/1.png", 2, 0.1);
    folder.addLine("dropped.jsonl", dropped);
    folder.addLine("dropped.jsonl", folder.line("cat", "cat/1.png", 1, 0.2)); // then kept
    JsonObject journal = folder.line("cat", "cat/1.png", 3, 0.1);
    journal.addProperty("dropped", true);
    folder.addLine("sgid-journal.jsonl", journal);

    Written written = HtmlReport.of(out).write();

    assertThat(written.pictures()).isEqualTo(3);
    assertThat(data().get("dropped").getAsInt()).isEqualTo(1);
  }

  @Test
  void write_fieldsOfANewerVersion_areShown() throws IOException {
    folder.withCats();
    JsonObject line = folder.line("cat", "cat/1.png", 2, 0.4);
    line.addProperty("label_probability", 0.83);
    folder.add(line);

    Written ignored = HtmlReport.of(out).write();

    JsonObject data = data();
    assertThat(column(data, "label_probability")).containsExactly("0.83", "null", "null", "null");
  }

  @Test
  void write_chart_standsInItAsAnImage() throws IOException {
    folder.withCats();
    String svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

    Written ignored = HtmlReport.of(out).withChart("Consistency per class", svg).write();

    JsonObject chart = data().getAsJsonArray("charts").get(0).getAsJsonObject();
    assertThat(chart.get("title").getAsString()).isEqualTo("Consistency per class");
    String image = chart.get("image").getAsString();
    assertThat(image).startsWith("data:image/svg+xml;base64,");
    assertThat(new String(Base64.getDecoder().decode(image.split(",", 2)[1]), UTF_8))
        .isEqualTo(svg);
    assertThat(html()).doesNotContain("alert(1)");
  }

  @Test
  void write_inAnInterruptedThread_leavesTheFormerReport() throws IOException {
    folder.withCats();
    Written ignored = HtmlReport.of(out).write();
    folder.add(folder.line("cat", "cat/1.png", 2, 0.4));
    byte[] before = Files.readAllBytes(out.resolve("report.html"));

    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> HtmlReport.of(out).write())
        .isInstanceOfSatisfying(SgidException.class, e -> assertThat(e.isCancelled()).isTrue());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(Files.readAllBytes(out.resolve("report.html"))).isEqualTo(before);
  }

  @Test
  void write_noFolderOfSgids_isRefused() throws IOException {
    assertThatThrownBy(() -> HtmlReport.of(folder.in).write())
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            folder.in
                + " holds no sgid-job.json: it must be a folder that sgid augment wrote (of a"
                + " split, like OUT/train)");
    assertThatThrownBy(() -> HtmlReport.of(out).write())
        .isInstanceOf(DatasetException.class)
        .hasMessage(out + " has no copies to be looked at");
    Files.writeString(out.resolve("sgid-job.json"), "[]");
    assertThatThrownBy(() -> HtmlReport.of(out).write())
        .isInstanceOf(DatasetException.class)
        .hasMessage(out.resolve("sgid-job.json") + " is not sgid's");
  }

  @Test
  void write_placeThatCantBeWritten_isRefused() throws IOException {
    folder.withCats();
    Path nowhere = out.resolve("none/report.html");

    assertThatThrownBy(() -> HtmlReport.of(out).write(nowhere))
        .isInstanceOf(DatasetException.class)
        .hasMessage(nowhere + " can't be written: there is no folder " + out.resolve("none"));
    assertThatThrownBy(() -> HtmlReport.of(out).write(folder.in))
        .isInstanceOf(DatasetException.class)
        .hasMessage(folder.in + " can't be written: it is a folder");
    assertThatThrownBy(() -> HtmlReport.of(out).withMostBytes(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bytes must be at least 1, is 0");
  }

  private String html() throws IOException {
    return Files.readString(out.resolve("report.html"));
  }

  private JsonObject data() throws IOException {
    return ReportFolder.data(html());
  }

  private List<String> thumbnails() throws IOException {
    List<String> thumbnails = new ArrayList<>();
    List<String> blocks = ReportFolder.blocks(html());
    for (String block : blocks.subList(1, blocks.size())) {
      thumbnails.addAll(texts(JsonParser.parseString(block).getAsJsonArray()));
    }
    return thumbnails;
  }

  private static JsonArray row(JsonObject data, int row) {
    return data.getAsJsonArray("rows").get(row).getAsJsonArray();
  }

  private static JsonArray sourceRow(JsonObject data, int row) {
    return data.getAsJsonArray("sources").get(row).getAsJsonArray();
  }

  private static List<String> sources(JsonObject data) {
    List<String> sources = new ArrayList<>();
    for (JsonElement row : data.getAsJsonArray("rows")) {
      int source = row.getAsJsonArray().get(SOURCE).getAsInt();
      sources.add(sourceRow(data, source).get(0).getAsString());
    }
    return sources;
  }

  /** A field of all pictures, as text. */
  private static List<String> column(JsonObject data, String field) {
    int at = texts(data.getAsJsonArray("fields")).indexOf(field);
    assertThat(at).isNotNegative();
    List<String> column = new ArrayList<>();
    for (JsonElement row : data.getAsJsonArray("rows")) {
      JsonElement value = row.getAsJsonArray().get(VALUES + at);
      column.add(value.isJsonNull() ? "null" : value.getAsString());
    }
    return column;
  }

  private static List<String> texts(JsonArray array) {
    return array.asList().stream().map(JsonElement::getAsString).toList();
  }

  private static BufferedImage image(String uri) throws IOException {
    byte[] bytes = Base64.getDecoder().decode(uri.split(",", 2)[1]);
    return ImageIO.read(new ByteArrayInputStream(bytes));
  }

  private static Color color(String uri) throws IOException {
    assertThat(uri).startsWith("data:image/png;base64,");
    return new Color(image(uri).getRGB(3, 3));
  }

  private static int occurrences(String text, String part) {
    Matcher matcher = Pattern.compile(part, Pattern.LITERAL).matcher(text);
    return (int) matcher.results().count();
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin) + begin.length();
    return text.substring(from, text.indexOf(end, from));
  }

  private static String hash(String content) throws NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }
}
