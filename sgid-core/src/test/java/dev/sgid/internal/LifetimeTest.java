package dev.sgid.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    CompletableFuture<Void> closing;
    try (Lifetime.Use outer = lifetime.use()) {
      closing = CompletableFuture.runAsync(lifetime::close);
      waitUntilItWaits(closing);
      try (Lifetime.Use inner = lifetime.use()) {
        assertThat(freed).hasValue(0);
      }
    }
    closing.get(10, TimeUnit.SECONDS);

    assertThat(freed).hasValue(1);
  }

  @Test
  void close_whileAnotherThreadUses_waitsForIt() throws Exception {
    CountDownLatch using = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> user =
        CompletableFuture.runAsync(
            () -> {
              try (Lifetime.Use use = lifetime.use()) {
                using.countDown();
                end.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    using.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(lifetime::close);
    waitUntilItWaits(closing);
    assertThat(freed).hasValue(0);

    end.countDown();
    user.get(10, TimeUnit.SECONDS);
    closing.get(10, TimeUnit.SECONDS);

    assertThat(freed).hasValue(1);
  }

  /** No test can see a thread wait for a lock; that it is not done after a while must do. */
  private static void waitUntilItWaits(CompletableFuture<Void> closing)
      throws InterruptedException {
    Thread.sleep(Duration.ofMillis(100).toMillis());
    assertThat(closing).isNotDone();
  }
}
