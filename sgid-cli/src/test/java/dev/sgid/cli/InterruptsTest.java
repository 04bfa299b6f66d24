package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no kill command")
class InterruptsTest {
  @Test
  void of_sigterm_interruptsTheWorker() throws IOException {
    assertInterruptedBy("TERM", 143);
  }

  @Test
  void of_sigint_interruptsTheWorker() throws IOException {
    assumeThat(isSigintIgnored())
        .as("A shell that starts a build in the background has it ignore SIGINT, Java included")
        .isFalse();
    assertInterruptedBy("INT", 130);
  }

  /** Signals that a process ignores from its start on stay ignored; Linux tells which. */
  private static boolean isSigintIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    String ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .findFirst()
            .orElse("0");
    return (Long.parseUnsignedLong(ignored, 16) & 0b10) != 0; // signal 2
  }

  private static void assertInterruptedBy(String signal, int exitCode) throws IOException {
    boolean interrupted = false;
    Interrupts interrupts = Interrupts.of(Thread.currentThread());
    try (interrupts) {
      long pid = ProcessHandle.current().pid();
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
      TimeUnit.SECONDS.sleep(20);
    } catch (InterruptedException e) {
      interrupted = true;
    }

    assertThat(interrupted).isTrue();
    assertThat(interrupts.exitCode()).isEqualTo(exitCode);
  }
}
