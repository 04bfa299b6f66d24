package dev.sgid.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** One Spark for all tests: two tasks at a time, in this JVM. */
final class LocalSpark {
  static final List<String> CLASSES = List.of("ankle_boot", "bag", "coat");

  private static final Path FASHION = Path.of("..", "sgid-examples", "data", "fashion");

  private LocalSpark() {}

  static synchronized SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("sgid tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", Path.of("target", "warehouse").toUri().toString())
        .getOrCreate();
  }

  /** Class folders of so many images each. */
  static Path images(Path folder, int ofEach) throws IOException {
    for (String label : CLASSES) {
      Files.createDirectories(folder.resolve(label));
      List<Path> files;
      try (Stream<Path> all = Files.list(FASHION.resolve(label))) {
        files = all.sorted().limit(ofEach).toList();
      }
      for (Path file : files) {
        Files.copy(file, folder.resolve(label).resolve(file.getFileName()));
      }
    }
    return folder;
  }

  /** Every file of a folder but the job's own, by name, as text of its bytes' hash. */
  static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<String> files = new java.util.ArrayList<>();
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        String name = folder.relativize(file).toString();
        if (!name.equals("sgid-job.json")) {
          files.add(name + " " + dev.sgid.internal.Sha256.hex(Files.readAllBytes(file)));
        }
      }
      return files;
    }
  }
}
