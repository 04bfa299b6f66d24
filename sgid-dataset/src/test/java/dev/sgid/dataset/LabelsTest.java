package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {
  private static final String ALL =
      """
      label,text,copies,noise_rate,guidance,prompt,negative_prompt
      n02084071,dog,2,0.4,constant:4,"a photo of a {label}",blurry
      n02121808,"cat, domestic",,,,,
      """;

  private final Path folder;
  private final Path in;
  private final Path out;

  LabelsTest(@TempDir Path folder) {
    this.folder = folder;
    this.in = folder.resolve("in");
    this.out = folder.resolve("out");
  }

  @BeforeEach
  void dataset() throws IOException {
    image("n02084071/1.png", 1);
    image("n02121808/1.png", 2);
    image("other/1.png", 3);
  }

  @Test
  void run_textsAndSettings_areThoseOfTheClass() throws IOException {
    JobSummary summary = run(file("labels.csv", ALL));

    assertThat(summary.pictures()).isEqualTo(4);
    List<ManifestLine> lines = lines();
    ManifestLine dog = lines.get(0);
    assertThat(dog.fileName()).isEqualTo("n02084071/1-sgid-0.png");
    assertThat(dog.label()).isEqualTo("n02084071");
    assertThat(dog.labelText()).isEqualTo("dog");
    assertThat(dog.prompt()).isEqualTo("a photo of a dog");
    assertThat(dog.negativePrompt()).isEqualTo("blurry");
    assertThat(dog.noiseRate()).isEqualTo(0.4);
    assertThat(dog.guidanceScale()).isEqualTo(4);
    assertThat(lines.get(1).copy()).isEqualTo(1);
    assertThat(lines.get(2).prompt()).startsWith("cat, domestic, mean ");
    assertThat(lines.get(2).noiseRate()).isEqualTo(0.5);
    assertThat(lines.get(3).labelText()).isEqualTo("other");
    assertThat(Files.readString(out.resolve("sgid-job.json")))
        .contains(
            "\"n02084071\": 2", "\"text\": \"cat, domestic\"", "\"guidance\": \"constant:4.0\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "bare.csv; 'n02084071,dog\nn02121808,cat\n'",
        "turned.CSV; '\ufefftext,label\ndog,n02084071\ncat,n02121808\n'",
        "l.jsonl; '{\"label\": \"n02084071\", \"text\": \"dog\"}\n\n{\"label\": \"n02121808\", \"text\": \"cat\", \"noise_rate\": null}'"
      })
  void run_filesOfAllKinds_giveTexts(String name, String content) throws IOException {
    run(file(name, content));

    assertThat(lines()).extracting(ManifestLine::labelText).containsExactly("dog", "cat", "other");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'label,noise_rate\nother,2\n'; 'line 2, is wrong for \"other\": noiseRate must be'",
        "'label,copies\nother,x\n'; 'line 2, is wrong for \"other\": copies must be a whole number from 0 on, is \"x\"'",
        "'label,copies\nother,2.5\n'; 'copies must be a whole number from 0 on, is \"2.5\"'",
        "'label,noise_rate\nother,high\n'; 'noise_rate must be a number above 0 up to 1, is \"high\"'",
        "'other,\"a\n'; 'is no table of comma-separated values: (startline 1) EOF reached'",
        "'label,copies\nother,-1\n'; 'copies must be at least 0, is -1'",
        "'label,noiserate\nother,1\n'; 'line 1, names \"noiserate\"; there are label, text, copies,'",
        "'label,prompt\nother,{lable}\n'; 'has {lable} in'",
        "'label,text\nother,_\n'; 'text must not be blank, is \"_\"'",
        "'other,a\nother,b\n'; 'line 2, has \"other\" a second time'",
        "'other,a,b\n'; 'line 1, has more than [label, text] in it'",
        "'label,text\n,b\n'; 'line 2, has no label'",
        "'nobody,b\n'; 'says nothing of any class of '"
      })
  void build_wrongFiles_areRefusedWithLineAndValue(String content, String message)
      throws IOException {
    Path file = file("labels.csv", content);

    assertThatThrownBy(() -> run(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
    assertThat(out).doesNotExist();
  }

  @Test
  void run_goesOn_copiesMayGrowAndNewClassesCome_othersAreRefused() throws IOException {
    run(file("labels.csv", ALL));

    run(file("labels.csv", ALL.replace("dog,2", "dog,3")));
    assertThat(lines()).hasSize(5);
    image("new/1.png", 4);
    run(file("labels.csv", ALL.replace("dog,2", "dog,3") + "new,newt,,0.7,,,\n"));
    assertThat(lines()).hasSize(6);
    assertThatThrownBy(
            () -> run(file("labels.csv", ALL.replace("dog,2", "dog,3").replace("0.4", "0.3"))))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("labels.n02084071 was ")
        .hasMessageContaining("\"noise_rate\":0.3");
    assertThatThrownBy(() -> run(file("labels.csv", ALL + "new,newt,,0.7,,,\n")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(
            "copies_by_class was {\"n02084071\":3}, is {\"n02084071\":2} (may only");
  }

  @Test
  void run_classRemovedFromTheDataSet_goesOn() throws IOException {
    Path labels = file("labels.csv", ALL);
    run(labels);
    String job = Files.readString(out.resolve("sgid-job.json"));
    Files.delete(in.resolve("n02084071/1.png"));
    Files.delete(in.resolve("n02084071"));

    JobSummary summary = run(labels);

    assertThat(summary.removed()).containsExactly("n02084071/1.png");
    assertThat(lines()).hasSize(4);
    assertThat(out.resolve("sgid-job.json")).hasContent(job.strip());
  }

  @Test
  void run_dataSetOfFailuresAlone_listsThem() throws IOException {
    Files.createDirectories(folder.resolve("table/folder"));
    Path table = file("table/t.csv", "file_name,label\nfolder,other\n");
    try (Sgid sgid = new FakeStages().sgid()) {
      JobSummary summary =
          AugmentJob.builder(table, out).withLabels(file("labels.csv", ALL)).build().run(sgid);

      assertThat(summary.failures()).isEqualTo(1);
    }
  }

  @Test
  void run_copiesAsADecimal_areTaken() throws IOException {
    assertThat(run(file("l.jsonl", "{\"label\": \"other\", \"copies\": 3.0}")).pictures())
        .isEqualTo(5);
  }

  @Test
  void run_settingThatIsTheLibrarysDefault_isTheClasssOwn() throws IOException {
    Path labels = file("labels.csv", "label,noise_rate\nother,0.5\n");
    try (Sgid sgid = new FakeStages().builder().withGeneration(g -> g.withNoiseRate(0.7)).build()) {
      JobSummary ignored = AugmentJob.builder(in, out).withLabels(labels).build().run(sgid);
    }

    assertThat(lines()).extracting(ManifestLine::noiseRate).containsExactly(0.7, 0.7, 0.5);
  }

  @Test
  void run_noCopiesOfAClass_makesNone() throws IOException {
    assertThat(run(file("labels.csv", "label,copies\nother,0\n")).pictures()).isEqualTo(2);
  }

  private JobSummary run(Path labels) {
    try (Sgid sgid = new FakeStages().sgid()) {
      return AugmentJob.builder(in, out).withLabels(labels).build().run(sgid);
    }
  }

  private List<ManifestLine> lines() throws IOException {
    return Files.readAllLines(out.resolve("metadata.jsonl")).stream()
        .map(ManifestLine::parse)
        .toList();
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private void image(String name, int seed) throws IOException {
    Path file = in.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, TestImages.encode(TestImages.noise(8, 6, seed), "png"));
  }
}
