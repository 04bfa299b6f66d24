package dev.sgid.dataset;

import java.nio.file.Path;

/** Holds a folder until it is killed, or nobody listens any more: another process for a test. */
final class LockMain {
  private LockMain() {}

  public static void main(String[] args) throws Exception {
    OutLock ignored = OutLock.take(Path.of(args[0]));
    System.out.println("held");
    while (System.in.read() >= 0) {
      continue; // whoever started this is alive
    }
  }
}
