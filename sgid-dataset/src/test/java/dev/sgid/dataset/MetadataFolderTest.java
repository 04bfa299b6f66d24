package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataFolderTest {
  private final Path in;

  MetadataFolderTest(@TempDir Path in) {
    this.in = in;
  }

  @Test
  void of_jsonLines_givesImagesInTheirOrder() throws IOException {
    files("b.png", "a.jpg", "sub/c.png");
    metadata(
        "metadata.jsonl",
        """
        {"file_name": "b.png", "label": "dog", "text": "a dog"}
        {"file_name": "sub/c.png", "label": 3}

        {"file_name": "./a.jpg", "label": "T-shirt/top"}
        """);

    DatasetReader reader = DatasetReader.of(in);

    assertThat(reader.format()).isEqualTo("metadata.jsonl");
    assertThat(reader.size()).isEqualTo(3);
    assertThat(reader)
        .extracting(source -> source.source() + " " + source.label())
        .containsExactly("b.png dog", "sub/c.png 3", "a.jpg T-shirt/top");
    assertThat(reader.failures()).isEmpty();
    assertThat(reader.ignored()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file_name,label,caption", "path,class,caption", "image,label,caption"})
  void of_tableAlone_readsImagesAnywhereAndCaptions(String header) throws IOException {
    files("set/a.png", "b.png", "set/sub/c.png");
    Path outside = in.resolve("b.png").toRealPath();
    Path table =
        Files.writeString(
            in.resolve("set/list.csv"),
            header
                + "\na.png,cat,\" a cat, asleep \"\n"
                + outside
                + ",dog,\n../b.png,dog,\nsub/c.png,dog, \nnone.png,dog,\n");

    DatasetReader reader = DatasetReader.of(table);

    assertThat(reader.format()).isEqualTo("list.csv");
    assertThat(reader)
        .extracting(source -> source.source() + " " + source.label() + " " + source.caption())
        .containsExactly(
            "a.png cat a cat, asleep",
            outside + " dog null",
            "sub/c.png dog null",
            "none.png dog null");
    assertThat(reader.failures())
        .extracting(Failure::toString)
        .singleElement()
        .asString()
        .contains("../b.png", "is named a second time, after line 3");
    assertThat(reader.ignored()).isEmpty();
  }

  @Test
  void of_tableWithoutHeader_saysWhatIsMissing() throws IOException {
    Path table = Files.writeString(in.resolve("list.csv"), "a.png,cat\nb.png,dog\n");

    assertThatThrownBy(() -> DatasetReader.of(table))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            table
                + " must have a line for each image, with a file_name (or path, file, image) and a"
                + " label (or class), named in its first line if it is a .csv");
  }

  @Test
  void run_captionThatChanged_makesThatImageAnew() throws IOException {
    for (int i = 0; i < 2; i++) {
      Files.write(in.resolve(i + ".png"), TestImages.encode(TestImages.noise(8, 6, i), "png"));
    }
    String lines =
        """
        {"file_name": "0.png", "label": "cat", "caption": "a cat"}
        {"file_name": "1.png", "label": "cat"}
        """;
    Path table = Files.writeString(in.resolve("list.jsonl"), lines);
    Path out = in.resolve("out");
    try (Sgid sgid = new FakeStages().sgid()) {
      JobSummary ignored = AugmentJob.builder(table, out).build().run(sgid);
      Files.writeString(table, lines.replace("a cat", "an old cat"));

      JobSummary summary = AugmentJob.builder(table, out).build().run(sgid);

      assertThat(summary.changed()).containsExactly("0.png");
      assertThat(summary.pictures()).isEqualTo(1);
    }
    assertThat(ManifestLine.parse(Files.readAllLines(out.resolve("metadata.jsonl")).get(0)))
        .extracting(ManifestLine::prompt)
        .isEqualTo("cat, an old cat");
  }

  @Test
  void of_table_readsQuotesCommasAndLineBreaks() throws IOException {
    files("a, b.png", "c\"d.png", "e.png");
    metadata(
        "metadata.csv",
        String.join(
            "\r\n",
            "\ufefftext,label,file_name",
            "\"one\ntwo\",cat,\"a, b.png\"",
            "x,\"big, \"\"good\"\" dog\",\"c\"\"d.png\"",
            ",caf\u00e9,e.png",
            ""));

    DatasetReader reader = DatasetReader.of(in);

    assertThat(reader.format()).isEqualTo("metadata.csv");
    assertThat(reader)
        .extracting(source -> source.source() + " " + source.label())
        .containsExactly("a, b.png cat", "c\"d.png big, \"good\" dog", "e.png caf\u00e9");
  }

  @Test
  void of_linesThatNameNoImage_areFailures(@TempDir Path elsewhere) throws IOException {
    files("a.png", "b.png", "sub/c.png");
    Files.createFile(elsewhere.resolve("x.png"));
    metadata(
        "metadata.jsonl",
        """
        {"file_name": "a.png", "label": "cat"}
        {"file_name": "./a.png", "label": "dog"}
        {"file_name": "b.png"}
        {"file_name": "b.png", "label": "_"}
        {"file_name": "../x.png", "label": "cat"}
        {"file_name": "/etc/x.png", "label": "cat"}
        {"file_name": "sub", "label": "cat"}
        {"file_name": "a\\u0000.png", "label": "cat"}
        {"label": "cat"}
        {"file_name": ["a.png"], "label": "cat"}
        """);

    DatasetReader reader = DatasetReader.of(in);

    assertThat(reader).extracting(Source::source).containsExactly("a.png");
    assertThat(reader.failures())
        .extracting(failure -> failure.source() + ": " + failure.reason())
        .satisfies(
            failures ->
                assertThat(String.join("\n", failures))
                    .contains(
                        "./a.png: is named a second time, after line 1 (metadata.jsonl, line 2)",
                        "b.png: has no label (metadata.jsonl, line 3)",
                        "b.png: has no label (metadata.jsonl, line 4)",
                        "../x.png: leads out of the data set (metadata.jsonl, line 5)",
                        "/etc/x.png: leads out of the data set (metadata.jsonl, line 6)",
                        "sub: is a folder (metadata.jsonl, line 7)",
                        "a\u0000.png: is no name of a file",
                        "metadata.jsonl, line 9: there is no file_name",
                        "metadata.jsonl, line 10: there is no file_name"))
        .hasSize(9);
  }

  @Test
  void of_filesThatNoLineNames_areIgnored() throws IOException {
    files("a.png", "b.png", "notes.txt");
    metadata("metadata.jsonl", "{\"file_name\": \"a.png\", \"label\": \"cat\"}\n");

    assertThat(DatasetReader.of(in).ignored()).containsExactly("b.png", "notes.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"file_name\": \"a.png\", \"text\": \"a cat\"}", "{\"label\": \"x\"}"})
  void of_noLabels_isRefusedAndSaysWhatToDo(String line) throws IOException {
    files("a.png", "images/b.png");
    Path metadata = metadata("metadata.jsonl", line);

    assertThatThrownBy(() -> DatasetReader.of(in))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            metadata
                + " says no labels: give each line a file_name and a label, or put the images into"
                + " one folder per class");
  }

  @Test
  void of_noLabelsBesideClassFolders_takesThese() throws IOException {
    files("cat/a.png", "dog/b.png");
    metadata("metadata.jsonl", "{\"file_name\": \"cat/a.png\", \"text\": \"a cat\"}\n");

    DatasetReader reader = DatasetReader.of(in);

    assertThat(reader.format()).isEqualTo("class folders");
    assertThat(reader).extracting(Source::label).containsExactly("cat", "dog");
  }

  @Test
  void of_lineThatIsNoJson_isRefusedWithItsNumber() throws IOException {
    Path metadata =
        metadata("metadata.jsonl", "{\"file_name\": \"a.png\", \"label\": \"x\"}\n{oops\n");

    assertThatThrownBy(() -> DatasetReader.of(in))
        .isInstanceOf(DatasetException.class)
        .hasMessage(metadata + ", line 2, is no JSON object");
  }

  @Test
  void of_metadataThatIsNotUtf8_isRefused() throws IOException {
    Path metadata = in.resolve("metadata.csv");
    Files.write(metadata, new byte[] {'a', (byte) 0xe9, '\n'});

    assertThatThrownBy(() -> DatasetReader.of(in))
        .isInstanceOf(DatasetException.class)
        .hasMessage(metadata + " is not UTF-8");
  }

  @Test
  void of_twoFilesOfMetadata_isRefused() throws IOException {
    metadata("metadata.jsonl", "");
    metadata("metadata.csv", "");

    assertThatThrownBy(() -> DatasetReader.of(in))
        .isInstanceOf(DatasetException.class)
        .hasMessage(in + " holds both metadata.jsonl and metadata.csv: take one of them away");
  }

  @Test
  void withMetadata_noMetadata_isRefused() {
    assertThatThrownBy(() -> DatasetReader.withMetadata(in))
        .isInstanceOf(DatasetException.class)
        .hasMessage("There is no metadata.jsonl and no metadata.csv in " + in);
  }

  @Test
  void run_metadata_writesClassFoldersAndCountsWhatIsMissing(@TempDir Path folder)
      throws IOException {
    Files.write(in.resolve("a.png"), TestImages.encode(TestImages.noise(8, 6, 1), "png"));
    metadata(
        "metadata.jsonl",
        """
        {"file_name": "a.png", "label": "T-shirt/top"}
        {"file_name": "gone.png", "label": "coat"}
        """);
    Path out = folder.resolve("out");

    JobSummary summary;
    try (Sgid sgid = new FakeStages().sgid()) {
      summary = AugmentJob.builder(in, out).build().run(sgid);
    }

    assertThat(summary.pictures()).isEqualTo(1);
    assertThat(Files.readString(out.resolve("failures.jsonl")))
        .isEqualTo(
            "{\"source\":\"gone.png\",\"reason\":\"there is no such file any more, or a link leads"
                + " nowhere\"}\n");
    ManifestLine line = ManifestLine.parse(Files.readString(out.resolve("metadata.jsonl")));
    assertThat(line.label()).isEqualTo("T-shirt/top");
    assertThat(line.fileName()).isEqualTo("T-shirt_top/a-sgid-0.png");
    assertThat(line.prompt()).startsWith("T-shirt/top, ");
    assertThat(out.resolve(line.fileName())).exists();
  }

  private Path metadata(String name, String text) throws IOException {
    return Files.writeString(in.resolve(name), text);
  }

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = in.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }
}
