package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sgid.Sgid;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutLockTest {
  private final Path folder;
  private final Path in;
  private final Path out;

  OutLockTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.in = folder.resolve("in");
    this.out = folder.toRealPath().resolve("out");
  }

  @Test
  void take_heldInThisProcess_isRefusedByAnyName() throws IOException {
    dataset();
    Files.createDirectories(out);
    Files.createSymbolicLink(folder.resolve("link"), out);
    OutLock lock = OutLock.take(out);

    for (Path name : List.of(out, folder.resolve("link"), folder.resolve("nowhere/../out"))) {
      for (boolean overwrite : new boolean[] {false, true}) {
        assertThatThrownBy(() -> AugmentJob.builder(in, name).withOverwrite(overwrite).build())
            .isInstanceOf(DatasetException.class)
            .hasMessage("Another run, of this process, is writing to " + out);
      }
    }

    lock.close();
    assertThat(out).isEmptyDirectory();
    assertThat(AugmentJob.builder(in, out).build().pictures()).isEqualTo(1);
  }

  @Test
  void run_startedWhileAnotherWrites_isRefusedAndHarmsNothing() throws IOException {
    dataset();
    FakeStages stages = new FakeStages();
    AugmentJob second = AugmentJob.builder(in, out).withOverwrite(true).build();
    Throwable[] refused = new Throwable[1];
    stages.generator.withBefore(
        requests -> {
          try (Sgid other = new FakeStages().sgid()) {
            refused[0] = catchThrowable(() -> second.run(other));
          }
        });

    JobSummary first;
    try (Sgid sgid = stages.sgid()) {
      first = AugmentJob.builder(in, out).build().run(sgid);
    }

    assertThat(refused[0])
        .isInstanceOf(DatasetException.class)
        .hasMessage("Another run, of this process, is writing to " + out);
    assertThat(first.pictures()).isEqualTo(1);
    assertThat(out.resolve("metadata.jsonl")).exists();
    assertThat(out.resolve("sgid.lock")).doesNotExist();
  }

  @Test
  void take_heldByAnotherProcess_isRefusedUntilItIsGone() throws Exception {
    dataset();
    Files.createDirectories(out);
    Process holder = holder();
    try (BufferedReader says =
        new BufferedReader(new InputStreamReader(holder.getInputStream(), UTF_8))) {
      assertThat(says.readLine()).isEqualTo("held");

      assertThatThrownBy(() -> OutLock.take(out))
          .isInstanceOf(DatasetException.class)
          .hasMessage(
              "Another run is writing to "
                  + out
                  + " (process "
                  + holder.pid()
                  + "): wait for it, or choose another folder");
      assertThatThrownBy(() -> AugmentJob.builder(in, out).withOverwrite(true).build())
          .hasMessageContaining("(process " + holder.pid() + ")");
    } finally {
      holder.destroyForcibly();
      assertThat(holder.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    assertThat(out.resolve("sgid.lock")).exists(); // it had no time to clean up
    assertThat(AugmentJob.builder(in, out).build().pictures()).isEqualTo(1);
    OutLock.take(out).close();
    assertThat(out).isEmptyDirectory();
  }

  @Test
  void take_othersFileOfThatName_isRefusedAndStays() throws IOException {
    Files.createDirectories(out);
    Path file = Files.writeString(out.resolve("sgid.lock"), "my notes");

    assertThatThrownBy(() -> OutLock.take(out))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            file + " is in the way: sgid did not write it, move it or choose another folder");
    assertThat(file).hasContent("my notes");
  }

  @Test
  void take_linkOfThatName_isRefused() throws IOException {
    Files.createDirectories(out);
    Path precious = Files.createFile(folder.resolve("precious"));
    Files.createSymbolicLink(out.resolve("sgid.lock"), precious);

    assertThatThrownBy(() -> OutLock.take(out)).hasMessageContaining("sgid.lock is in the way");
    assertThat(precious).isEmptyFile();
  }

  private Process holder() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath(),
            LockMain.class.getName(),
            out.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Of this module, its tests and all that they need: Surefire runs them in a module. */
  static String classPath() {
    return Stream.of(
            "target/classes",
            "target/test-classes",
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void dataset() throws IOException {
    Files.createDirectories(in.resolve("cat"));
    Files.write(in.resolve("cat/a.png"), TestImages.encode(TestImages.noise(8, 6, 1), "png"));
  }
}
