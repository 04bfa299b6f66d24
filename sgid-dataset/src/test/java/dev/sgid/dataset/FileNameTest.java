package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(value = OS.LINUX, disabledReason = "names are any bytes there only")
class FileNameTest {
  private final Path folder;

  FileNameTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @CsvSource({
    "plain.png, plain.png, true",
    "a%20b%25.png, a b%.png, true",
    "caf%C3%A9.png, caf\u00e9.png, true",
    "%EF%BF%BD.png, \ufffd.png, true", // the character that stands for what is none
    "caf%E9.png, caf%E9.png, false",
    "caf%E8.png, caf%E8.png, false",
    "%E9%20%25.png, %E9%20%25.png, false",
    "%ED%A0%80.png, %ED%A0%80.png, false", // half a surrogate pair
    "%C3%A9%FF.png, %C3%A9%FF.png, false"
  })
  void of_anyBytes_isTheNameOrItsBytes(String uri, String text, boolean decodable) {
    Path path = Path.of(URI.create(folder.toUri() + uri));

    assertThat(FileName.of(path)).isEqualTo(new FileName(text, decodable));
  }

  @Test
  void of_folderThatIsThere_hasNoSlash() throws IOException {
    Path path = Files.createDirectory(Path.of(URI.create(folder.toUri() + "%E9")));

    assertThat(FileName.of(path).text()).isEqualTo("%E9");
    assertThat(FileName.of(folder.relativize(path).resolve("")).text()).isEqualTo("%E9");
  }

  /** In the C locale Java has no character beyond ASCII for the names of files. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void run_inAnyLocale_namesAndLabelsAreTheSame(String locale) throws Exception {
    Path in = folder.resolve("in");
    for (String name : List.of("caf%C3%A9/%E9.png", "caf%C3%A9/%C3%BC.png", "%E9/1.png")) {
      Path file = Path.of(URI.create(in.toUri() + "/" + name));
      Files.createDirectories(file.getParent());
      Files.write(file, TestImages.encode(TestImages.noise(8, 6, name.hashCode()), "png"));
    }
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            OutLockTest.classPath(),
            LocaleMain.class.getName(),
            in.toString(),
            out.toString());
    builder.environment().put("LC_ALL", locale);
    Path said = folder.resolve("said");
    Process run =
        builder
            .redirectOutput(said.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(run.waitFor(2, TimeUnit.MINUTES)).isTrue();

    assertThat(said).hasContent("2 1");
    assertThat(Files.readAllLines(out.resolve("metadata.jsonl"), UTF_8))
        .map(ManifestLine::parse)
        .extracting(line -> line.label() + " " + line.source() + " " + line.fileName())
        .containsExactly(
            "caf\u00e9 caf\u00e9/%E9.png caf\u00e9/%E9.png",
            "caf\u00e9 caf\u00e9/%E9.png caf\u00e9/%E9-sgid-0.png",
            "caf\u00e9 caf\u00e9/\u00fc.png caf\u00e9/\u00fc.png",
            "caf\u00e9 caf\u00e9/\u00fc.png caf\u00e9/\u00fc-sgid-0.png");
    for (String name : List.of("caf\u00e9/%E9-sgid-0.png", "caf\u00e9/\u00fc-sgid-0.png")) {
      assertThat(FileName.resolve(out, name)).exists();
    }
  }
}
