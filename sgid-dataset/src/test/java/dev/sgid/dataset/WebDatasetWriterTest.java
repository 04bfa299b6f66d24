package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tools/reference/load_out.py} reads such shards with WebDataset itself. */
class WebDatasetWriterTest {
  private final Path in;
  private final Path out;

  WebDatasetWriterTest(@TempDir Path folder) {
    this.in = folder.resolve("in");
    this.out = folder.resolve("out");
  }

  @BeforeEach
  void dataset() throws IOException {
    for (int i = 0; i < 3; i++) {
      put("dog/" + i + ".png", i);
      put("caf\u00e9/tom.v" + i + ".png", 10 + i);
    }
  }

  @Test
  void run_shards_holdASampleForEachLine() throws IOException {
    JobSummary summary = run(OutputFormat.webDataset(), false);

    assertThat(summary.pictures()).isEqualTo(6);
    assertThat(files()).containsExactly("metadata.jsonl", "sgid-job.json", "shard-000000.tar");
    List<ManifestLine> lines = lines();
    Map<String, byte[]> entries = entries("shard-000000.tar");
    assertThat(entries).hasSize(4 * lines.size());
    for (ManifestLine line : lines) {
      String key = line.fileName().replaceAll("^shard-000000\\.tar/|\\.png$", "");
      assertThat(key).doesNotContain(".");
      assertThat(ManifestLine.parse(new String(entries.get(key + ".json"), UTF_8))).isEqualTo(line);
      assertThat(entries.get(key + ".txt")).asString(UTF_8).isEqualTo(line.label());
      assertThat(entries.get(key + ".cls"))
          .asString(UTF_8)
          .isEqualTo(line.label().equals("dog") ? "1" : "0");
      assertThat(ImageIO.read(new ByteArrayInputStream(entries.get(key + ".png")))).isNotNull();
    }
    assertThat(lines.get(5).fileName()).isEqualTo("shard-000000.tar/dog/2-sgid-0.png");
    assertThat(lines.get(0).fileName())
        .matches("shard-000000\\.tar/caf\u00e9/tom_v0-sgid-0-[0-9a-f]{8}\\.png");
  }

  @Test
  void run_shards_samplesAreContiguousAndInOrder() throws IOException {
    JobSummary ignored = run(OutputFormat.webDataset(), false);

    assertThat(entries("shard-000000.tar").keySet())
        .extracting(name -> name.replaceAll(".*/|tom_v|-sgid-0|-[0-9a-f]{8}", ""))
        .startsWith("0.cls", "0.json", "0.png", "0.txt", "1.cls", "1.json", "1.png", "1.txt");
  }

  @Test
  void run_twice_givesTheSameBytes() throws IOException {
    JobSummary first = run(OutputFormat.webDataset(4, 1), false);
    byte[] shard = Files.readAllBytes(out.resolve("shard-000001.tar"));
    JobSummary second = run(OutputFormat.webDataset(4, 1), true);

    assertThat(second.pictures()).isEqualTo(first.pictures());
    assertThat(out.resolve("shard-000001.tar")).hasBinaryContent(shard);
    assertThat(second.foreign()).isEmpty();
  }

  @Test
  void run_shardOfFewImages_goesOnInTheNext() throws IOException {
    JobSummary ignored = run(OutputFormat.webDataset(4, 1000), false);

    assertThat(files()).contains("shard-000000.tar", "shard-000001.tar").hasSize(4);
    assertThat(entries("shard-000000.tar")).hasSize(16);
    assertThat(entries("shard-000001.tar")).hasSize(8);
    assertThat(lines().get(4).fileName()).startsWith("shard-000001.tar/");
  }

  @Test
  void write_shardFull_isNeverLongerThanAllowed() throws IOException {
    Files.createDirectories(out);
    int most = 100_000;
    List<String> placed = new ArrayList<>();
    try (DatasetWriter writer =
        new WebDatasetWriter(out, List.of("c"), 1000, most, Shards.none())) {
      for (int i = 0; i < 20; i++) {
        placed.add(add(writer, "c/" + i + ".png", new byte[i == 7 ? most : 21_000]));
      }
    }

    List<String> shards = files();
    assertThat(shards).hasSize(8);
    for (String shard : shards) {
      boolean alone = shard.equals("shard-000003.tar");
      assertThat(Files.size(out.resolve(shard))).isLessThanOrEqualTo(alone ? 2L * most : most);
      assertThat(Files.size(out.resolve(shard)) % 10_240).isZero(); // as tar pads
    }
    assertThat(placed.get(7)).isEqualTo("shard-000003.tar/c/7.png");
    assertThat(placed.get(8)).isEqualTo("shard-000004.tar/c/8.png");
  }

  @Test
  void write_unfinished_isNotVisible() throws IOException {
    Files.createDirectories(out);
    DatasetWriter writer = new WebDatasetWriter(out, List.of("c"), 2, 1_000_000, Shards.none());

    String ignored = add(writer, "c/0.png", new byte[10]);
    assertThat(files()).containsExactly(".sgid-shard-000000.tar.tmp");
    writer.close();

    assertThat(files()).containsExactly("shard-000000.tar");
  }

