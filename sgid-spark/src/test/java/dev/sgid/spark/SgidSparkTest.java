package dev.sgid.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.ImageDecoder;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.internal.Sha256;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SgidSparkTest {
  private static final SparkSession SPARK = LocalSpark.session();

  private static final StructType IMAGE_SOURCE =
      new StructType()
          .add("origin", DataTypes.StringType)
          .add("height", DataTypes.IntegerType)
          .add("width", DataTypes.IntegerType)
          .add("nChannels", DataTypes.IntegerType)
          .add("mode", DataTypes.IntegerType)
          .add("data", DataTypes.BinaryType);

  @TempDir private static Path shared;
  private static Path in;
  private static Map<String, ManifestLine> expected; // a run on one machine, by file name

  @BeforeAll
  static void runOnOneMachine() throws IOException {
    in = LocalSpark.images(shared.resolve("in"), 2);
    Path out = shared.resolve("out");
    try (Sgid sgid = Sgid.open()) {
      AugmentJob.builder(in, out).withCopies(2).build().run(sgid);
    }
    expected = new TreeMap<>();
    for (String text : Files.readAllLines(out.resolve("metadata.jsonl"))) {
      ManifestLine line = ManifestLine.parse(text);
      expected.put(line.fileName(), line);
    }
  }

  private static SgidSparkOptions.Builder options() {
    return SgidSparkOptions.builder().withIn(in.toString()).withCopies(2).withPartitions(3);
  }

  private static Dataset<Row> files() {
    return SPARK.read().format("binaryFile").load(in + "/*/*.png");
  }

  private static Map<String, ManifestLine> lines(List<Row> rows) {
    Map<String, ManifestLine> lines = new TreeMap<>();
    rows.forEach(
        row -> {
          ManifestLine line = ManifestColumns.line(row);
          lines.put(line.fileName(), line);
        });
    return lines;
  }

  @Test
  void augment_binaryFiles_givesThePicturesAndLinesOfOneMachine() {
    List<Row> rows = SgidSpark.augment(files(), options().build()).collectAsList();
    assertThat(rows).hasSize(12);
    assertThat(lines(rows)).isEqualTo(expected);
    assertThat(rows)
        .allSatisfy(
            row -> {
              byte[] bytes = row.<Row>getAs("image").getAs("bytes");
              assertThat(Sha256.hex(bytes)).isEqualTo(row.getAs("file_sha256"));
              assertThat(row.<String>getAs("error")).isNull();
            });
    assertThat(WorkerModels.open()).as("sets of models").isOne();
  }

  @Test
  void augment_pathsAlone_areReadByTheTasks() {
    Dataset<Row> paths = files().select("path");
    assertThat(lines(SgidSpark.augment(paths, options().build()).collectAsList()))
        .isEqualTo(expected);
  }

  @Test
  void augment_huggingFaceImagesAndABadRow_badOneIsARowWithItsError(@TempDir Path folder) {
    Dataset<Row> rows =
        files()
            .select(
                struct(
                        when(col("path").contains("/coat/"), lit(new byte[] {1, 2, 3}))
                            .otherwise(col("content"))
                            .as("bytes"),
                        col("path").as("path"))
                    .as("image"),
                when(col("path").contains("/bag/"), lit(7L)).otherwise(lit(3L)).as("label"));
    String parquet = folder.resolve("rows").toString();
    rows.write().parquet(parquet);
    List<Row> made =
        SgidSpark.augment(SPARK.read().parquet(parquet), options().withCopies(1).build())
            .collectAsList();
    assertThat(made).hasSize(6);
    assertThat(made.stream().filter(row -> row.getAs("error") != null).toList())
        .hasSize(2)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("source")).startsWith("coat/");
              assertThat(row.<String>getAs("error")).isNotBlank();
              assertThat(row.<Row>getAs("image")).isNull();
            });
    assertThat(made.stream().map(row -> row.<String>getAs("label"))).containsOnly("3", "7");
  }

  @Test
  void augment_sparksOwnImages_areTheSamePixels() throws IOException {
    List<Row> images = new ArrayList<>();
    for (Row file : files().collectAsList()) {
      images.add(
          RowFactory.create(ofImageSource(file.getAs("path"), file.<byte[]>getAs("content"))));
    }
    Dataset<Row> rows = SPARK.createDataFrame(images, new StructType().add("image", IMAGE_SOURCE));
    List<Row> made = SgidSpark.augment(rows, options().build()).collectAsList();
    Map<String, String> pictures = new TreeMap<>();
    made.forEach(row -> pictures.put(row.getAs("file_name"), row.getAs("file_sha256")));
    Map<String, String> ofOneMachine = new TreeMap<>();
    expected.forEach((name, line) -> ofOneMachine.put(name, line.fileSha256()));
    assertThat(pictures).isEqualTo(ofOneMachine);
  }

  /** An image as Spark's {@code image} source has it, which is part of its machine learning. */
  private static Row ofImageSource(String path, byte[] content) throws IOException {
    BufferedImage image = new ImageDecoder().decode(content);
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] bgr = new byte[width * height * 3];
    for (int i = 0; i < width * height; i++) {
      int rgb = image.getRGB(i % width, i / width);
      bgr[3 * i] = (byte) rgb;
      bgr[3 * i + 1] = (byte) (rgb >> 8);
      bgr[3 * i + 2] = (byte) (rgb >> 16);
    }
    return RowFactory.create(path, height, width, 3, 16, bgr);
  }

  @Test
  void augment_rowWithoutALabel_isARowWithItsError() {
    Dataset<Row> rows =
        files()
            .withColumn(
                "label", when(col("path").contains("/coat/"), lit(null)).otherwise(lit("bag")));
    List<Row> made =
        SgidSpark.augment(rows, options().withCopies(1).build())
            .where(col("error").isNotNull())
            .collectAsList();
    assertThat(made).hasSize(2);
    assertThat(made.get(0).<String>getAs("error")).isEqualTo("the row has no label");
  }

  @Test
  void augment_withoutCaptioner_isInTheLine() {
    List<Row> made =
        SgidSpark.augment(files(), options().withCopies(1).withoutCaptioner().build())
            .collectAsList();
    assertThat(made).hasSize(6);
    assertThat(lines(made).values())
        .allSatisfy(line -> assertThat(line.others()).isEqualTo(Map.of("captioner", "none")));
  }

  @Test
  void augment_noImages_namesTheColumns() {
    Dataset<Row> rows = SPARK.range(3).toDF();
    assertThatThrownBy(() -> SgidSpark.augment(rows, options().build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("There are no images in the columns [id]: there must be path and");
  }

  @Test
  void augment_twoImagesOfOneName_isRefused() {
    Dataset<Row> twice = files().union(files());
    assertThatThrownBy(() -> SgidSpark.augment(twice, options().build()))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("different names")
        .hasMessageContaining("withSourceColumn");
  }

  @Test
  void augment_packThatWorkersDontHave_failsBeforeTheFirstPicture() {
    SgidSparkOptions nowhere = options().withPack(Path.of("no", "such", "pack")).build();
    assertThatThrownBy(() -> SgidSpark.augment(files(), nowhere))
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith("worker ")
        .hasMessageContaining("can't open the pack in no/such/pack: ");
  }
}
