package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sgid tune}, and {@code --settings} of all commands. */
class TuneCommandTest extends CommandFixture {
  private final Path tuned;
  private final Path chart;

  TuneCommandTest(@TempDir Path folder) {
    super(folder);
    tuned = folder.resolve("tuned.json");
    chart = folder.resolve("tuned.png");
  }

  @BeforeEach
  void dataset() {
    image("in/bag/1.png", 0x102030);
    image("in/ankle_boot/1.png", 0x708090);
  }

  private Path image(String name, int rgb) {
    return image(folder.resolve(name), rgb);
  }

  private int run(String command, Object... args) {
    List<Object> line = new ArrayList<>(List.of(command));
    line.addAll(List.of(args));
    line.addAll(List.of("--model", pack));
    return sgid(line.toArray());
  }

  private int tune(Object... args) {
    List<Object> all = new ArrayList<>(List.of(in, "--to", tuned, "--chart", chart));
    all.addAll(List.of(args));
    return run("tune", all.toArray());
  }

  private static Object[] with(Object[] args, Object... more) {
    List<Object> all = new ArrayList<>(List.of(args));
    all.addAll(List.of(more));
    return all.toArray();
  }

  @Test
  void tune_grid_isATableAChartAndAFile() throws IOException {
    assertThat(tune("--noise-rates", "0.4,0.8", "--guidance-scales", "2.5,6"))
        .isEqualTo(ExitCode.OK);

    assertThat(stdout.toString())
        .containsPattern(
            "(?m)^. +0\\.4  constant:2\\.5 +0\\.500 \\(0\\.\\d{3}-0\\.\\d{3}\\) +100 %")
        .containsPattern("(?m)^. +0\\.8  constant:6\\.0 ")
        .containsPattern("(?m)^> ")
        .contains("Of 2 originals, 0.500", "bound 0.450", "--settings " + tuned)
        .containsPattern("(?m)^  --noise-rate 0\\.[48] --guidance constant:(2\\.5|6\\.0)$")
        .contains("The chart is in " + chart);
    assertThat(JsonParser.parseString(Files.readString(tuned)).getAsJsonObject().keySet())
        .contains("noise_rate", "guidance", "scheduler");
    assertThat(ImageIO.read(chart.toFile())).isNotNull();
    assertThat(in.toFile().list()).hasSize(2);
  }

  @Test
  void tune_optionsAndFile_giveTheSameJob() throws IOException {
    Object[] method = {"--prompt", "a {label}: {caption}", "--steps", "12", "--eta", "0.5"};
    assertThat(tune(with(method, "--noise-rates", "0.5,0.75"))).isEqualTo(ExitCode.OK);
    String options =
        stdout
            .toString()
            .lines()
            .filter(line -> line.startsWith("  --noise-rate"))
            .findFirst()
            .orElseThrow();
    assertThat(options).endsWith(" --steps 12 --eta 0.5 --prompt 'a {label}: {caption}'");
    String[] words = options.strip().split(" ", -1);
    Object[] typed = with(method, words[0], words[1], words[2], words[3]);

    assertThat(run("augment", with(typed, in, folder.resolve("a")))).isEqualTo(ExitCode.OK);
    assertThat(run("augment", in, folder.resolve("b"), "--settings", tuned)).isEqualTo(ExitCode.OK);
    Path job = folder.resolve("a/sgid-job.json");
    assertThat(run("augment", in, folder.resolve("c"), "--settings", job)).isEqualTo(ExitCode.OK);

    assertThat(folder.resolve("b/sgid-job.json")).hasSameTextualContentAs(job);
    assertThat(folder.resolve("c/sgid-job.json")).hasSameTextualContentAs(job);
  }

  @Test
  void tune_boundThatNoneReaches_isAWarning() {
    assertThat(tune("--noise-rates", "0.5", "--least-agreement", "0.9"))
        .isEqualTo(ExitCode.SOME_FAILED);

    assertThat(stdout.toString()).contains("> the most agreement; none reaches the bound");
    assertThat(stderr.toString())
        .contains("sgid: warning: no setting reaches an agreement of 0.900");
  }

  @Test
  void tune_jsonToStdout_isNothingElse() {
    assertThat(tune("--noise-rates", "0.5", "--json", folder.resolve("all.json")))
        .isEqualTo(ExitCode.OK);
    assertThat(folder.resolve("all.json")).content().contains("\"originals_agreement\": 0.5");
  }

