package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Sgid;
import dev.sgid.internal.RgbImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Good and bad files of a data set, some of those that {@code tools/corpus.sh} runs the command
 * over, with what {@code tools/reference/corpus.py} has of each from Pillow.
 */
class CorpusTest {
  private static final List<GoldenPicture> CASES = GoldenPicture.all("corpus.json.gz");

  private final ImageDecoder decoder = new ImageDecoder();
  private final Path in;
  private final Path out;

  CorpusTest(@TempDir Path folder) {
    this.in = folder.resolve("in");
    this.out = folder.resolve("out");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void decode_file_showsWhatPillowShowsOrSaysWhyNot(GoldenPicture golden) throws IOException {
    if (golden.shown() != null) {
      assertThat(golden.difference(RgbImage.of(decoder.decode(golden.file())))).isEmpty();
    } else {
      assertThat(reason(golden)).containsPattern(Pattern.compile(refused(golden)));
    }
  }

  @Test
  void run_allOfThem_makesTheGoodOnesAndListsTheBadOnes() throws IOException {
    write();
    JobSummary summary;
    try (Sgid sgid = new FakeStages().sgid()) {
      summary = AugmentJob.builder(in, out).withOriginals(true).build().run(sgid);
    }

    long good = CASES.stream().filter(golden -> golden.shown() != null).count();
    assertThat(good).isGreaterThanOrEqualTo(40);
    assertThat(summary.pictures()).isEqualTo(good);
    assertThat(summary.failures()).isEqualTo(CASES.size() - good);
    assertThat(summary.warnings())
        .contains(
            "7 images hold more than one picture, as animations and pages do, and the first of each"
                + " was taken: gif/animated.gif, png/animated-hidden.png, png/animated.apng, …");
    Map<String, String> failures = read(OutFolder.FAILURES, "reason");
    Map<String, String> groups = read("metadata.jsonl", "group");
    for (GoldenPicture golden : CASES) {
      if (golden.shown() == null) {
        assertThat(failures.get(golden.toString()))
            .as(golden.toString())
            .containsPattern(refused(golden));
      } else {
        String identity = RgbImage.of(decoder.decode(golden.file())).identity();
        assertThat(groups).as(golden.toString()).containsEntry(golden.toString(), identity);
      }
    }
  }

  /**
   * Headers that claim 300 MB are refused before that is asked for: the first time that the heap of
   * 64 MB has no room, this process ends.
   */
  @Test
  void run_smallHeap_neverAsksForMoreThanThereIs() throws IOException, InterruptedException {
    write();
    try (RandomAccessFile sparse =
        new RandomAccessFile(in.resolve("bombs/long.png").toFile(), "rw")) {
      sparse.setLength(200_000_000);
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                "-cp",
                OutLockTest.classPath(),
                LocaleMain.class.getName(),
                in.toString(),
                out.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String told = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
    long good = CASES.stream().filter(golden -> golden.shown() != null).count();
    assertThat(told.strip()).isEqualTo(good + " " + (CASES.size() - good + 1));
  }

  private void write() throws IOException {
    for (GoldenPicture golden : CASES) {
      Path folder = Files.createDirectories(in.resolve(golden.group()));
      Files.write(folder.resolve(golden.name()), golden.file());
    }
  }

  /** A field of each line by the image it tells of. */
  private Map<String, String> read(String file, String field) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String line : Files.readAllLines(out.resolve(file))) {
      JsonObject json = JsonParser.parseString(line).getAsJsonObject();
      values.put(json.get("source").getAsString(), json.get(field).getAsString());
    }
    return values;
  }

  private String reason(GoldenPicture golden) {
    try {
      decoder.decode(golden.file());
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String refused(GoldenPicture golden) {
    return requireNonNull(golden.refused(), "refused");
  }

  static Stream<GoldenPicture> cases() {
    return CASES.stream();
  }
}
