package dev.sgid.dataset;

import dev.sgid.Sgid;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;

/** A data set with an image that is broken and one whose pictures fail, and runs over it. */
abstract class ResumeRuns {
  final FakeStages stages = new FakeStages();
  final Path folder;
  final Path in;

  ResumeRuns(Path folder) {
    this.folder = folder;
    this.in = folder.resolve("in");
  }

  @BeforeEach
  void dataset() throws IOException {
    for (int i = 0; i < 4; i++) {
      put(in.resolve("cat/" + i + ".png"), TestImages.encode(TestImages.noise(8, 6, i), "png"));
      put(
          in.resolve("a.dog/" + i + ".png"),
          TestImages.encode(TestImages.noise(8, 6, 9 + i), "png"));
    }
    put(in.resolve("cat/broken.png"), new byte[] {1, 2, 3});
    stages.breakCorner(TestImages.noise(8, 6, 2).getRGB(0, 0) & 0xffffff);
  }

  AugmentJob.Builder job(Path out, String format) {
    return AugmentJob.builder(in, out)
        .withCopies(2)
        .withOriginals(true)
        .withFormat(OutputFormat.parse(format));
  }

  JobSummary run(Path out, String format, UnaryOperator<AugmentJob.Builder> change) {
    try (Sgid sgid = stages.sgid()) {
      return change.apply(job(out, format)).build().run(sgid);
    }
  }

  static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  static void copy(Path from, Path to) {
    try {
      for (Path file : list(from).filter(f -> !f.endsWith(OutLock.NAME)).toList()) {
        put(to.resolve(from.relativize(file).toString()), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Path> list(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    return files.stream();
  }

  /** All files by name, as hashes. */
  static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (Path file : list(folder).toList()) {
      files.put(folder.relativize(file).toString(), Sha256.hex(Files.readAllBytes(file)));
    }
    return files;
  }

  static void copyOnce(boolean now, Path from, Path to) {
    if (now && !Files.exists(to)) {
      copy(from, to);
    }
  }

  /** Whether so many pictures are made, and the job is at making more. */
  static boolean makes(JobProgress progress, int done) {
    return progress.phase() == JobProgress.Phase.AUGMENTING && progress.done() == done;
  }
}
