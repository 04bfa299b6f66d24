package dev.sgid.onnx.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.testing.Waiting;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShutdownGateTest {
  private static final Path DECODER =
      Path.of(
          "src/test/resources/dev/sgid/onnx/models/tiny-sd1/stable-diffusion/vae_decoder/model.onnx");
  private static final long LONG = TimeUnit.SECONDS.toNanos(30);

  private final ShutdownGate gate = new ShutdownGate();

  @BeforeAll
  static void loadOnnxRuntime() {
    assertThat(OnnxRuntime.environment().getVersion()).isNotEmpty();
  }

  @Test
  void enter_afterClose_isCancelledAndSaysWhy() {
    gate.close(LONG);
    assertThatThrownBy(() -> gate.enter(Stage.DENOISE))
        .isInstanceOfSatisfying(
            SgidException.class,
            e -> {
              assertThat(e.stage()).isEqualTo(Stage.DENOISE);
              assertThat(e.isCancelled()).isTrue();
            })
        .hasMessage("Cancelled: the JVM shuts down, during DENOISE");
    assertThat(gate.tryEnter()).isNull();
    assertThat(gate.isClosed()).isTrue();
  }

  @Test
  void close_somebodyInside_waitsForThem() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Thread inside =
        new Thread(
            () -> {
              try (ShutdownGate.Stay stay = gate.enter(Stage.OPEN)) {
                entered.countDown();
                leave.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    inside.start();
    entered.await();
    Thread closing = new Thread(() -> gate.close(LONG));
    closing.start();
    Waiting.until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    leave.countDown();
    closing.join();
    inside.join();
    assertThat(gate.isClosed()).isTrue();
  }

  @Test
  void close_nobodyLeaves_waitsNoLongerThanItsPatience() {
    try (ShutdownGate.Stay stay = gate.enter(Stage.OPEN)) {
      gate.close(TimeUnit.MILLISECONDS.toNanos(50));
      assertThat(gate.isClosed()).isTrue();
    }
  }

  @Test
  void close_modelRunning_endsItsRun() throws OrtException {
    try (RunOptions run = new RunOptions()) {
      try (ShutdownGate.Stay stay = gate.enter(Stage.DENOISE, run)) {
        gate.close(0);
        assertThatThrownBy(() -> decode(run))
            .isInstanceOf(OrtException.class)
            .hasMessageContaining("terminate");
      }
    }
  }

  /** As the lanes of a stream are. */
  @Test
  void close_severalModelsRunning_endsAllTheirRunsAndWaitsForThem() throws Exception {
    int lanes = 3;
    CountDownLatch entered = new CountDownLatch(lanes);
    CountDownLatch told = new CountDownLatch(1);
    List<CompletableFuture<String>> ends = new ArrayList<>();
    for (int i = 0; i < lanes; i++) {
      CompletableFuture<String> end = new CompletableFuture<>();
      ends.add(end);
      new Thread(
              () -> {
                try (RunOptions run = new RunOptions();
                    ShutdownGate.Stay stay = gate.enter(Stage.DENOISE, run)) {
                  entered.countDown();
                  told.await();
                  end.complete("gave " + decode(run) + " outputs");
                } catch (OrtException | InterruptedException e) {
                  end.complete(String.valueOf(e.getMessage()));
                }
              })
          .start();
    }
    entered.await();
    Thread closing = new Thread(() -> gate.close(LONG));
    closing.start();
    Waiting.until(gate::isClosed); // they are told before it waits
    Waiting.until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    told.countDown();
    for (CompletableFuture<String> end : ends) {
      assertThat(end.get()).contains("terminate");
    }
    closing.join();
    assertThatThrownBy(() -> gate.enter(Stage.DENOISE)).hasMessageContaining("shuts down");
  }

  @Test
  void close_runThatLeft_isNotTouched() throws OrtException {
    try (RunOptions run = new RunOptions()) {
      gate.enter(Stage.DENOISE, run).close();
      gate.close(LONG);
      assertThat(decode(run)).isEqualTo(1);
    }
  }

  @Test
  void shutDown_held_letsEverybodyInUntilTheHoldIsClosed() throws InterruptedException {
    ShutdownGate.Hold hold = gate.hold(Duration.ofDays(1));
    Thread shutdown = new Thread(() -> gate.shutDown(LONG));
    shutdown.start();
    Waiting.until(() -> shutdown.getState() == Thread.State.TIMED_WAITING);
    gate.enter(Stage.DENOISE).close();
    gate.enter(Stage.DECODE).close();
    hold.close();
    shutdown.join();
    assertThatThrownBy(() -> gate.enter(Stage.DENOISE)).hasMessageContaining("shuts down");
  }

  @Test
  void shutDown_heldTwice_waitsForBoth() throws InterruptedException {
    ShutdownGate.Hold first = gate.hold(Duration.ofDays(1));
    ShutdownGate.Hold second = gate.hold(Duration.ofDays(1));
    Thread shutdown = new Thread(() -> gate.shutDown(LONG));
    shutdown.start();
    first.close();
    first.close(); // which says nothing about the second
    Waiting.until(() -> shutdown.getState() == Thread.State.TIMED_WAITING);
    assertThat(gate.isClosed()).isFalse();
    second.close();
    shutdown.join();
    assertThat(gate.isClosed()).isTrue();
  }

  @Test
  void shutDown_holdThatNobodyCloses_endsWithItsGrace() {
    ShutdownGate.Hold ignored = gate.hold(Duration.ofMillis(50));
    gate.shutDown(LONG);
    assertThat(gate.isClosed()).isTrue();
  }

  @Test
  void shutDown_graceLongerThanAnyClock_isHeldToo() throws InterruptedException {
    ShutdownGate.Hold hold = gate.hold(Duration.ofSeconds(Long.MAX_VALUE));
    Thread shutdown = new Thread(() -> gate.shutDown(LONG));
    shutdown.start();
    Waiting.until(() -> shutdown.getState() == Thread.State.TIMED_WAITING);
    hold.close();
    shutdown.join();
    assertThat(gate.isClosed()).isTrue();
  }

  @Test
  void cantOutlive_anyGrace_saysWhichAndWhatHelps() {
    assertThat(OnnxRuntime.cantOutlive("9.9", Duration.ofSeconds(30)))
        .hasMessage(
            "A shutdown grace of PT30S can't be given: the environment of ONNX Runtime 9.9 can't be"
                + " held against its own shutdown hook; leave the grace out");
  }

  /** Runs a small VAE decoder and counts its outputs. */
  private static int decode(RunOptions run) throws OrtException {
    OrtEnvironment environment = OnnxRuntime.environment();
    FloatBuffer zeros = FloatBuffer.wrap(new float[4 * 4 * 4]);
    try (OrtSession session = environment.createSession(DECODER.toString());
        OnnxTensor latents = OnnxTensor.createTensor(environment, zeros, new long[] {1, 4, 4, 4})) {
      String input = session.getInputNames().iterator().next();
      Map<String, OnnxTensor> inputs = Map.of(input, latents);
      try (OrtSession.Result result =
          session.run(inputs, session.getOutputNames(), Map.of(), run)) {
        return result.size();
      }
    }
  }
}
