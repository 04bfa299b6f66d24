package dev.sgid.dataset;

import java.nio.file.Path;

/** Holds a folder until it is killed, or nobody listens any more: another process for a test. */
final class LockMain {
  private LockMain() {}

  public static void main(String[] args) throws Exception {
    try (OutLock ignored = OutLock.take(Path.of(args[0]))) {
      System.out.println("held");
      int end = System.in.read(); // as long as whoever started this is alive
      System.exit(end);
    }
  }
}