  @Test
  void tune_whatCantBe_isRefusedWithoutModels() {
    assertThat(tune("--noise-rate", "0.5")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString())
        .contains("--noise-rate is for one setting; a tuning has --noise-rates");
    assertThat(tune("--guidance", "calibrated:0,1,3,7")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--guidance: a tuning tries guidance scales");
    assertThat(tune("--copies", "1")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--copies: copies must be at least 2, is 1");
    assertThat(tune("--least-agreement", "2")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--least-agreement: leastAgreement must be");
    assertThat(run("tune", in, "--chart", in.resolve("bag/x.png"))).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("would lie in the data set " + in);
    assertThat(run("tune", in, "--to", folder)).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--to: " + folder + " is a folder");
    assertThat(run("tune", "-")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("no sample can be taken of what comes from standard");
    assertThat(CommandBackend.openings).isZero();
  }

  @Test
  void settings_optionsThatAreGiven_win() throws IOException {
    Files.writeString(tuned, "{\"noise_rate\": 0.25, \"steps\": 40, \"negative_prompt\": \"fog\"}");

    assertThat(run("augment", in, folder.resolve("a"), "--settings", tuned, "--steps", "16"))
        .isEqualTo(ExitCode.OK);

    assertThat(CommandBackend.settings().noiseRate()).isEqualTo(0.25);
    assertThat(CommandBackend.settings().steps().count()).isEqualTo(16);
    assertThat(CommandBackend.settings().negativePrompt()).isEqualTo("fog");
  }

  @Test
  void settings_calibratedGuidance_isCalibratedOrRefused() throws IOException {
    image("in/bag/2.png", 0x1020f0);
    Files.writeString(tuned, "{\"guidance\": \"calibrated:0,1,3,7\"}");

    assertThat(run("sweep", in.resolve("bag/1.png"), "bag", "--settings", tuned, "--to", chart))
        .isEqualTo(ExitCode.OK); // which has scales of its own
    assertThat(run("compare", in.resolve("bag/1.png"), "bag", "--settings", tuned))
        .isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString())
        .contains(
            "--settings: "
                + tuned
                + ", guidance = \"calibrated:0,1,3,7\": one image is no data set to calibrate on");
    assertThat(run("tune", in, "--settings", tuned)).isEqualTo(ExitCode.USAGE);
    assertThat(run("augment", in, folder.resolve("a"), "--guidance", "calibrated:0,1,3,7"))
        .isEqualTo(ExitCode.OK);
    assertThat(run("augment", in, folder.resolve("b"), "--settings", tuned)).isEqualTo(ExitCode.OK);
    Path job = folder.resolve("a/sgid-job.json");
    assertThat(folder.resolve("b/sgid-job.json")).hasSameTextualContentAs(job);
    assertThat(run("augment", in, folder.resolve("c"), "--settings", job)).isEqualTo(ExitCode.OK);
    assertThat(folder.resolve("c/sgid-job.json")).hasSameTextualContentAs(job);
    assertThat(run("compare", in.resolve("bag/1.png"), "bag", "--settings", job, "--to", chart))
        .isEqualTo(ExitCode.OK); // by the bounds that were found
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"noise\": 1} | There is no setting \"noise\"; there are noise_rate, steps",
        "{\"noise_rate\": 3} | , noise_rate = 3: noiseRate must be",
        "{\"noise_rate\": \"much\"} | , noise_rate = \"much\": noise_rate must be a number, is much",
        "{\"guidance\": 5} | , guidance = 5: guidance must be a text",
        "{\"guidance\": \"calibrated:1\"} | , guidance = \"calibrated:1\": calibrated:Q0",
        "{\"scheduler\": \"heun\"} | , scheduler = \"heun\": ",
        "{\"steps\": 9, \"unet_calls\": 9} | steps and unet_calls say the same in two ways",
        "[1] | must be a JSON object like {\"noise_rate\": 0.4}, is [1]",
        "{\"noise_rate\": 0.4 | is no JSON object: something is wrong at line 1 column 19",
        "{} {} | is no JSON object: something is wrong at line 1 column 5",
        "{\"settings\": 4} | settings must be names and values, is 4"
      })
  void settings_fileThatIsWrong_isNamedWithKeyAndValue(String json, String message)
      throws IOException {
    Files.writeString(tuned, json);

    assertThat(run("augment", in, folder.resolve("a"), "--settings", tuned))
        .isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString()).startsWith("sgid: --settings: " + tuned).contains(message);
    assertThat(folder.resolve("a")).doesNotExist();
  }

  @Test
  void settings_noFile_isSaid() {
    assertThat(run("plan", in, "--settings", tuned)).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--settings: There is no file " + tuned);
  }
}
