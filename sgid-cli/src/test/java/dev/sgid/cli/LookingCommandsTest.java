package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.dataset.evaluate.Evaluation;
import dev.sgid.testing.FakePack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code evaluate}, {@code sweep} and {@code compare}. */
class LookingCommandsTest extends CommandFixture {
  LookingCommandsTest(@TempDir Path folder) {
    super(folder);
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

  @Test
  void evaluate_whatAugmentWrote_isATableAndAFile() throws IOException {
    assertThat(run("augment", in, out, "--copies", "2")).isEqualTo(ExitCode.OK);

    assertThat(run("evaluate", in, out)).isEqualTo(ExitCode.OK);

    assertThat(stdout.toString())
        .containsPattern("(?m)^ankle_boot +1 +2 +\\d\\.\\d{3} ")
        .containsPattern("(?m)^all classes +2 +4 ")
        .contains(
            "Zero-shot: share taken for their label among 2, by fake; prompt \"a photo of a"
                + " {label}\", logit scale 100.0 (usual).",
            "All of it is in " + out.resolve("evaluated.json"));
    Evaluation evaluation = Evaluation.parse(Files.readString(out.resolve("evaluated.json")));
    assertThat(evaluation.all().copies()).isEqualTo(4);
    assertThat(FakePack.lastOpened().closings()).isEqualTo(1);
  }

  @Test
  void evaluate_labelsThatAreMistaken_areAWarning() {
    run("augment", in, out);

    run("evaluate", in, out, "--quiet"); // the fake's texts are all alike: the first label wins

    assertThat(stdout.toString()).isEmpty();
    assertThat(stderr.toString())
        .isEqualTo(
            "sgid: warning: 1 of 1 originals labelled \"bag\" are taken for \"ankle_boot\": the"
                + " label is wrong, or the model does not know the class"
                + System.lineSeparator());
  }

  @Test
  void evaluate_doubts_areListedUpToTheTop() {
    run("augment", in, out);

    assertThat(run("evaluate", in, out, "--top", "1")).isEqualTo(ExitCode.OK);
    assertThat(stdout.toString())
        .contains(
            "1 original of 2 is taken for another label, the most doubted first:",
            "  bag/1.png: bag 0.500, but ankle_boot 0.500");
    assertThat(run("evaluate", in, out, "--top", "-1")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--top: doubts must be at least 0, is -1");
  }

  @Test
  void evaluate_charts_lieOutsideOfTheData() {
    run("augment", in, out);

    assertThat(run("evaluate", in, out, "--charts", out.resolve("charts")))
        .isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("The charts must not lie in " + out);
    assertThat(run("evaluate", in, out, "--charts", folder.resolve("charts")))
        .isEqualTo(ExitCode.OK);
    assertThat(folder.resolve("charts/consistency.png")).isNotEmptyFile();
    assertThat(stdout.toString()).contains("Charts are in " + folder.resolve("charts"));
  }

  @Test
  void evaluate_anotherToolsFolder_needsAFile() {
    image("other/bag/1_aug.png", 0x203040);
    Path other = folder.resolve("other");

    assertThat(run("evaluate", in, other)).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("was not written by sgid");
    assertThat(run("evaluate", in, other, "--to", folder.resolve("e.json"))).isEqualTo(ExitCode.OK);
    assertThat(stdout.toString()).contains("1 original without a copy.");
    assertThat(folder.resolve("e.json")).isNotEmptyFile();
  }

  @Test
  void evaluate_pictureThatCantBeRead_isListed() throws IOException {
    run("augment", in, out);
    Files.write(out.resolve("bag/1-sgid-0.png"), new byte[0]);

    assertThat(run("evaluate", in, out)).isEqualTo(ExitCode.SOME_FAILED);
    assertThat(stderr.toString())
        .contains("sgid: 1 file can't be used:", "  bag/1-sgid-0.png: the file is empty");
  }

  @Test
  void report_ofWhatWasEvaluated_hasTheCharts() throws IOException {
    run("augment", in, out);
    run("evaluate", in, out);

    assertThat(sgid("report", out)).isEqualTo(ExitCode.OK);
    assertThat(out.resolve("report.html"))
        .content()
        .contains("Consistency: mean CLIP cosine, by class", "data:image/png;base64,");

    Files.writeString(out.resolve("evaluated.json"), "{}");
    assertThat(sgid("report", out)).isEqualTo(ExitCode.OK);
    assertThat(stderr.toString())
        .contains("the report has no charts of " + out.resolve("evaluated.json") + ": This is no");
  }

  @Test
  void sweep_figure_hasACellForEachPair() throws IOException {
    Path figure = folder.resolve("figures/sweep.png");

    int code =
        run(
            "sweep",
            image("boot.png", 0x123456),
            "ankle boot",
            "--noise-rates",
            "0.4,0.8",
            "--guidance-scales",
            "1,2.5,9",
            "--classes",
            "bag, ankle boot",
            "--to",
            figure);

    assertThat(code).isEqualTo(ExitCode.OK);
    assertThat(ImageIO.read(figure.toFile()).getWidth()).isGreaterThan(4 * 128 * 2);
    assertThat(stdout.toString())
        .contains("prompt \"ankle boot, something\"", "The figure is in " + figure)
        .containsPattern("(?m)^ +0\\.8 +2\\.5 +\\d\\.\\d{3} +-?\\d\\.\\d{3} +0\\.500$");
    assertThat(stdout.toString().lines().filter(line -> line.matches(" +0\\..*"))).hasSize(6);
    assertThat(CommandBackend.settings().noiseRate()).isEqualTo(0.4);
  }

  @Test
  void sweep_optionsOfOnePicture_areRefused() {
    Path image = image("boot.png", 0x123456);

    assertThat(run("sweep", image, "boot", "--noise-rate", "0.5")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString())
        .contains("--noise-rate is for one picture; a sweep has --noise-rates");
    assertThat(run("sweep", image, "boot", "--guidance", "constant:3")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("a sweep has --guidance-scales");
  }

  @Test
  void sweep_whatCantBe_isRefused() {
    Path image = image("boot.png", 0x123456);

    assertThat(run("sweep", folder.resolve("none.png"), "boot")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("There is no file " + folder.resolve("none.png"));
    assertThat(run("sweep", in, "boot")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("is a folder, an image is expected");
    assertThat(run("sweep", image, "boot", "--to", image)).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("is the image itself");
    assertThat(run("sweep", image, "boot", "--to", "figure.svg")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("the figure is a .png file, is to be figure.svg");
    assertThat(run("sweep", image, "boot", "--classes", "a,b")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("labels must have \"boot\" among them, are [a, b]");
    assertThat(CommandBackend.openings).isEqualTo(1); // all but the last without models
  }

  @Test
  void compare_withAnother_hasAllMethods() {
    Path figure = folder.resolve("compare.png");

    int code =
        run(
            "compare",
            image("boot.png", 0x123456),
            "boot",
            "--with",
            image("bag.png", 0xaaaaaa),
            "bag",
            "--guidance",
            "constant:4",
            "--to",
            figure);

    assertThat(code).isEqualTo(ExitCode.OK);
    assertThat(stdout.toString())
        .containsPattern("(?m)^original +1\\.000 ")
        .containsPattern("(?m)^Mixup .* \\d+% of it, the rest bag$")
        .containsPattern("(?m)^CutMix ")
        .containsPattern("(?m)^img2img, label only .* \"boot\", noise rate 0\\.5, w 4$")
        .containsPattern("(?m)^SGID .* \"boot, something\", noise rate 0\\.5, w 4$");
    assertThat(figure).isNotEmptyFile();
  }

  @Test
  void compare_withADataSet_drawsOneOfAnotherClass() {
    int code =
        run(
            "compare",
            in.resolve("bag/1.png"),
            "bag",
            "--data",
            in,
            "--to",
            folder.resolve("c.png"));

    assertThat(code).isEqualTo(ExitCode.OK);
    assertThat(stdout.toString())
        .contains("the rest ankle boot")
        .containsPattern("(?m)^original +1\\.000 +-?\\d\\.\\d{3} +0\\.500 "); // of two labels
  }

  @Test
  void compare_withNothing_saysWhatIsLeftOut() {
    assertThat(run("compare", in.resolve("bag/1.png"), "bag", "--to", folder.resolve("c.png")))
        .isEqualTo(ExitCode.OK);
    assertThat(stdout.toString())
        .contains("Mixup and CutMix need another image: --with IMAGE LABEL, or --data DIR")
        .doesNotContain("Mixup  ");
  }

  @Test
  void compare_contradictions_areRefused() {
    Path image = in.resolve("bag/1.png");

    assertThat(run("compare", image, "bag", "--with", image, "bag", "--data", in))
        .isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--with and --data both say");
    assertThat(run("compare", image, "bag", "--guidance", "calibrated:0.1,0.9,1,5"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("one image is no data set to calibrate on");
  }
}
