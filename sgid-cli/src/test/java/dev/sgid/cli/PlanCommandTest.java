package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.testing.FakePack;
import dev.sgid.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest extends CommandFixture {
  PlanCommandTest(@TempDir Path folder) {
    super(folder);
  }

  @BeforeEach
  void dataset() {
    noise(in.resolve("bag/1.png"), 1);
    noise(in.resolve("bag/2.png"), 2);
    noise(in.resolve("ankle_boot/1.png"), 3);
  }

  @Test
  void plan_dataset_printsWhatAugmentWouldDo() {
    assertThat(sgid("plan", in, "--copies", "2", "--balance", "max", "--model", pack))
        .isEqualTo(ExitCode.OK);

    assertThat(stdout.toString())
        .startsWith(in + ": 3 images in 2 classes (class folders)")
        .contains("  bag         2  ====", "+ 2", "  ankle_boot  1  ====", "+ 5")
        .contains("Sizes           all 8x6")
        .contains("Pictures        9 to make, balanced (max)")
        .contains("Time            about 0.", "by 9 pictures made here")
        .contains("Disk            about 0.0 MB");
    assertThat(FakePack.lastOpened().closings()).isEqualTo(1);
    assertThat(out).doesNotExist();
  }

  @Test
  void plan_noTime_opensNoModels() {
    assertThat(sgid("plan", in, out, "--no-time")).isEqualTo(ExitCode.OK);

    assertThat(CommandBackend.openings).isZero();
    assertThat(stdout.toString())
        .contains("Pictures        3 to make", " free")
        .doesNotContain("Time");
  }

  @Test
  void plan_json_isPrintedAlone() {
    assertThat(sgid("plan", in, "--no-time", "--json", "-")).isEqualTo(ExitCode.OK);

    JsonObject json = JsonParser.parseString(stdout.toString()).getAsJsonObject();
    assertThat(json.get("images").getAsInt()).isEqualTo(3);
  }

  @Test
  void plan_jsonFile_isWrittenBesideTheText() throws IOException {
    Path file = out.resolveSibling("plan.json");
    assertThat(sgid("plan", in, "--no-time", "--json", file)).isEqualTo(ExitCode.OK);

    assertThat(
            JsonParser.parseString(Files.readString(file))
                .getAsJsonObject()
                .get("pictures")
                .getAsInt())
        .isEqualTo(3);
    assertThat(stdout.toString()).contains("3 to make");
  }

  @Test
  void plan_jsonFileThatCantBeWritten_endsWith3() {
    assertThat(sgid("plan", in, "--no-time", "--json", out.resolve("no/plan.json")))
        .isEqualTo(ExitCode.UNUSABLE);
    assertThat(stderr.toString())
        .contains("--json: " + out.resolve("no/plan.json") + " can't be written");
  }

  @Test
  void plan_brokenImage_endsWith1() throws IOException {
    Files.write(in.resolve("bag/3.png"), new byte[0]);

    assertThat(sgid("plan", in, "--no-time")).isEqualTo(ExitCode.SOME_FAILED);
    assertThat(stdout.toString())
        .contains("Unreadable      1 can't", "  bag/3.png: the file is empty");
  }

  @Test
  void plan_leak_isListedAndEndsWith1() throws IOException {
    Path kept = out.resolveSibling("kept");
    noise(kept.resolve("x.png"), 2);

    assertThat(sgid("plan", in, "--no-time", "--leakage", kept)).isEqualTo(ExitCode.SOME_FAILED);
    assertThat(stdout.toString())
        .contains("Leakage         1 image in the validation set", "  bag/2.png = x.png");
  }

  @Test
  void augment_leak_isListedAndEndsWith2() throws IOException {
    Path kept = out.resolveSibling("kept");
    noise(kept.resolve("x.png"), 2);

    assertThat(sgid("augment", in, out, "--model", pack, "--leakage", kept))
        .isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString())
        .startsWith("  bag/2.png = x.png")
        .contains("sgid: 1 image of " + in + " is, or nearly, in the validation set " + kept);
    assertThat(out).doesNotExist();
  }

  @Test
  void augment_balance_isMade() {
    assertThat(sgid("augment", in, out, "--model", pack, "--copies", "0", "--balance", "max"))
        .isEqualTo(ExitCode.OK);

    assertThat(stdout.toString()).startsWith("1 picture in " + out);
    assertThat(out.resolve("ankle_boot/1-sgid-0.png")).exists();
  }

  @Test
  void plan_standardInput_isRefused() {
    assertThat(sgid("plan", "-")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString())
        .startsWith("sgid: IN: what comes from standard input can't be planned");
  }

  @Test
  void plan_likenessOutOfRange_isNamed() {
    assertThat(sgid("plan", in, "--likeness", "0.5")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString())
        .startsWith("sgid: --likeness: least likeness must be in [0.9, 1.0], is 0.5");
  }

  @Test
  void plan_interrupted_endsWith130() {
    CommandBackend.beforeOpening =
        () -> {
          throw SgidException.cancelled(Stage.OPEN);
        };
    assertThat(sgid("plan", in, "--model", pack)).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(stderr.toString()).contains("sgid: interrupted");
    assertThat(stdout.toString()).isEmpty();
  }

  private static void noise(Path file, long seed) {
    Path ignored = write(file, TestImages.noise(8, 6, seed));
  }
}