  @Test
  void place_namesThatReadersTakeForSomethingElse_areChanged() throws IOException {
    Files.createDirectories(out);
    String longName = "x".repeat(200);
    try (DatasetWriter writer =
        new WebDatasetWriter(out, List.of("c"), 1000, 1_000_000, Shards.none())) {
      assertThat(add(writer, "__c__/0.png", new byte[1]))
          .matches("shard-000000\\.tar/class__c__/0-[0-9a-f]{8}\\.png");
      assertThat(add(writer, "a.b/c.d.JPG", new byte[1]))
          .matches("shard-000000\\.tar/a_b/c_d-[0-9a-f]{8}\\.jpg");
      assertThat(add(writer, "a_b/c_d.jpg", new byte[1])).isEqualTo("shard-000000.tar/a_b/c_d.jpg");
      assertThat(add(writer, longName + "/" + longName + ".png", new byte[1]))
          .isEqualTo("shard-000000.tar/" + longName + "/" + longName + ".png");
    }

    assertThat(entries("shard-000000.tar"))
        .hasSize(16)
        .containsKey(longName + "/" + longName + ".cls");
  }

  @Test
  void run_withOriginals_keepsTheirFiles() throws IOException {
    try (Sgid sgid = new FakeStages().sgid()) {
      JobSummary ignored =
          AugmentJob.builder(in, out)
              .withFormat(OutputFormat.webDataset())
              .withOriginals(true)
              .build()
              .run(sgid);
    }

    assertThat(entries("shard-000000.tar").get("dog/0.png"))
        .isEqualTo(Files.readAllBytes(in.resolve("dog/0.png")));
  }

  @Test
  void run_othersShardInTheWay_isRefused() throws IOException {
    Files.createDirectories(out);
    Files.createFile(out.resolve("shard-000007.tar"));

    assertThatThrownBy(() -> run(OutputFormat.webDataset(), true))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(out.resolve("shard-000007.tar") + " is in the way");
    assertThat(files()).containsExactly("shard-000007.tar");
  }

  @ParameterizedTest
  @CsvSource({
    "folders, folders",
    "webdataset, webdataset",
    "webdataset:images=10000, webdataset",
    "'webdataset:images=5,megabytes=7', 'webdataset:images=5,megabytes=7'",
    "webdataset:megabytes=7, 'webdataset:images=10000,megabytes=7'"
  })
  void parse_format_isRead(String text, String format) {
    assertThat(OutputFormat.parse(text)).hasToString(format);
    assertThat(OutputFormat.parse(format)).isEqualTo(OutputFormat.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tar", "webdataset:", "webdataset:images=x", "webdataset:images=1,"})
  void parse_noFormat_isRefused(String text) {
    assertThatThrownBy(() -> OutputFormat.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "A format is folders, webdataset or webdataset:images=10000,megabytes=1000, is \""
                + text
                + "\"");
  }

  @Test
  void webDataset_noImages_isRefused() {
    assertThatThrownBy(() -> OutputFormat.webDataset(0, 1))
        .hasMessage("images must be at least 1, is 0");
    assertThatThrownBy(() -> OutputFormat.parse("webdataset:megabytes=0"))
        .hasMessage("megabytes must be at least 1, is 0");
  }

  private static String add(DatasetWriter writer, String name, byte[] image) throws IOException {
    Source source = new Source(Path.of("x"), name, "c");
    ManifestLine line = ManifestLine.original(name, source, "5a", "1d");
    ManifestLine placed = line.withFileName(writer.place(name, line, image));
    writer.write(placed, image);
    return placed.fileName();
  }

  private JobSummary run(OutputFormat format, boolean overwrite) {
    try (Sgid sgid = new FakeStages().sgid()) {
      return AugmentJob.builder(in, out)
          .withFormat(format)
          .withOverwrite(overwrite)
          .build()
          .run(sgid);
    }
  }

  private List<ManifestLine> lines() throws IOException {
    return Files.readAllLines(out.resolve("metadata.jsonl")).stream()
        .map(ManifestLine::parse)
        .toList();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Map<String, byte[]> entries(String shard) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (InputStream file = Files.newInputStream(out.resolve(shard));
        TarArchiveInputStream tar = new TarArchiveInputStream(file, UTF_8.name())) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        assertThat(entry.getLastModifiedTime().toMillis()).isZero();
        assertThat(entry.getLongUserId()).isZero();
        assertThat(entry.getUserName()).isEmpty();
        assertThat(entries.put(entry.getName(), tar.readAllBytes())).isNull();
      }
    }
    return entries;
  }

  private void put(String name, int seed) throws IOException {
    Path file = FileName.resolve(in, name);
    Files.createDirectories(file.getParent());
    Files.write(file, TestImages.encode(TestImages.noise(8, 6, seed), "png"));
  }
}
