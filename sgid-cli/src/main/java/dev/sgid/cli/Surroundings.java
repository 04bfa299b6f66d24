package dev.sgid.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.sgid.internal.CacheFolder;
import dev.sgid.internal.Reason;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process finds around it.
 *
 * @param java its version, name and folder
 * @param system the operating system and its architecture
 * @param processors that Java may use
 * @param memory in bytes, of the machine or of the container
 * @param memoryLimited whether a container limits it
 * @param freeMemory of that
 * @param heap the most that Java's heap may take, in bytes
 * @param cache what sgid unpacks to
 * @param temporary Java's temporary folder
 */
record Surroundings(
    String java,
    String system,
    int processors,
    long memory,
    boolean memoryLimited,
    long freeMemory,
    long heap,
    Folder cache,
    Folder temporary) {
  private static final long LEAST_MEMORY = 1_000_000_000;
  private static final long LEAST_ROOM = 200_000_000; // native libraries and the embedded pack

  /**
   * A folder that is written to and that code is loaded from.
   *
   * @param path where it is
   * @param problem what is wrong with it; empty for nothing
   * @param room free bytes there
   */
  record Folder(String path, String problem, long room) {
    String text() {
      return path + (problem.isEmpty() ? ", " + Columns.bytes(room) + " free" : ": " + problem);
    }

    /** Writes a file and looks whether it might be executed. */
    static Folder look(Path path) {
      try {
        Files.createDirectories(path);
        Path probe = Files.createTempFile(path, "sgid-doctor", ".tmp");
        try {
          long room = Files.getFileStore(path).getUsableSpace();
          if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwx------"));
          }
          // the system says no where it is mounted noexec, whatever the permissions
          String problem =
              Files.isExecutable(probe) ? "" : "its file system allows no execution (noexec)";
          if (problem.isEmpty() && room < LEAST_ROOM) {
            problem = "only " + Columns.bytes(room) + " are free";
          }
          return new Folder(path.toString(), problem, room);
        } finally {
          Files.delete(probe);
        }
      } catch (IOException e) {
        return new Folder(path.toString(), "can't be written (" + Reason.of(e) + ")", 0);
      }
    }
  }

  /** Looks around. */
  static Surroundings look() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long memory = system.getTotalMemorySize(); // the container's where it has a limit
    return new Surroundings(
        System.getProperty("java.version")
            + ", "
            + System.getProperty("java.vm.name")
            + ", "
            + System.getProperty("java.home"),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + ", "
            + System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        memory,
        memory < machines(),
        system.getFreeMemorySize(),
        Runtime.getRuntime().maxMemory(),
        cacheFolder(),
        Folder.look(Path.of(System.getProperty("java.io.tmpdir"))));
  }

  private static Folder cacheFolder() {
    try {
      return Folder.look(CacheFolder.of(null).path());
    } catch (IOException e) {
      return new Folder("none", Reason.of(e), 0);
    }
  }

  /** The memory of the machine, in bytes, as Linux says it; 0 where nothing does. */
  private static long machines() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemTotal:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException e) {
      return 0; // another system
    }
    return 0;
  }

  /** What is to be looked at, a line for each. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!cache.problem.isEmpty()) {
      problems.add("Cache " + cache.path + ": " + cache.problem + "; " + CacheFolder.REMEDY);
    }
    if (!temporary.problem.isEmpty()) {
      problems.add(
          "Temporary folder "
              + temporary.path
              + ": "
              + temporary.problem
              + "; choose another with SGID_JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
    }
    if (memory < LEAST_MEMORY) {
      problems.add("There are only " + Columns.bytes(memory) + " of memory");
    }
    return problems;
  }

  /** For machines. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("java", java);
    values.put("system", system);
    values.put("processors", processors);
    values.put("memory", memory);
    values.put("memory_limited", memoryLimited);
    values.put("free_memory", freeMemory);
    values.put("heap", heap);
    values.put("cache", cache);
    values.put("temporary", temporary);
    values.put("problems", problems());
    return values;
  }
}
