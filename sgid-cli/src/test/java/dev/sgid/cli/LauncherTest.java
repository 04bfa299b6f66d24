package dev.sgid.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code sgid}, with a Java that prints how it was called and a locale as told. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
  @TempDir Path folder;

  @BeforeEach
  void makeInstallation() throws IOException {
    Files.copy(Path.of("..", "sgid"), folder.resolve("sgid"));
    Files.writeString(folder.resolve("pom.xml"), "");
    Path target = Files.createDirectories(folder.resolve("sgid-cli/target"));
    Files.writeString(target.resolve("sgid.jar"), "");
    Files.writeString(target.resolve("sgid.built"), "");
    script("jdk/bin/java", "echo \"LC_ALL=${LC_ALL-unset}\"; for a; do echo \"$a\"; done");
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  private void script(String path, String text) throws IOException {
    Path script = folder.resolve(path);
    Files.createDirectories(script.resolve("..").normalize());
    Files.writeString(script, "#!/bin/sh\n" + text + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }

  /** What the Java of this installation was given. */
  private String launch(Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", folder.resolve("sgid").toString(), "augment", "a b")
            .redirectErrorStream(true);
    Map<String, String> own = builder.environment();
    String path = own.get("PATH");
    own.clear();
    own.put("PATH", folder.resolve("bin") + ":" + path);
    own.put("JAVA_HOME", folder.resolve("jdk").toString());
    own.putAll(environment);
    Process process = builder.start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  /**
   * {@code locale} answers by LC_ALL: what it says without it, and whether C.UTF-8 is there. As
   * glibc's does, it complains of a locale that is not installed, on a line of its own.
   */
  private void locale(String effect, boolean hasCUtf8) throws IOException {
    script(
        "bin/locale",
        """
        case $LC_ALL in
          C.UTF-8) %s ;;
          en_US.UTF-8) echo UTF-8 ;;
          *) printf '%s\\n' ;;
        esac"""
            .formatted(
                hasCUtf8 ? "echo UTF-8" : "echo 'Cannot set LC_ALL' >&2; echo ANSI_X3.4-1968",
                effect));
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-8,                          true,  unset",
    "ISO-8859-1,                     true,  unset",
    "ANSI_X3.4-1968,                 true,  C.UTF-8",
    "US-ASCII,                       true,  C.UTF-8",
    "Cannot set LC_ALL\\nANSI_X3.4-1968, true,  C.UTF-8",
    "Cannot set LC_ALL\\nUTF-8,      true,  C.UTF-8",
    "ANSI_X3.4-1968,                 false, en_US.UTF-8",
  })
  void launch_locale_isChosenByItsEffect(String effect, boolean hasCUtf8, String expected)
      throws IOException {
    locale(effect, hasCUtf8);

    assertThat(launch(Map.of("LANG", "xx_XX.UTF-8"))).startsWith("LC_ALL=" + expected + "\n");
  }

  @ParameterizedTest
  @CsvSource({"LANG, C, C.UTF-8", "LC_CTYPE, POSIX, C.UTF-8", "LANG, de_DE.UTF-8, unset"})
  void launch_noLocaleCommand_goesByTheName(String variable, String value, String expected)
      throws IOException {
    script("bin/locale", "exit 127");

    assertThat(launch(Map.of(variable, value))).startsWith("LC_ALL=" + expected + "\n");
  }

  @Test
  void launch_home_isJavasToo() throws IOException {
    assertThat(launch(Map.of("HOME", "/a home"))).contains("\n-Duser.home=/a home\n");
    assertThat(launch(Map.of("HOME", ""))).doesNotContain("user.home");
    assertThat(launch(Map.of())).doesNotContain("user.home");
  }

  @Test
  void launch_javaOptions_haveTheLastWord() throws IOException {
    String given = launch(Map.of("HOME", "/home", "SGID_JAVA_OPTS", "-Duser.home=/mine -Xmx8g"));

    assertThat(given)
        .containsSubsequence("-Duser.home=/home\n", "-Duser.home=/mine\n", "-Xmx8g\n", "-jar\n")
        .endsWith("\naugment\na b\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-Xmx8g                         | -Xmx8g",
        "  -Xmx8g   -Da=b               | -Xmx8g;-Da=b",
        "-Dfile='/a b/c.jfr' -Xmx8g     | -Dfile=/a b/c.jfr;-Xmx8g",
        "\"-Dfile=/a  b/it's.jfr\"       | -Dfile=/a  b/it's.jfr",
        "-Dfile=/a\\ b                  | -Dfile=/a b",
        "-Da=* -Db=$(touch/x) -Dc=`x`   | -Da=*;-Db=$(touch/x);-Dc=`x`",
        "-Da=$HOME                      | -Da=$HOME",
      })
  void launch_javaOptionsWithQuotes_areWords(String options, String expected) throws IOException {
    String given = launch(Map.of("SGID_JAVA_OPTS", options));

    assertThat(given).contains("\n-Dsgid.terminal=false\n" + expected.replace(';', '\n') + "\n-");
    assertThat(given.substring(given.indexOf("\n-jar\n"))).endsWith("/sgid.jar\naugment\na b\n");
  }

  @Test
  void launch_javaOptionsOfSpaces_areNone() throws IOException {
    assertThat(launch(Map.of("SGID_JAVA_OPTS", " "))).isEqualTo(launch(Map.of()));
    assertThat(launch(Map.of("SGID_JAVA_OPTS", ""))).isEqualTo(launch(Map.of()));
  }

  @Test
  void launch_javaOptionsWithHalfAQuote_isRefused() throws IOException {
    assertThat(launch(Map.of("SGID_JAVA_OPTS", "-Da='b")))
        .isEqualTo("sgid: SGID_JAVA_OPTS has a quote without its partner, is -Da='b\n");
  }
}
