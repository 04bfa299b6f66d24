package dev.sgid.bench;

import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import java.awt.image.BufferedImage;
import java.util.concurrent.CountDownLatch;

/**
 * Ends the JVM while some threads augment and another opens and closes the pack. All is well if the
 * exit code is 42.
 */
public final class ShutdownWhileRunning {
  private static final int EXIT_CODE = 42;
  private static final int BROKEN = 43;
  private static final int THREADS = 2;

  private ShutdownWhileRunning() {}

  /**
   * Runs it.
   *
   * @param args for how many milliseconds to run before the end
   */
  public static void main(String[] args) throws InterruptedException {
    long delay = Long.parseLong(args[0]);
    CountDownLatch started = new CountDownLatch(THREADS + 1);
    Sgid sgid = open();
    for (int i = 0; i < THREADS; i++) {
      BufferedImage image = BenchPack.picture(32, 32, i);
      start(started, () -> sgid.augment(image, "bag"));
    }
    start(started, () -> open().close());
    started.await();
    Thread.sleep(delay);
    System.exit(EXIT_CODE);
  }

  private static Sgid open() {
    return Sgid.builder(BenchPack.folder()).withDevice(Device.CPU).withThreads(1).build();
  }

  /** Does something over and over in a thread of its own, which does not die with the main one. */
  private static void start(CountDownLatch started, Runnable work) {
    new Thread(
            () -> {
              try {
                while (true) {
                  work.run();
                  started.countDown();
                }
              } catch (SgidException e) {
                if (!e.isCancelled()) {
                  fail(e);
                }
              } catch (RuntimeException | Error e) {
                fail(e);
              }
            })
        .start();
  }

  private static void fail(Throwable failure) {
    failure.printStackTrace();
    Runtime.getRuntime().halt(BROKEN);
  }
}
