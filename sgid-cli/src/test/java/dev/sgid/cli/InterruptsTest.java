package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class InterruptsTest {
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void of_sigint_interruptsTheWorker() throws IOException, InterruptedException {
    boolean interrupted = false;
    Interrupts interrupts = Interrupts.of(Thread.currentThread());
    try (interrupts) {
      long pid = ProcessHandle.current().pid();
      new ProcessBuilder("kill", "-INT", Long.toString(pid)).start();
      TimeUnit.SECONDS.sleep(10);
    } catch (InterruptedException e) {
      interrupted = true;
    }

    assertThat(interrupted).isTrue();
    assertThat(interrupts.exitCode()).isEqualTo(130);
  }
}
