package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose classes get different numbers of copies: 5 images of cats (one broken), 2 of dogs. */
class BalanceRunTest extends ResumeRuns {
  private final Path out;

  BalanceRunTest(@TempDir Path folder) {
    super(folder);
    out = folder.resolve("out");
  }

  @BeforeEach
  void tail() throws IOException {
    Files.delete(in.resolve("a.dog/2.png"));
    Files.delete(in.resolve("a.dog/3.png"));
  }

  @Test
  void run_balanceMax_fillsTheTail() throws IOException {
    JobSummary summary = run(out, "folders", job -> job.withCopies(2).withBalance(Balance.max()));

    assertThat(summary.planned()).isEqualTo(10 + 13);
    assertThat(copies()).containsEntry("a.dog", 13L); // as many as 5 cats with 2 copies each
    assertThat(copies()).containsEntry("cat", 6L); // one is broken, one fails
    assertThat(summary.failures()).isEqualTo(2);
    assertThat(json("copies")).isEqualTo("2");
    assertThat(json("balance")).isEqualTo("\"max\"");
  }

  @Test
  void run_balanceLater_endsWithTheBytesOfBalanceFromTheBeginning() throws IOException {
    Path whole = folder.resolve("whole");
    JobSummary ignored =
        run(whole, "folders", job -> job.withCopies(1).withBalance(Balance.images(9)));
    JobSummary before = run(out, "folders", job -> job.withCopies(1));
    JobSummary after = run(out, "folders", job -> job.withCopies(1).withBalance(Balance.images(9)));

    assertThat(files(out)).isEqualTo(files(whole));
    assertThat(after.alreadyThere()).isEqualTo(before.pictures());
    assertThat(after.pictures()).isEqualTo(7 - 2);
  }

  @Test
  void run_lessBalance_isRefused() {
    JobSummary ignored = run(out, "folders", job -> job.withCopies(1).withBalance(Balance.max()));

    assertThatThrownBy(
            () -> run(out, "folders", job -> job.withCopies(1).withBalance(Balance.ratio(0.5))))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            out
                + " was begun with other settings: balance was \"max\", is \"0.5\" (may only grow)."
                + " Go on with the same ones, choose another folder, or begin anew (--overwrite)");
    assertThatThrownBy(() -> run(out, "folders", job -> job.withCopies(1)))
        .hasMessageContaining("balance was \"max\", is null (may only grow)");
  }

  @Test
  void build_nothingToMake_isRefused() {
    assertThatThrownBy(() -> job(out, "folders").withCopies(0).build())
        .hasMessage("copies must be at least 1, is 0");
    assertThatThrownBy(
            () -> job(out, "folders").withCopies(0).withBalance(Balance.images(2)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("With 0 copies and a balance of 2 there is nothing to make of " + in);
  }

  private Map<String, Long> copies() throws IOException {
    return Files.readAllLines(out.resolve(OutFolder.METADATA)).stream()
        .map(ManifestLine::parse)
        .filter(line -> line.copy() != null)
        .collect(Collectors.groupingBy(ManifestLine::label, Collectors.counting()));
  }

  private String json(String name) throws IOException {
    return JsonParser.parseString(Files.readString(out.resolve(OutFolder.JOB)))
        .getAsJsonObject()
        .get(name)
        .toString();
  }
}
