package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.testing.TestImages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --json}: what a machine reads from stdout. */
class JsonOptionTest extends CommandFixture {
  private final StringWriter events = new StringWriter();

  JsonOptionTest(@TempDir Path folder) {
    super(folder);
  }

  @BeforeEach
  void dataset() {
    image("bag/1.png");
    image("bag/2.png");
    image("ankle_boot/1.png");
  }

  private void image(String name) {
    Path ignored = write(in.resolve(name), TestImages.noise(8, 6, name.length()));
  }

  @Test
  void augment_json_tellsFromStartToSummary() throws IOException {
    assertThat(augment("--copies", "2")).isEqualTo(ExitCode.OK);

    assertThat(stdout.toString()).isEmpty();
    assertThat(stderr.toString()).isEmpty();
    assertThat(names())
        .containsExactly(
            "progress", // of bounds that are measured
            "start",
            "progress",
            "made",
            "made",
            "made",
            "made",
            "made",
            "made",
            "summary");
    JsonObject start = named("start").get(0);
    assertThat(start.get("in").getAsString()).isEqualTo(in.toString());
    assertThat(start.get("images").getAsInt()).isEqualTo(3);
    assertThat(start.get("pictures").getAsInt()).isEqualTo(6);
    assertThat(start.get("already_there").getAsInt()).isZero();
    assertThat(start.get("pid").getAsLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(start.get("job"))
        .isEqualTo(JsonParser.parseString(Files.readString(out.resolve("sgid-job.json"))));
    JsonObject made = named("made").get(1);
    assertThat(made.get("file_name").getAsString()).isEqualTo("ankle_boot/1-sgid-1.png");
    assertThat(made.get("label").getAsString()).isEqualTo("ankle_boot");
    assertThat(made.get("source").getAsString()).isEqualTo("ankle_boot/1.png");
    assertThat(made.get("copy").getAsInt()).isEqualTo(1);
    JsonObject summary = named("summary").get(0);
    assertThat(summary.get("reason").getAsString()).isEqualTo("done");
    assertThat(summary.get("exit_code").getAsInt()).isZero();
    assertThat(summary.get("message").isJsonNull()).isTrue();
    assertThat(summary.get("planned").getAsInt()).isEqualTo(6);
    assertThat(summary.get("made").getAsInt()).isEqualTo(6);
    assertThat(summary.get("failures_file").isJsonNull()).isTrue();
    assertThat(summary.get("pack").getAsString()).isEqualTo("fake");
  }

  @Test
  void augment_jsonAgain_saysWhatWasThere() {
    augment();
    events.getBuffer().setLength(0);

    assertThat(augment("--copies", "2")).isEqualTo(ExitCode.OK);

    assertThat(named("start").get(0).get("already_there").getAsInt()).isEqualTo(3);
    assertThat(named("made"))
        .extracting(made -> made.get("copy").getAsInt())
        .containsExactly(1, 1, 1);
    assertThat(named("summary").get(0).get("already_there").getAsInt()).isEqualTo(3);
    assertThat(named("progress"))
        .extracting(progress -> progress.get("phase").getAsString())
        .contains("checking", "augmenting");
  }

  @Test
  void augment_jsonSomeFail_namesThemAndWhy() throws IOException {
    Files.write(in.resolve("bag/1.png"), new byte[0]);
    image("train/1.png");

    assertThat(augment()).isEqualTo(ExitCode.SOME_FAILED);

    assertThat(named("failed"))
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.get("source").getAsString()).isEqualTo("bag/1.png");
              assertThat(failed.get("reason").getAsString()).isNotBlank();
            });
    assertThat(named("warning").get(0).get("message").getAsString()).contains("splits");
    JsonObject summary = named("summary").get(0);
    assertThat(summary.get("reason").getAsString()).isEqualTo("some_failed");
    assertThat(summary.get("failures").getAsInt()).isEqualTo(1);
    assertThat(summary.get("failures_file").getAsString())
        .isEqualTo(out.resolve("failures.jsonl").toString());
    assertThat(stderr.toString()).contains("sgid: 1 failure, listed in ");
  }

  @Test
  void augment_jsonOptionThatIsNotedOf_isAWarning() {
    augment("--noise-rate", "0.55", "--unet-calls", "4");

    assertThat(named("warning").get(0).get("message").getAsString())
        .startsWith("noise rate 0.55 is run as 0.571");
    assertThat(stderr.toString()).isEmpty();
  }

  @Test
  void augment_jsonNoPackThere_endsWithASummaryThatSaysSo() {
    int exitCode = run("augment", in.toString(), out.toString(), "--json", "--model", in + "/no");

    assertThat(exitCode).isEqualTo(ExitCode.UNUSABLE);
    assertThat(names()).containsExactly("summary");
    JsonObject summary = named("summary").get(0);
    assertThat(summary.get("reason").getAsString()).isEqualTo("unusable");
    assertThat(summary.get("message").getAsString())
        .isEqualTo("There is no model pack: " + in + "/no");
    assertThat(stderr.toString()).startsWith("sgid: There is no model pack: ");
  }

  @Test
  void augment_jsonBug_endsWithASummaryThatSaysSo() {
    CommandBackend.generator()
        .withBefore(
            requests -> {
              throw new AssertionError("bug");
            });

    assertThat(augment()).isEqualTo(ExitCode.BUG);

    assertThat(named("summary").get(0).get("reason").getAsString()).isEqualTo("bug");
  }

  @Test
  void augment_jsonInterrupted_saysHowFarItCame() {
    Thread command = Thread.currentThread();
    CommandBackend.generator()
        .withBefore(
            requests -> {
              if (CommandBackend.generator().calls().size() == 9) {
                command.interrupt();
              }
            });

    int exitCode = augment("--batch", "1", "--copies", "16");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(exitCode).isEqualTo(ExitCode.INTERRUPTED);
    JsonObject summary = named("summary").get(0);
    assertThat(summary.get("reason").getAsString()).isEqualTo("interrupted");
    assertThat(summary.get("made").getAsInt()).isEqualTo(named("made").size());
    assertThat(summary.get("planned").getAsInt()).isEqualTo(48);
  }

  /** A process of its own, whose stdout encodes as the locale says. */
  @Test
  void augment_jsonInALocaleOfAscii_isUtf8() throws IOException, InterruptedException {
    Files.writeString(
        in.resolve("metadata.csv"), "file_name,label\nbag/1.png,S\u00e4ckchen \ud83d\udc5c\n");
    MainProcess command =
        MainProcess.run(
            Map.of(),
            List.of(
                "-Dfile.encoding=US-ASCII",
                "-Dsun.stdout.encoding=US-ASCII",
                "-Dstdout.encoding=US-ASCII"),
            List.of(
                "augment", in.toString(), out.toString(), "--json", "--model", pack.toString()));

    assertThat(command.exitCode()).isEqualTo(ExitCode.OK);
    events.append(command.stdout());
    assertThat(named("made").get(0).get("label").getAsString())
        .isEqualTo("S\u00e4ckchen \ud83d\udc5c");
    JsonElement classes = named("start").get(0).getAsJsonObject("job").get("classes");
    assertThat(StreamSupport.stream(classes.getAsJsonArray().spliterator(), false))
        .extracting(JsonElement::getAsString)
        .containsExactly("S\u00e4ckchen \ud83d\udc5c");
  }

  private int augment(String... options) {
    List<String> args = new ArrayList<>(List.of("augment", in.toString(), out.toString()));
    args.addAll(List.of("--model", pack.toString(), "--json"));
    args.addAll(List.of(options));
    return run(args.toArray(String[]::new));
  }

  private int run(String... args) {
    return Main.run(
        Main.commandLine(new PrintWriter(events))
            .setOut(new PrintWriter(stdout))
            .setErr(new PrintWriter(stderr)),
        args);
  }

  private List<String> names() {
    return lines().stream().map(line -> line.get("event").getAsString()).toList();
  }

  private List<JsonObject> named(String event) {
    return lines().stream().filter(line -> line.get("event").getAsString().equals(event)).toList();
  }

  private List<JsonObject> lines() {
    return events
        .toString()
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }
}
