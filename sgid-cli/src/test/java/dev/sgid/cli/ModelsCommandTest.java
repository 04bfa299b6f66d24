package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.testing.FakePack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code models check}, {@code models pull} and {@code doctor} on a pack without models. */
class ModelsCommandTest extends CommandFixture {
  ModelsCommandTest(@TempDir Path folder) {
    super(folder);
  }

  @Test
  void check_packThatWorks_saysWhatEachPartMade() {
    assertThat(sgid("models", "check", pack)).isEqualTo(ExitCode.OK);

    assertThat(stdout.toString())
        .startsWith("fake 1: can be used")
        .contains("Pack            " + pack)
        .contains("Captioner       \"a red thing\" (opened in ")
        .contains("Scorer          cosine with \"a photo\" ")
        .contains("Generator       a picture of 64x64; lanes 1, batch ");
    assertThat(stderr.toString()).isEmpty();
    assertThat(FakePack.lastOpened().closings()).isEqualTo(1);
    assertThat(CommandBackend.openings).isEqualTo(3);
  }

  @Test
  void check_packThatDoesNot_saysWhyAndEndsWith3() {
    Path no = folder.resolve("no");
    assertThat(sgid("models", "check", no)).isEqualTo(ExitCode.UNUSABLE);

    assertThat(stdout.toString())
        .startsWith(no + ": can't be used")
        .contains("Captioner       can't be used", "  There is no model pack: " + no);
    assertThat(stderr.toString()).isEqualToIgnoringNewLines("sgid: " + no + " can't be used");
  }

  @Test
  void check_partThatFails_namesItAndTheOthersRun() {
    CommandBackend.beforeOpening =
        () -> {
          if (CommandBackend.openings == 2) {
            throw new SgidException(Stage.OPEN, "The scorer\nis broken");
          }
        };
    assertThat(sgid("models", "check", pack)).isEqualTo(ExitCode.UNUSABLE);

    assertThat(stdout.toString())
        .contains("Captioner       \"a red thing\"")
        .contains("Scorer          can't be used", "  The scorer is broken")
        .contains("Generator       a picture");
  }

  @Test
  void check_json_isPrintedAlone() {
    assertThat(sgid("models", "check", pack, "--json", "-")).isEqualTo(ExitCode.OK);

    JsonObject json = JsonParser.parseString(stdout.toString()).getAsJsonObject();
    assertThat(json.get("usable").getAsBoolean()).isTrue();
    assertThat(json.getAsJsonArray("parts")).hasSize(3);
    assertThat(json.getAsJsonArray("parts").get(0).getAsJsonObject().get("part").getAsString())
        .isEqualTo("captioner");
  }

  @Test
  void doctor_machineAndPack_areDescribed() {
    assertThat(sgid("doctor", pack)).isIn(ExitCode.OK, ExitCode.SOME_FAILED);

    assertThat(stdout.toString())
        .contains("Java            " + System.getProperty("java.version"))
        .contains("Processors      " + Runtime.getRuntime().availableProcessors())
        .contains("Memory          ", "Cache           ", "Temporary       ")
        .contains("Runtime         fake")
        .contains("Pack            fake works", "captioner: \"a red thing\"");
  }

  @Test
  void doctor_packThatDoesNotRun_endsWith3() {
    assertThat(sgid("doctor", folder.resolve("no"), "--json", "-")).isEqualTo(ExitCode.UNUSABLE);

    JsonObject json = JsonParser.parseString(stdout.toString()).getAsJsonObject();
    assertThat(json.get("reason").getAsString()).isEqualTo("unusable");
    assertThat(json.getAsJsonObject("surroundings").get("processors").getAsInt()).isPositive();
    assertThat(json.getAsJsonObject("pack").get("usable").getAsBoolean()).isFalse();
  }

  @Test
  void look_folderThatCantBeWritten_saysSo() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");

    assertThat(Surroundings.Folder.look(file).problem()).startsWith("can't be written (");
    assertThat(Surroundings.Folder.look(folder.resolve("fresh")).problem()).isEmpty();
  }

  @Test
  void pull_archive_bringsItAndSaysWhatIsNext() throws IOException {
    Path zip = folder.resolve("pack.zip");
    try (ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(zip))) {
      to.putNextEntry(new ZipEntry("sgid.json"));
      to.write('{');
    }

    assertThat(sgid("models", "pull", zip, out)).isEqualTo(ExitCode.OK);
    assertThat(stdout.toString())
        .startsWith(out + " is there (SHA-256 ")
        .contains("Next: sgid models check " + out);
    assertThat(out.resolve("sgid.json")).hasContent("{");
    assertThat(sgid("models", "pull", zip, out)).isEqualTo(ExitCode.UNUSABLE);
    assertThat(stderr.toString()).contains("OUT must be a new or empty folder");
  }

  @Test
  void pull_wrongUsage_endsWith2() {
    assertThat(sgid("models", "pull", "https://example.org/a.zip", out)).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--sha256 is missing: give what was published");
    assertThat(sgid("models", "pull", "a.zip", out, "--sha256", "12")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("--sha256 must be 64 hexadecimal digits or none, is 12");
    assertThat(sgid("models", "pull", "a.zip", out, "--max-size", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(sgid("models")).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("What to do? The commands are: check, pull");
  }
}
