package dev.sgid.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process takes. Linux only. */
final class Memory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private Memory() {}

  /**
   * Bytes that live in the heap, once what is dead is gone: as the collection ended, since other
   * threads go on.
   */
  static long heapBytes() {
    long least = Long.MAX_VALUE;
    for (long used = afterCollection(); used < least; used = afterCollection()) {
      least = used; // what cleaners held goes at the next
    }
    return least;
  }

  private static long afterCollection() {
    System.gc();
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getCollectionUsage().getUsed())
        .sum();
  }

  /** What the process has of the machine's memory. */
  static long residentKilobytes() throws IOException {
    return kilobytes("VmRSS");
  }

  /** The most that the process has had of the machine's memory. */
  static long mostKilobytes() throws IOException {
    return kilobytes("VmHWM");
  }

  private static long kilobytes(String name) throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(name + ":")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("No " + name + " in " + STATUS);
  }
}
