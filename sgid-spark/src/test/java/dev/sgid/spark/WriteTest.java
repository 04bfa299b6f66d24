package dev.sgid.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import dev.sgid.Sgid;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.Balance;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.ManifestLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteTest {
  private static final SparkSession SPARK = LocalSpark.session();

  @TempDir private static Path shared;
  private static Path in;
  private static Path expected;

  @TempDir private Path folder;

  @BeforeAll
  static void runOnOneMachine() throws IOException {
    in = LocalSpark.images(shared.resolve("in"), 2);
    Files.write(in.resolve("bag").resolve("broken.png"), new byte[] {1, 2, 3});
    // a name that another image's copy would have, and one that differs by its extension alone
    Path first = first(in.resolve("coat"));
    Files.copy(first, in.resolve("coat").resolve(stem(first) + ".PNG"));
    Files.copy(in.resolve("bag").resolve("broken.png"), in.resolve("coat").resolve("c.png"));
    expected = shared.resolve("out");
    try (Sgid sgid = Sgid.open()) {
      AugmentJob.builder(in, expected)
          .withCopies(1)
          .withBalance(Balance.images(7))
          .withOriginals(true)
          .build()
          .run(sgid);
    }
  }

  private static Path first(Path ofClass) throws IOException {
    try (Stream<Path> files = Files.list(ofClass)) {
      return files.sorted().findFirst().orElseThrow();
    }
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static SgidSparkOptions.Builder options() {
    return SgidSparkOptions.builder()
        .withIn(in.toString())
        .withCopies(1)
        .withBalance(Balance.images(7))
        .withOriginals(true)
        .withPartitions(3);
  }

  private static Dataset<Row> files() {
    return SPARK
        .read()
        .format("binaryFile")
        .option("recursiveFileLookup", "true")
        .load(in.toString())
        .select("path");
  }

  private static void tearTasksApart(Path out) throws IOException {
    // as a driver that died leaves it: two parts in place, one that had only begun
    List<String> lines = Files.readAllLines(out.resolve("metadata.jsonl"));
    Path parts = Files.createDirectories(out.resolve(SparkOutput.PARTS));
    Files.delete(out.resolve("metadata.jsonl"));
    Files.delete(out.resolve("failures.jsonl"));
    List<String> done = new ArrayList<>();
    List<String> begun = new ArrayList<>();
    for (String text : lines) {
      ManifestLine line = ManifestLine.parse(text);
      if (line.label().equals("bag")) {
        done.add(PartLine.of(PartLine.Kind.MADE, line).toJson());
      } else if (line.label().equals("coat")) {
        begun.add(PartLine.of(PartLine.Kind.MADE, line).toJson());
        begun.add(PartLine.file(line.fileName()).toJson());
      } else {
        Files.delete(out.resolve(line.fileName()));
      }
    }
    Files.write(parts.resolve("part-3.jsonl"), done);
    Files.write(parts.resolve("part-7.begun"), begun);
  }

  @Test
  void write_folders_givesTheFilesOfOneMachineAlsoWhenCutShort() throws IOException {
    Path out = folder.resolve("out");
    SparkSummary summary = SgidSpark.write(files(), options().build(), out.toString(), "folders");
    assertThat(withoutReport(LocalSpark.files(out)))
        .isEqualTo(withoutReport(LocalSpark.files(expected)));
    assertThat(summary.failures()).isEqualTo(2);
    assertThat(summary.alreadyThere()).isZero();

    tearTasksApart(out);
    SparkSummary again = SgidSpark.write(files(), options().build(), out.toString(), "folders");
    assertThat(withoutReport(LocalSpark.files(out)))
        .isEqualTo(withoutReport(LocalSpark.files(expected)));
    assertThat(again.alreadyThere()).isPositive();
    assertThat(again.pictures()).isEqualTo(summary.pictures() - again.alreadyThere());

    assertThatThrownBy(
            () ->
                SgidSpark.write(files(), options().withSeed(7).build(), out.toString(), "folders"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("seed was 0, is 7");
  }

  private static List<String> withoutReport(List<String> files) {
    return files.stream().filter(file -> !file.startsWith("report.html")).toList();
  }

  @Test
  void write_shards_holdTheSamePictures() throws IOException {
    Path out = folder.resolve("out");
    var ignored = SgidSpark.write(files(), options().build(), out.toString(), "webdataset");
    DatasetReader shards = DatasetReader.shards(out);
    List<String> found = new ArrayList<>();
    shards.forEach(source -> found.add(source.label()));
    List<String> lines = Files.readAllLines(expected.resolve("metadata.jsonl"));
    assertThat(found).hasSize(lines.size());
    List<String> hashes =
        Files.readAllLines(out.resolve("metadata.jsonl")).stream()
            .map(line -> ManifestLine.parse(line).fileSha256())
            .sorted()
            .toList();
    assertThat(hashes)
        .isEqualTo(
            lines.stream().map(line -> ManifestLine.parse(line).fileSha256()).sorted().toList());
  }

  @Test
  void write_parquet_hasHuggingFacesFeatures() throws IOException {
    Path out = folder.resolve("out");
    var ignored = SgidSpark.write(files(), options().build(), out.toString(), "parquet");
    Dataset<Row> rows = SPARK.read().parquet(out + "/*.parquet");
    assertThat(rows.count())
        .isEqualTo(Files.readAllLines(expected.resolve("metadata.jsonl")).size());
    assertThat(rows.schema().fieldNames()).startsWith("image", "file_name", "label", "source");
    try (Stream<Path> files = Files.list(out);
        ParquetFileReader reader =
            ParquetFileReader.open(
                new LocalInputFile(
                    files
                        .filter(file -> file.toString().endsWith(".parquet"))
                        .findFirst()
                        .orElseThrow()),
                org.apache.parquet.ParquetReadOptions.builder(new PlainParquetConfiguration())
                    .build())) {
      String features =
          reader.getFooter().getFileMetaData().getKeyValueMetaData().get("huggingface");
      JsonArray names =
          JsonParser.parseString(features)
              .getAsJsonObject()
              .getAsJsonObject("info")
              .getAsJsonObject("features")
              .getAsJsonObject("label")
              .getAsJsonArray("names");
      assertThat(names).hasSize(LocalSpark.CLASSES.size());
    }
    // all is there, so nothing is made
    SparkSummary again = SgidSpark.write(files(), options().build(), out.toString(), "parquet");
    assertThat(again.pictures()).isZero();
  }

  @Test
  void write_foreignFolder_isRefused() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "mine");
    assertThatThrownBy(
            () -> SgidSpark.write(files(), options().build(), folder.toString(), "folders"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("no run of sgid wrote it");
  }
}
