package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.sgid.BackendOptions.Part;
import dev.sgid.Device;
import dev.sgid.OutputSize;
import dev.sgid.Scheduler;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.TimestepSpacing;
import dev.sgid.testing.FakePack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentCommandTest extends CommandFixture {
  AugmentCommandTest(@TempDir Path folder) {
    super(folder);
  }

  @BeforeEach
  void dataset() {
    image("bag/1.png", 0x102030);
    image("bag/2.png", 0x405060);
    image("ankle_boot/1.png", 0x708090);
  }

  @Test
  void augment_defaults_areThePacksAndTheLibrarys() {
    assertThat(augment()).isEqualTo(ExitCode.OK);

    assertThat(FakePack.lastOpened().folder()).isEqualTo(pack);
    assertThat(FakePack.lastOpened().options().device()).isEqualTo(Device.AUTO);
    assertThat(FakePack.lastOpened().options().batch()).isZero();
    assertThat(FakePack.lastOpened().options().threads()).isZero();
    assertThat(CommandBackend.captionings())
        .hasSize(3)
        .allMatch(call -> call.startsWith("caption 8x6 3 "));
    assertThat(CommandBackend.settings().scheduleSteps()).isEqualTo(20);
    assertThat(CommandBackend.settings().noiseRate()).isEqualTo(0.5);
    assertThat(CommandBackend.request().prompt()).isEqualTo("ankle boot, something");
    assertThat(out.resolve("bag/2-sgid-0.png")).exists();
    assertThat(FakePack.lastOpened().closings()).isEqualTo(1);
  }

  @Test
  void augment_summary_saysWhatWasMade() {
    augment();

    assertThat(stdout.toString())
        .matches(
            "3 pictures in \\Q"
                + out
                + "\\E: \\d+\\.\\d s, \\d+\\.\\d\\d images/s, by fake on CPU\\R"
                + "Report of 3 pictures: \\Q"
                + out.resolve("report.html")
                + "\\E\\R");
    assertThat(stderr.toString()).isEmpty();
  }

  @Test
  void augment_noiseRateAndSteps_reachTheGenerator() {
    augment("--noise-rate", "0.75", "--steps", "12");

    assertThat(CommandBackend.settings().noiseRate()).isEqualTo(0.75);
    assertThat(CommandBackend.settings().scheduleSteps()).isEqualTo(12);
  }

  @Test
  void augment_rateThatFewStepsCantRun_isSaid() {
    assertThat(augment("--noise-rate", "0.55", "--unet-calls", "4")).isEqualTo(ExitCode.OK);
    assertThat(stderr.toString())
        .contains("sgid: noise rate 0.55 is run as 0.571, 4 of 7 steps; rates near it");
  }

  @Test
  void augment_rateThatIsRunAsItIs_saysNothing() {
    assertThat(augment("--noise-rate", "0.5", "--unet-calls", "4")).isEqualTo(ExitCode.OK);
    assertThat(stderr.toString()).doesNotContain("is run as");
  }

  @Test
  void augment_unetCalls_reachTheGenerator() {
    augment("--noise-rate", "0.25", "--unet-calls", "5");

    assertThat(CommandBackend.settings().stepsRun()).isEqualTo(5);
    assertThat(CommandBackend.settings().scheduleSteps()).isEqualTo(20);
  }

  @Test
  void augment_schedulerAndSpacing_reachTheGenerator() {
    augment("--scheduler", "ddim", "--eta", "0.5", "--timestep-spacing", "trailing");

    assertThat(CommandBackend.settings().scheduler()).isEqualTo(Scheduler.ddim(0.5));
    assertThat(CommandBackend.settings().timestepSpacing()).isEqualTo(TimestepSpacing.TRAILING);
  }

  @Test
  void augment_prompts_reachTheGenerator() {
    augment("--prompt", "a photo of {label}", "--negative-prompt", "blurry");

    assertThat(CommandBackend.request().prompt()).isEqualTo("a photo of ankle boot");
    assertThat(CommandBackend.settings().negativePrompt()).isEqualTo("blurry");
  }

  @Test
  void augment_captions_reachTheCaptionerAndTheChoice() {
    augment("--captions", "2", "--caption-choice", "first");

    assertThat(CommandBackend.captionings())
        .hasSize(3)
        .allMatch(call -> call.startsWith("caption 8x6 2 "));
    assertThat(CommandBackend.request().prompt()).isEqualTo("ankle boot, a red thing");
  }

  @Test
  void augment_sizes_reachTheGenerator() {
    augment("--size", "64x32", "--output-size", "generated");

    assertThat(CommandBackend.settings().size()).isEqualTo(new Size(64, 32));
    assertThat(CommandBackend.settings().outputSize()).isEqualTo(OutputSize.GENERATED);
  }

  @Test
  void augment_guidance_reachesTheGenerator() {
    augment("--guidance", "constant:4.5");

    assertThat(CommandBackend.request().guidanceScale()).isEqualTo(4.5);
  }

  @Test
  void augment_calibratedGuidance_isFoundOnTheImages() throws IOException {
    augment("--guidance", "calibrated:0,1,2,6");

    assertThat(Files.readString(out.resolve("sgid-job.json")))
        .contains("\"guidance_requested\": \"calibrated:0,1,2,6\"", "\"guidance\": \"linear:0.");
    assertThat(CommandBackend.generator().calls())
        .flatExtracting(requests -> requests)
        .extracting(request -> request.guidanceScale())
        .hasSize(3)
        .contains(2.0, 6.0);
  }

  @Test
  void augment_deviceThreadsAndBatch_reachTheBackend() {
    augment("--device", "cuda:1", "--threads", "3", "--batch", "6", "--lanes", "2");

    assertThat(FakePack.lastOpened().options().device()).isEqualTo(Device.cuda(1));
    assertThat(FakePack.lastOpened().options().threads()).isEqualTo(3);
    assertThat(FakePack.lastOpened().options().batch()).isEqualTo(6);
    assertThat(FakePack.lastOpened().options().lanes()).isEqualTo(2);
  }

  @Test
  void augment_parts_reachTheBackend() {
    augment("--captioner", "./none", "--scorer", "other/clip", "--generator", "sd");

    assertThat(FakePack.lastOpened().options().folders())
        .containsOnly(
            entry(Part.CAPTIONER, Path.of("./none")),
            entry(Part.SCORER, Path.of("other/clip")),
            entry(Part.GENERATOR, Path.of("sd")));
  }

  @Test
  void augment_noSafetyChecker_reachesTheBackend() {
    augment();
    assertThat(FakePack.lastOpened().options().safetyChecker()).isTrue();
    augment("--no-safety-checker", "--overwrite");
    assertThat(FakePack.lastOpened().options().safetyChecker()).isFalse();
  }

  @Test
  void augment_captionerNone_promptIsTheLabel() {
    assertThat(augment("--captioner", "none")).isEqualTo(ExitCode.OK);

    assertThat(FakePack.lastOpened().options().replaced()).containsExactly(Part.CAPTIONER);
    assertThat(CommandBackend.request().prompt()).isEqualTo("ankle boot");
    assertThat(CommandBackend.captionings()).isEmpty();
  }

  @Test
  void augment_deviceWithOptions_reachesTheBackend() {
    augment(
        "--device",
        "tensorrt:1",
        "--device-option",
        "trt_fp16_enable=1",
        "--device-option",
        "trt_max_workspace_size=1000",
        "--device-slots",
        "2");

    assertThat(FakePack.lastOpened().options().device())
        .isEqualTo(
            new Device(
                Device.Kind.TENSORRT,
                1,
                null,
                Map.of("trt_fp16_enable", "1", "trt_max_workspace_size", "1000"),
                2));
  }

  @Test
  void augment_webDataset_writesShards() {
    assertThat(augment("--format", "webdataset:images=2")).isEqualTo(ExitCode.OK);

    assertThat(out.resolve("shard-000000.tar")).exists();
    assertThat(out.resolve("shard-000001.tar")).exists();
    assertThat(out.resolve("bag")).doesNotExist();
  }

  @Test
  void augment_split_augmentsItAlone() throws IOException {
    image("train/bag/1.png", 1);
    image("val/bag/1.png", 2);
    Files.delete(in.resolve("ankle_boot/1.png"));
    Files.delete(in.resolve("ankle_boot"));
    for (String name : List.of("bag/1.png", "bag/2.png", "bag")) {
      Files.delete(in.resolve(name));
    }

    assertThat(augment()).isEqualTo(ExitCode.USAGE);
    String line = stderr.toString().strip();
    assertThat(line).endsWith("sgid augment " + in + " " + out + " --split train");
    assertThat(augment("--split", "train")).isEqualTo(ExitCode.OK);

    assertThat(out.resolve("train/bag/1-sgid-0.png")).exists();
    assertThat(stdout.toString()).startsWith("1 picture in " + out.resolve("train"));
  }

  @Test
  void augment_classesWithSplitsNames_areWarnedOfInTheSummary() throws IOException {
    image("train/1.png", 1);

    assertThat(augment("--quiet")).isEqualTo(ExitCode.OK);

    assertThat(stderr.toString())
        .startsWith(
            "sgid: warning: Hugging Face datasets takes class folders for splits by their names:"
                + " train, and leaves out the other classes; load it with ");
  }

  @Test
  void augment_stepsAndUnetCalls_endsWith2() {
    assertThat(augment("--steps", "4", "--unet-calls", "2")).isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString())
        .startsWith("sgid: --steps and --unet-calls say the same in two ways: give one of them");
  }

  @Test
  void augment_seed_changesTheSeeds() throws IOException {
    augment("--seed", "-7");

    long seed = CommandBackend.request().seed();
    assertThat(Files.readString(out.resolve("sgid-job.json"))).contains("\"seed\": -7");
    CommandBackend.reset();
    augment("--overwrite");
    assertThat(CommandBackend.request().seed()).isNotEqualTo(seed);
  }

  @Test
  void augment_copiesAndOriginals_areWritten() {
    augment("--copies", "2", "--with-originals");

    assertThat(out.resolve("bag/1-sgid-1.png")).exists();
    assertThat(out.resolve("bag/1.png")).hasSameBinaryContentAs(in.resolve("bag/1.png"));
  }

  @Test
  void augment_quiet_printsNothing() {
    assertThat(augment("--quiet")).isEqualTo(ExitCode.OK);

    assertThat(stdout.toString()).isEmpty();
    assertThat(stderr.toString()).isEmpty();
  }

  @Test
  void augment_someFail_endsWith1AndSaysWhereTheyAreListed() throws IOException {
    Files.write(in.resolve("bag/1.png"), new byte[0]);
    Files.createFile(in.resolve("readme.txt"));

    assertThat(augment()).isEqualTo(ExitCode.SOME_FAILED);

    assertThat(stdout.toString())
        .startsWith("2 pictures in ")
        .contains("1 file in the data set ignored (no image, or none of it): readme.txt");
    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines(
            "sgid: 1 failure, listed in " + out.resolve("failures.jsonl") + "\n");
  }

  @Test
  void augment_linkOutOfIn_isFollowedWhereAskedFor() throws IOException {
    Path elsewhere = Files.move(in.resolve("bag/1.png"), in.resolveSibling("elsewhere.png"));
    Files.createSymbolicLink(in.resolve("bag/1.png"), elsewhere);

    assertThat(augment()).isEqualTo(ExitCode.SOME_FAILED);
    assertThat(out.resolve("failures.jsonl"))
        .content()
        .contains("bag/1.png", "leads out of the data set, to " + elsewhere.toRealPath());
    assertThat(augment("--follow-links")).isEqualTo(ExitCode.OK);

    assertThat(stdout.toString()).contains("1 picture in ", "2 pictures there before");
    assertThat(out.resolve("failures.jsonl")).doesNotExist();
  }

  @Test
  void augment_outNotOfSgid_endsWith2() throws IOException {
    Files.createDirectories(out);
    Files.createFile(out.resolve("notes.txt"));

    assertThat(augment()).isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines(
            "sgid: "
                + out
                + " is not empty, and no run of sgid began it: choose another folder, or let the"
                + " pictures stand beside what is there (--overwrite)\n");
    assertThat(augment("--overwrite")).isEqualTo(ExitCode.OK);
  }

  @Test
  void augment_again_goesOnAndSaysWhatWasThere() {
    augment();

    assertThat(augment("--copies", "2", "--no-report")).isEqualTo(ExitCode.OK);

    assertThat(stdout.toString())
        .endsWith("3 pictures there before, by former runs" + System.lineSeparator());
    assertThat(augment("--copies", "2", "--no-report")).isEqualTo(ExitCode.OK);
    assertThat(stdout.toString())
        .endsWith(
            "Nothing made in "
                + out
                + ": 6 pictures there before, by former runs"
                + System.lineSeparator());
    assertThat(augment("--copies", "2", "--seed", "9")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("was begun with other settings: seed was 0, is 9.");
  }

  @Test
  void augment_overwrite_namesWhatItLeaves() throws IOException {
    augment();
    for (String name : List.of("a", "b", "c", "d")) {
      Files.createFile(out.resolve(name));
    }

    assertThat(augment("--overwrite")).isEqualTo(ExitCode.OK);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines(
            "sgid: left in " + out + " what sgid did not write: a, b, c and 1 more\n");
  }

  @Test
  void augment_overwriteWithSettingsTheModelsRefuse_endsWith2AndRemovesNothing()
      throws IOException {
    augment();
    byte[] manifest = Files.readAllBytes(out.resolve("metadata.jsonl"));

    assertThat(augment("--overwrite", "--scheduler", "lcm")).isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines("sgid: scheduler must be ours, is lcm\n");
    assertThat(out.resolve("metadata.jsonl")).hasBinaryContent(manifest);
    assertThat(out.resolve("bag/1-sgid-0.png")).exists();
    assertThat(FakePack.lastOpened().closings()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--copies         | 0         | --copies: copies must be at least 1, is 0",
        "--copies         | two       | Invalid value for option '--copies': 'two' is not an int",
        "--noise-rate     | 1.5       | --noise-rate: noiseRate must be in (0, 1], is 1.5",
        "--steps          | 0         | --steps: steps must be at least 1, is 0",
        "--guidance       | strong    | Invalid value for option '--guidance': A guidance schedule"
            + " is constant:G, linear:SIM0,SIM1,G0,G1 or inverse:SIM0,SIM1,G0,G1, is"
            + " \"strong\"",
        "--scheduler      | heun      | Invalid value for option '--scheduler': A scheduler is one"
            + " of ddim (DDIMScheduler), dpm-solver (DPMSolverMultistepScheduler), lcm"
            + " (LCMScheduler), euler (EulerDiscreteScheduler), euler-ancestral"
            + " (EulerAncestralDiscreteScheduler), pndm (PNDMScheduler), unipc"
            + " (UniPCMultistepScheduler), model, is \"heun\"",
        "--eta            | 2         | --eta: eta must be in [0.0, 1.0], is 2.0",
        "--prompt         | {lable}   | Invalid value for option '--prompt': The prompt template"
            + " may use {label} and {caption}, has {lable} in \"{lable}\"",
        "--captions       | 0         | --captions: captions must be in [1, 100], is 0",
        "--caption-choice | worst     | Invalid value for option '--caption-choice': A caption"
            + " choice is best, first or random, is \"worst\"",
        "--size           | 64        | Invalid value for option '--size': A size is WIDTHxHEIGHT,"
            + " like 512x384, is \"64\"",
        "--output-size    | huge      | Invalid value for option '--output-size': An output"
            + " size is original or generated, is \"huge\"",
        "--format         | zip       | Invalid value for option '--format': A format is folders,"
            + " webdataset or webdataset:images=10000,megabytes=1000, is \"zip\"",
        "--split          | a/b       | --split: split must be the name of a folder in the data"
            + " set, like train, is \"a/b\"",
        "--lanes          | 0         | --lanes: lanes must be at least 1, is 0",
        "--batch          | 0         | --batch: batch must be at least 1, is 0",
        "--threads        | 0         | --threads: threads must be at least 1, is 0",
        "--device         | tpu       | Invalid value for option '--device': A device is auto,"
            + " cpu, cuda or cuda:N, tensorrt, rocm, directml, coreml, openvino, qnn, webgpu,"
            + " xnnpack, dnnl, nnapi, or plugin:LIBRARY, is \"tpu\"",
        "--device-slots   | 0         | --device-slots: slots must be at least 1, is 0",
        "--device-option  | a=b       | --device-option: Device auto takes no options, got {a=b}:"
            + " name the device that they are for, like cuda",
      })
  void augment_optionOutOfRange_endsWith2AndNamesIt(String option, String value, String message) {
    assertThat(augment(option, value)).isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines("sgid: " + message + " (see sgid augment --help)\n");
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"'', out, pack, IN", "in, '', pack, OUT", "in, out, '', --model"})
  void augment_emptyPath_endsWith2AndNamesIt(String in, String out, String pack, String name) {
    assertThat(run("augment", in, out, "--model", pack)).isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines(
            "sgid: "
                + name
                + " is empty; the folder one is in is called . (see sgid augment --help)\n");
  }

  @Test
  void augment_noStepLeft_endsWith2() {
    assertThat(augment("--noise-rate", "0.01")).isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines(
            "sgid: noiseRate must be at least 0.05 to run one of 20 steps, is 0.01\n");
    assertThat(FakePack.lastOpened().closings()).isEqualTo(1);
  }

  @Test
  void augment_noPackThere_endsWith3() {
    assertThat(run("augment", in.toString(), out.toString(), "--model", in + "/nowhere"))
        .isEqualTo(ExitCode.UNUSABLE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines("sgid: There is no model pack: " + in + "/nowhere\n");
    assertThat(out).doesNotExist();
  }

  @Test
  void augment_noDatasetThere_endsWith2BeforeAnythingIsOpened() {
    assertThat(run("augment", in + "/nowhere", out.toString(), "--model", pack.toString()))
        .isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines("sgid: There is no folder or file " + in + "/nowhere\n");
    assertThat(CommandBackend.openings).isZero();
  }

  @Test
  void augment_interrupted_endsWith130AndKeepsWhatIsDone() {
    Thread command = Thread.currentThread();
    CommandBackend.generator()
        .withBefore(
            requests -> {
              if (CommandBackend.generator().calls().size() == 17) {
                command.interrupt();
              }
            });

    int exitCode = augment("--batch", "1", "--copies", "16");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(exitCode).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(stderr.toString())
        .matches(
            "sgid: interrupted, \\d+ of 48 pictures made; the same command goes on from there\\R");
    assertThat(out.resolve("sgid.lock")).doesNotExist();
    assertThat(FakePack.lastOpened().closings()).isEqualTo(1);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no kill command")
  void augment_sigtermWhileThePackOpens_endsWith143() {
    CommandBackend.beforeOpening =
        () -> {
          try {
            long pid = ProcessHandle.current().pid();
            new ProcessBuilder("kill", "-TERM", Long.toString(pid)).start();
            TimeUnit.SECONDS.sleep(20);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            throw SgidException.cancelled(Stage.OPEN);
          }
        };

    assertThat(augment()).isEqualTo(143);

    assertThat(stderr.toString()).isEqualToNormalizingNewlines("sgid: interrupted\n");
    assertThat(out).doesNotExist();
  }

  @Test
  void augment_bug_endsWith70AndAStackTrace() {
    CommandBackend.generator()
        .withBefore(
            requests -> {
              throw new AssertionError("bug");
            });

    assertThat(augment()).isEqualTo(ExitCode.BUG);

    assertThat(stderr.toString()).contains("please report", "AssertionError: bug", "at dev.sgid");
  }

  @Test
  void augment_outOfMemory_endsWith3AndSaysWhatHelps() {
    CommandBackend.beforeOpening =
        () -> {
          throw new OutOfMemoryError("Java heap space");
        };

    assertThat(augment()).isEqualTo(ExitCode.UNUSABLE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines(
            "sgid: out of memory: try --lanes 1 --batch 1, or SGID_JAVA_OPTS=-Xmx8g\n");
  }

  @Test
  void augment_outOfMemoryWithOneImage_isThatImagesFailure() throws IOException {
    CommandBackend.generator()
        .withBefore(
            requests -> {
              if (CommandBackend.generator().calls().size() == 2) {
                throw new OutOfMemoryError("Java heap space");
              }
            });

    assertThat(augment("--batch", "1")).isEqualTo(ExitCode.SOME_FAILED);

    assertThat(stdout.toString()).startsWith("2 pictures in ");
    assertThat(Files.readString(out.resolve("failures.jsonl"))).contains("bag/1.png", "memory");
  }

  @Test
  void augment_unknownOption_endsWith2() {
    assertThat(augment("--frobnicate")).isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines(
            "sgid: Unknown option: '--frobnicate' (see sgid augment --help)\n");
  }

  @Test
  void sgid_noCommand_endsWith2() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString())
        .isEqualToNormalizingNewlines(
            "sgid: What to do? The commands are: plan, tune, augment, evaluate, report, apply-review,"
                + " compare, sweep, models, doctor (see sgid --help)\n");
  }

  @Test
  void sgid_version_isPrinted() {
    assertThat(run("--version")).isEqualTo(ExitCode.OK);

    assertThat(stdout.toString()).matches("(?s)sgid \\d+\\..*Java .*");
  }

  @Test
  void augment_help_namesEveryOption() {
    assertThat(run("augment", "--help")).isEqualTo(ExitCode.OK);

    assertThat(stdout.toString())
        .contains(
            "--model",
            "--copies",
            "--noise-rate",
            "--split",
            "--format",
            "--steps",
            "--unet-calls",
            "--guidance",
            "--scheduler",
            "--eta",
            "--timestep-spacing",
            "--strict",
            "--lanes",
            "--prompt",
            "--negative-prompt",
            "--captions",
            "--caption-choice",
            "--size",
            "--output-size",
            "--seed",
            "--batch",
            "--threads",
            "--captioner",
            "--no-safety-checker",
            "--scorer",
            "--generator",
            "--device",
            "--device-option",
            "--device-slots",
            "--with-originals",
            "--overwrite",
            "--quiet",
            "--json",
            "--help",
            "--version",
            "130 interrupted");
  }

  private int augment(String... options) {
    List<Object> args = new ArrayList<>(List.of("augment", in, out, "--model", pack));
    args.addAll(List.of(options));
    return sgid(args.toArray());
  }

  private int run(String... args) {
    return sgid((Object[]) args);
  }

  private void image(String name, int rgb) {
    Path ignored = image(in.resolve(name), rgb);
  }
}
