package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Sgid;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes that are killed; {@code tools/kill.sh} does it to the command, more often. */
class KillTest {
  private final Path folder;
  private final Path in;

  KillTest(@TempDir Path folder) {
    this.folder = folder;
    this.in = folder.resolve("in");
  }

  @ParameterizedTest
  @CsvSource({"1, folders", "2, webdataset:images=30", "3, folders"})
  void run_processKilledTwice_nextRunEndsWithTheSameBytes(long seed, String format)
      throws IOException, InterruptedException {
    dataset();
    Path whole = folder.resolve("whole");
    Path out = folder.resolve("out");
    run(whole, format);
    Random random = new Random(seed);

    kill(out, format, 1 + random.nextInt(60));
    kill(out, format, 61 + random.nextInt(60));
    JobSummary last = run(out, format);

    assertThat(last.alreadyThere()).isPositive();
    assertThat(ResumeRuns.files(out)).isEqualTo(ResumeRuns.files(whole));
  }

  @Test
  void run_processKilled_letsGoOfTheFolder() throws IOException, InterruptedException {
    dataset();
    Path out = folder.resolve("out");

    kill(out, "folders", 5);

    assertThat(out.resolve(OutLock.NAME)).exists();
    assertThat(run(out, "folders").cancelled()).isFalse();
    assertThat(out.resolve(OutLock.NAME)).doesNotExist();
  }

  private void dataset() throws IOException {
    for (int i = 0; i < 8; i++) {
      Path file = in.resolve((i % 2 == 0 ? "cat/" : "dog/") + i + ".png");
      Files.createDirectories(file.getParent());
      Files.write(file, TestImages.encode(TestImages.noise(64, 48, i), "png"));
    }
  }

  private JobSummary run(Path out, String format) {
    try (Sgid sgid = new FakeStages().sgid()) {
      return KillMain.job(in, out, format).withListener(JobListener.NONE).build().run(sgid);
    }
  }

  /** Kills a process as soon as it tells of so many pictures, while it makes the next ones. */
  private void kill(Path out, String format, int pictures)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "-cp",
                OutLockTest.classPath(),
                KillMain.class.getName(),
                in.toString(),
                out.toString(),
                format)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader told =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = told.readLine(); line != null; line = told.readLine()) {
        if (!line.startsWith("made") && Integer.parseInt(line) >= pictures) {
          break;
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
  }
}
