package dev.sgid.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every command of the examples' README and compares what it prints with what stands there.
 */
class ExamplesTest {
  private static final Path README = Path.of("README.md");
  private static final Path SOURCES = Path.of("src/main/java/dev/sgid/examples");
  private static final Pattern RUN =
      Pattern.compile("(?s)```\n\\$ sgid-examples/run (\\w+)([^\n]*)\n(.*?)```");
  private static final int MOST_LINES = 100;

  @TempDir static Path kept; // the examples' cache, which they share

  record Run(String name, List<String> arguments, String output) {}

  static Stream<Run> runs() throws IOException {
    return RUN.matcher(text(README))
        .results()
        .map(m -> new Run(m.group(1), List.of(m.group(2).strip().split(" ")), m.group(3)));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void main_asInTheReadme_printsWhatStandsThere(Run run, @TempDir Path folder) throws Exception {
    String[] arguments = run.arguments.stream().map(a -> place(a, folder)).toArray(String[]::new);
    Class<?> example = Class.forName(getClass().getPackageName() + "." + run.name);

    String printed =
        printedBy(() -> example.getMethod("main", String[].class).invoke(null, (Object) arguments));

    assertThat(form(printed)).isEqualTo(form(run.output));
  }

  @Test
  void examples_areShortAndInTheReadme() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      List<Path> programs = files.filter(ExamplesTest::isProgram).toList();
      List<String> shown = runs().map(Run::name).distinct().toList();

      assertThat(programs)
          .allSatisfy(file -> assertThat(Files.readAllLines(file)).hasSizeLessThan(MOST_LINES))
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .containsExactlyInAnyOrderElementsOf(shown);
    }
  }

  private static boolean isProgram(Path file) {
    try {
      return Files.readString(file).contains("public static void main(");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The README's commands run in the folder above, and write into no folder of the project. */
  private static String place(String argument, Path folder) {
    if (argument.startsWith("sgid-examples/")) {
      return argument.substring("sgid-examples/".length());
    }
    return switch (argument) {
      case "cache" -> kept.toString();
      case "out", "boot.png" -> folder.resolve(argument).toString();
      default -> argument;
    };
  }

  private interface Program {
    Object run() throws Exception;
  }

  private static String printedBy(Program program) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, UTF_8)) {
      System.setOut(out);
      Object ignored = program.run();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(UTF_8);
  }

  /** Arithmetic rounds differently from machine to machine: numbers don't count, all else does. */
  private static String form(String output) {
    return Arrays.stream(output.split("\\R"))
        .map(line -> line.replaceAll("\\d+([.,]\\d+)?", "N").replaceAll(" +", " "))
        .reduce("", (a, b) -> a + b + "\n");
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file).replace("\r\n", "\n");
  }
}
