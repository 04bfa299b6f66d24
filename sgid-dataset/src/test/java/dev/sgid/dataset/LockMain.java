package dev.sgid.dataset;

import java.io.OutputStream;
import java.nio.file.Path;

/** Holds a folder until it is killed, or nobody listens any more: another process for a test. */
final class LockMain {
  private LockMain() {}

  public static void main(String[] args) throws Exception {
    try (OutLock lock = OutLock.take(Path.of(args[0]))) {
      System.out.println("held");
      // until whoever started this is gone
      long ignored = System.in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
