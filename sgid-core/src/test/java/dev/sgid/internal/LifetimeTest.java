package dev.sgid.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sgid.testing.Concurrent;
import dev.sgid.testing.Waiting;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LifetimeTest {
  private final AtomicInteger freed = new AtomicInteger();
  private final Lifetime lifetime = new Lifetime("The model", freed::incrementAndGet);

  @Test
  void close_twice_freesOnce() {
    lifetime.close();
    lifetime.close();

    assertThat(freed).hasValue(1);
  }

  @Test
  void use_afterClose_isRefusedWithTheName() {
    lifetime.close();

    assertThatIllegalStateException().isThrownBy(lifetime::use).withMessage("The model is closed");
  }

  @Test
  void close_fromWithinAUse_isRefusedAndLeavesItOpen() {
    try (Lifetime.Use use = lifetime.use()) {
      assertThatIllegalStateException()
          .isThrownBy(lifetime::close)
          .withMessage("The model can't be closed from within one of its own calls");
    }
    assertThat(freed).hasValue(0);

    lifetime.close();

    assertThat(freed).hasValue(1);
  }

  @Test
  void use_withinAUseWhileACloseWaits_isLetIn() throws Exception {
    Thread closing = new Thread(lifetime::close);
    try (Lifetime.Use outer = lifetime.use()) {
      closing.start();
      Waiting.untilItWaits(closing);
      try (Lifetime.Use inner = lifetime.use()) {
        assertThat(freed).hasValue(0);
      }
    }
    closing.join();

    assertThat(freed).hasValue(1);
  }

  @Test
  void share_whileACloseWaits_isLetInAndWaitedFor() throws Exception {
    Thread closing = new Thread(lifetime::close);
    CountDownLatch shared = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> sharer;
    try (Lifetime.Use outer = lifetime.use()) {
      closing.start();
      Waiting.untilItWaits(closing);
      sharer = CompletableFuture.runAsync(() -> within(lifetime::share, shared, end));
      shared.await();
    }
    Waiting.untilItWaits(closing);
    assertThat(freed).hasValue(0);

    end.countDown();
    sharer.get(10, TimeUnit.SECONDS);
    closing.join();

    assertThat(freed).hasValue(1);
  }

  @Test
  void share_afterClose_isRefusedWithTheName() {
    lifetime.close();

    assertThatIllegalStateException()
        .isThrownBy(lifetime::share)
        .withMessage("The model is closed");
  }

  @Test
  void use_afterRefuse_isRefusedButNotFromWithinAUse() {
    try (Lifetime.Use outer = lifetime.use()) {
      Thread refusing = new Thread(lifetime::refuse);
      refusing.start();
      join(refusing);

      try (Lifetime.Use inner = lifetime.use()) {
        assertThat(freed).hasValue(0);
      }
    }

    assertThatIllegalStateException().isThrownBy(lifetime::use).withMessage("The model is closed");
    assertThat(freed).hasValue(0);
  }

  @Test
  void requireOutside_withinAUseOrAShare_isRefused() {
    lifetime.requireOutside();
    try (Lifetime.Use use = lifetime.use()) {
      assertThatIllegalStateException().isThrownBy(lifetime::requireOutside);
      assertThatIllegalStateException().isThrownBy(lifetime::refuse);
    }
    try (Lifetime.Use use = lifetime.share()) {
      assertThatIllegalStateException()
          .isThrownBy(lifetime::requireOutside)
          .withMessage("The model can't be closed from within one of its own calls");
    }
    lifetime.requireOutside();
  }

  @Test
  void close_interruptedWhileItWaits_waitsOnAndKeepsTheFlag() throws Exception {
    AtomicBoolean flag = new AtomicBoolean();
    Thread closing =
        new Thread(
            () -> {
              lifetime.close();
              flag.set(Thread.currentThread().isInterrupted());
            });
    try (Lifetime.Use use = lifetime.use()) {
      closing.start();
      Waiting.untilItWaits(closing);
      closing.interrupt();
      Waiting.untilItWaits(closing);
      assertThat(freed).hasValue(0);
    }
    closing.join();

    assertThat(freed).hasValue(1);
    assertThat(flag).isTrue();
  }

  @Test
  void close_freeingFails_isToldAndNotTriedAgain() {
    Lifetime broken =
        new Lifetime(
            "The model",
            () -> {
              freed.incrementAndGet();
              throw new IllegalStateException("odd");
            });

    assertThatIllegalStateException().isThrownBy(broken::close).withMessage("odd");
    broken.close();

    assertThat(freed).hasValue(1);
  }

  @Test
  void useAndClose_manyThreads_freesOnceAndNeverUnderAUse() throws Exception {
    for (int round = 0; round < 200; round++) {
      AtomicInteger freedNow = new AtomicInteger();
      Lifetime one = new Lifetime("The model", freedNow::incrementAndGet);
      AtomicInteger turn = new AtomicInteger();

      List<Boolean> fine =
          Concurrent.call(
              4,
              () -> {
                if (turn.getAndIncrement() == 0) {
                  one.close();
                  return freedNow.get() == 1;
                }
                try (Lifetime.Use use = one.use();
                    Lifetime.Use part = one.share()) {
                  return freedNow.get() == 0;
                } catch (IllegalStateException closed) {
                  return true;
                }
              });

      assertThat(fine).as("round %d", round).containsOnly(true);
      assertThat(freedNow).hasValue(1);
    }
  }

  @Test
  void close_whileAnotherThreadUses_waitsForIt() throws Exception {
    CountDownLatch using = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> user =
        CompletableFuture.runAsync(() -> within(lifetime::use, using, end));
    using.await();
    Thread closing = new Thread(lifetime::close);
    closing.start();
    Waiting.untilItWaits(closing);
    assertThat(freed).hasValue(0);

    end.countDown();
    user.get(10, TimeUnit.SECONDS);
    closing.join();

    assertThat(freed).hasValue(1);
  }

  /** Uses the resource until it is told to end. */
  private static void within(
      Supplier<Lifetime.Use> begin, CountDownLatch begun, CountDownLatch end) {
    try (Lifetime.Use use = begin.get()) {
      begun.countDown();
      end.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
