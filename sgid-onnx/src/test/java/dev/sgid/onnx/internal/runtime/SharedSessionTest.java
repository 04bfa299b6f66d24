package dev.sgid.onnx.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.reference.TestGraph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SharedSessionTest {
  private static final Placement ONE_THREAD = Placement.of(Device.CPU, 1);

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void writeGraph() {
    file = write("a", 1);
  }

  /** In a folder of its own, as models lie: what is beside a model may be its weights. */
  private Path write(String name, int megabytes) {
    try {
      Path written = Files.createDirectories(folder.resolve(name)).resolve("model.onnx");
      new TestGraph().output("y", 1, megabytes << 18).write(written);
      return written;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SharedSession open(Path file) {
    return open(file, ONE_THREAD, false);
  }

  private static SharedSession open(Path file, Placement placement, boolean large) {
    try {
      return SharedSession.open(file, placement, large);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SharedSession inLowMemory(Path file) {
    return LowMemory.opening(true, () -> open(file, ONE_THREAD, true));
  }

  @Test
  void open_twice_oneSessionUntilTheLastIsClosed() {
    SharedSession first = open(file);
    SharedSession second = open(file);

    assertThat(second).isSameAs(first);
    first.close();
    assertThat(second.isOpen()).isTrue();
    second.close();
    assertThat(second.isOpen()).isFalse();
    SharedSession afterwards = open(file);
    assertThat(afterwards).isNotSameAs(first);
    afterwards.close();
  }

  @Test
  void open_throughALink_theSame() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("a"));
    SharedSession first = open(file);
    SharedSession second = open(link.resolve("model.onnx"));

    assertThat(second).isSameAs(first);
    first.close();
    second.close();
  }

  @Test
  void open_otherThreadsOrMemory_aSessionOfItsOwn() {
    SharedSession usual = open(file);
    SharedSession lowMemory = inLowMemory(file);

    assertThat(lowMemory).isNotSameAs(usual);
    if (Placement.of(Device.CPU, 2).threads() == 2) {
      SharedSession twoThreads = open(file, Placement.of(Device.CPU, 2), false);
      assertThat(twoThreads).isNotSameAs(usual);
      twoThreads.close();
    }
    usual.close();
    lowMemory.close();
  }

  @Test
  void open_writtenAnew_aSessionOfItsOwn() {
    SharedSession before = open(file);
    SharedSession after = open(write("a", 2));

    assertThat(after).isNotSameAs(before);
    before.close();
    after.close();
  }

  @Test
  void open_weightsBesideItChanged_aSessionOfItsOwn() throws IOException {
    Path weights = Files.writeString(file.resolveSibling("model.onnx_data"), "1");
    SharedSession before = open(file);
    Files.writeString(weights, "12");
    SharedSession after = open(file);

    assertThat(after).isNotSameAs(before);
    before.close();
    after.close();
  }

  @Test
  void open_fails_nothingIsLeftAndTheNextTriesAgain() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.writeString(file, "no model");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> SharedSession.open(file, ONE_THREAD, false))
          .isInstanceOf(OrtException.class);
    }
    Files.write(file, whole);

    SharedSession opened = open(file);
    assertThat(opened.isOpen()).isTrue();
    opened.close();
  }

  @Test
  void open_byManyAtOnce_oneSession() throws Exception {
    List<SharedSession> opened = atOnce(8, () -> open(file));

    Set<SharedSession> different = Collections.newSetFromMap(new IdentityHashMap<>());
    different.addAll(opened);
    assertThat(different).hasSize(1);
    for (SharedSession session : opened) {
      assertThat(session.isOpen()).isTrue();
      session.close();
    }
    assertThat(opened.get(0).isOpen()).isFalse();
  }

  @Test
  void openAndClose_byManyAtOnce_eachUseFindsItOpen() throws Exception {
    List<Integer> outputs =
        atOnce(
            8,
            () -> {
              int names = 0;
              for (int i = 0; i < 50; i++) {
                SharedSession session = open(file);
                try (SharedSession.Use use = session.use()) {
                  names += use.session().getOutputNames().size();
                }
                session.close();
              }
              return names;
            });

    assertThat(outputs).containsOnly(50);
  }

  @Test
  void model_openedTwiceAndClosedInAnyOrder_theOtherStillRuns() {
    OnnxModel first = OnnxModel.open(file, Stage.DECODE, ONE_THREAD);
    OnnxModel second = OnnxModel.open(file, Stage.DECODE, ONE_THREAD);
    first.close();
    first.close(); // gives up one share only

    try (Binding binding = second.bind()) {
      Binding.Fetched y = binding.fetch("y");
      binding.run();
      assertThat(y.values().get(0)).isEqualTo(1);
    }
    second.close();
    assertThatThrownBy(() -> second.bind().run()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux tells what is resident")
  void open_often_takesTheMemoryOfOne() throws IOException {
    Path large = write("large", 32);
    List<SharedSession> opened = new ArrayList<>(List.of(open(large)));
    long before = residentMegabytes();
    for (int i = 0; i < 20; i++) {
      opened.add(open(large));
    }

    assertThat(residentMegabytes() - before).isLessThan(20 * 32 / 2);
    opened.forEach(SharedSession::close);
  }

  private static long residentMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void use_inLowMemory_onlyTheOneInUseIsOpen() throws Exception {
    SharedSession first = inLowMemory(file);
    SharedSession second = inLowMemory(write("b", 1));
    assertThat(List.of(first.isOpen(), second.isOpen())).containsExactly(false, true);

    try (SharedSession.Use use = first.use()) {
      assertThat(use.session().getOutputNames()).containsExactly("y");
      assertThat(List.of(first.isOpen(), second.isOpen())).containsExactly(true, false);
    }
    assertThat(first.isOpen()).isTrue(); // the next run may be its own again
    first.close();
    assertThat(first.isOpen()).isFalse();
    second.close();
  }

  @Test
  void use_inLowMemoryByManyAtOnce_neverTwoAreOpen() throws Exception {
    SharedSession first = inLowMemory(file);
    SharedSession second = inLowMemory(write("b", 1));
    Supplier<Boolean> both = () -> first.isOpen() && second.isOpen();

    List<Boolean> seen =
        atOnce(
            4,
            () -> {
              boolean bothSeen = false;
              for (int i = 0; i < 20; i++) {
                try (SharedSession.Use use = (i % 3 == 0 ? first : second).use()) {
                  bothSeen |= both.get() || use.session().getOutputNames().isEmpty();
                }
              }
              return bothSeen;
            });

    assertThat(seen).containsOnly(false);
    first.close();
    second.close();
  }

  @Test
  void use_inLowMemoryAfterTheFileChanged_refused() {
    SharedSession first = inLowMemory(file);
    SharedSession second = inLowMemory(write("b", 1));
    write("a", 2);

    assertThatThrownBy(first::use)
        .isInstanceOf(SgidException.class)
        .hasMessage("The model's files were changed while it was in use: " + file);
    first.close();
    second.close();
  }

  @Test
  void open_smallInLowMemory_staysOpen() {
    SharedSession small = LowMemory.opening(true, () -> open(file, ONE_THREAD, false));
    SharedSession large = inLowMemory(write("b", 1));

    assertThat(List.of(small.isOpen(), large.isOpen())).containsOnly(true);
    small.close();
    large.close();
  }

  /** What {@code count} threads get that begin together. */
  private static <T> List<T> atOnce(int count, Callable<T> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      CountDownLatch ready = new CountDownLatch(count);
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        running.add(
            threads.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  return work.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        results.add(one.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
