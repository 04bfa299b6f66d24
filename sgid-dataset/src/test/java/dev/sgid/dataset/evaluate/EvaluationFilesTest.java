package dev.sgid.dataset.evaluate;

import static dev.sgid.dataset.evaluate.AngleStages.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EvaluationFilesTest {
  private final Path folder;
  private final Path in;
  private final Path out;

  EvaluationFilesTest(@TempDir Path folder) {
    this.folder = folder;
    in = folder.resolve("in");
    out = folder.resolve("out");
  }

  @BeforeEach
  void folders() throws IOException {
    put(in.resolve("cat/1.png"), 0);
    put(out.resolve("cat/1-a.png"), 20);
    Files.writeString(out.resolve("sgid-job.json"), "{}");
  }

  @Test
  void of_folderOfSgid_hasItsFileInIt() {
    assertThat(EvaluationFiles.of(in, out, null, null).file())
        .isEqualTo(out.resolve("evaluated.json"));
  }

  @Test
  void of_folderOfAnotherTool_needsAFile() throws IOException {
    Files.delete(out.resolve("sgid-job.json"));

    assertThatThrownBy(() -> EvaluationFiles.of(in, out, null, null))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            out
                + " was not written by sgid, and nothing is put into it: say where the evaluation is"
                + " to go, as with --to evaluated.json");
    assertThat(EvaluationFiles.of(in, out, folder.resolve("e.json"), null).file())
        .isEqualTo(folder.resolve("e.json"));
  }

  @Test
  void of_chartsInTheData_areRefused() {
    for (Path data : new Path[] {in, out}) {
      for (Path charts :
          new Path[] {
            data, data.resolve("charts"), data.resolve("../" + data.getFileName() + "/a/b")
          }) {
        assertThatThrownBy(() -> EvaluationFiles.of(in, out, null, charts))
            .isInstanceOf(DatasetException.class)
            .hasMessage(
                "The charts must not lie in "
                    + data
                    + ", where they would be taken for images of the data set: "
                    + charts);
      }
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links take a privilege there")
  void of_chartsInTheDataByALink_areRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), out);

    assertThatThrownBy(() -> EvaluationFiles.of(in, out, null, link.resolve("charts")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("must not lie in");
  }

  @Test
  void of_chartsThatAreAFile_areRefused() {
    assertThatThrownBy(() -> EvaluationFiles.of(in, out, null, in.resolve("cat/1.png")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("is a file");
  }

  @Test
  void write_fileAndCharts_areThere() throws IOException {
    Path charts = folder.resolve("a/charts");
    EvaluationFiles files = EvaluationFiles.of(in, out, null, charts);
    Evaluation evaluation = Evaluation.of(DatasetReader.of(in), out, AngleStages.sgid());

    files.write(evaluation);

    assertThat(Evaluation.parse(Files.readString(files.file())).toJson())
        .isEqualTo(evaluation.toJson());
    assertThat(charts.resolve("consistency.png")).isNotEmptyFile();
    assertThat(out).isDirectoryNotContaining(file -> file.toString().endsWith(".tmp"));
  }
}
