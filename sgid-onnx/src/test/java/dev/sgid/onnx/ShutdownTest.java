package dev.sgid.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.atIndex;

import dev.sgid.Augmentation;
import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.onnx.reference.OwnJvm;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.TestImages;
import dev.sgid.testing.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A real process that is told to end (SIGTERM) while a call is under way. */
@Timeout(180)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no signal that lets hooks run")
class ShutdownTest {
  private static final int SIGTERM = 128 + 15;

  @TempDir Path pack;

  /** A host whose own shutdown hook waits for the calls it has taken on, as servers' do. */
  static final class Host {
    public static void main(String[] args) {
      boolean heldOpen = args[2].equals("held-open");
      Sgid sgid =
          Sgid.builder(Path.of(args[0]))
              .withDevice(Device.CPU)
              .withGeneration(g -> g.withSteps(8).withNoiseRate(1))
              .withStepListener((copy, step, of, timestep) -> atStep(step, heldOpen))
              .withShutdownGrace(Duration.parse(args[1]))
              .build();
      Thread calls = new Thread(() -> call(sgid, heldOpen ? 2 : Integer.MAX_VALUE));
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    Waiting.until(() -> !calls.isAlive());
                    sgid.close();
                    System.out.println("closed");
                  }));
      calls.start();
    }

    private static void call(Sgid sgid, int times) {
      try {
        for (int i = 0; i < times; i++) {
          Augmentation ignored = sgid.augment(TestImages.gradient(16, 16, 0), "bag");
        }
        System.out.println("made " + times);
      } catch (SgidException e) {
        System.out.println((e.isCancelled() ? "cancelled: " : "failed: ") + e.getMessage());
      }
    }

    /** All of the first call but its first step, and all of the second, come after the signal. */
    private static void atStep(int step, boolean heldOpen) {
      if (step == 1) {
        System.out.println("running");
        if (heldOpen) {
          Waiting.until(Host::isSgidWaiting);
        }
      }
    }

    private static boolean isSgidWaiting() {
      return Thread.getAllStackTraces().keySet().stream()
          .anyMatch(
              thread ->
                  thread.getName().equals("sgid-onnx-shutdown")
                      && thread.getState() == Thread.State.TIMED_WAITING);
    }
  }

  @BeforeEach
  void assemble() {
    TinyPacks.assemble(pack, "tiny-sd1");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");
  }

  @Test
  void sigterm_withGrace_callsUnderWayAndThoseThatFollowGetTheirPictures() throws Exception {
    assertThat(printedAfterSigterm("PT2M", "held-open")).containsExactly("made 2", "closed");
  }

  @Test
  void sigterm_withoutGrace_runningCallIsCancelled() throws Exception {
    assertThat(printedAfterSigterm("PT0S", "endless"))
        .hasSize(2)
        .satisfies(ShutdownTest::isCancelledByShutdown, atIndex(0))
        .contains("closed", atIndex(1));
  }

  @Test
  void sigterm_graceTooShort_runningCallIsCancelledThen() throws Exception {
    assertThat(printedAfterSigterm("PT0.1S", "endless"))
        .hasSize(2)
        .satisfies(ShutdownTest::isCancelledByShutdown, atIndex(0))
        .contains("closed", atIndex(1));
  }

  private static void isCancelledByShutdown(String line) {
    assertThat(line).startsWith("cancelled: ").contains("the JVM shuts down");
  }

  /** What the host prints after it has been told to end, other than that it runs. */
  private List<String> printedAfterSigterm(String grace, String mode)
      throws IOException, InterruptedException {
    Process host = new OwnJvm().start(Host.class, pack.toString(), grace, mode);
    try (BufferedReader lines = host.inputReader(UTF_8)) {
      List<String> before = new ArrayList<>();
      for (String line = lines.readLine(); !"running".equals(line); line = lines.readLine()) {
        before.add(String.valueOf(line));
        assertThat(line).as("%s", before).isNotNull();
      }
      boolean ignored = host.toHandle().destroy(); // which leaves its output to be read
      List<String> printed = lines.lines().filter(line -> !line.equals("running")).toList();
      assertThat(host.waitFor()).as("%s", printed).isEqualTo(SIGTERM);
      return printed;
    } finally {
      host.destroyForcibly();
    }
  }
}
