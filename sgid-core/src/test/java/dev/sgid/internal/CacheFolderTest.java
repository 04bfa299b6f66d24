package dev.sgid.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its absolute paths are written otherwise")
class CacheFolderTest {
  @TempDir Path temporary;

  /** Properties have a dot or none, variables are in capitals. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sgid.cache=/a SGID_CACHE=/b user.home=/h                          | /a            | true
          sgid.cache= SGID_CACHE=/b user.home=/h                            | /b            | true
          user.home=/h                                                      | /h/.cache/sgid| false
          user.home=/h XDG_CACHE_HOME=/x                                    | /x/sgid       | false
          user.home=/h XDG_CACHE_HOME=x                                     | /h/.cache/sgid| false
          user.home=/h XDG_CACHE_HOME=                                      | /h/.cache/sgid| false
          user.home=? HOME=/h                                               | /h/.cache/sgid| false
          user.home= HOME=/h                                                | /h/.cache/sgid| false
          HOME=/h                                                           | /h/.cache/sgid| false
          user.home=/h HOME=/other                                          | /h/.cache/sgid| false
          os.name=Windows user.home=/h LOCALAPPDATA=/l XDG_CACHE_HOME=/x    | /l/sgid       | false
          os.name=Windows user.home=/h                                      | /h/AppData/Local/sgid | false
          """)
  void of_surroundings_isWhatTheySay(String surroundings, Path expected, boolean named)
      throws IOException {
    assertThat(in(surroundings)).isEqualTo(new CacheFolder(expected, named));
  }

  @ParameterizedTest
  @CsvSource({"user.home=?", "user.home=? HOME=", "user.home= HOME=?", "os.name=Linux"})
  void of_noHome_isAFolderOfTheUsersOwnInTheTemporaryFolder(String surroundings)
      throws IOException {
    String before = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", temporary.toString());
    CacheFolder folder;
    try {
      folder = in(surroundings);
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }

    assertThat(folder.named()).isFalse();
    assertThat(folder.path().getFileName().toString()).startsWith("sgid-").doesNotContain("?");
    assertThat(folder.path()).hasParent(temporary);
  }

  @Test
  void of_chosen_isOverAllElse() throws IOException {
    assertThat(CacheFolder.of(Path.of("mine"), name -> "/other", name -> "/other"))
        .isEqualTo(new CacheFolder(Path.of("mine").toAbsolutePath(), true));
  }

  private static CacheFolder in(String surroundings) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String pair : surroundings.split(" +", -1)) {
      String[] parts = pair.split("=", 2);
      values.put(parts[0], parts[1]);
    }
    return CacheFolder.of(null, values::get, values::get);
  }

  @Test
  void ownFolder_twice_isOneFolderThatNobodyElseMayEnter() throws IOException {
    Path folder = CacheFolder.ownFolder(temporary);

    assertThat(CacheFolder.ownFolder(temporary)).isEqualTo(folder);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    try (var left = Files.list(temporary)) {
      assertThat(left).containsExactly(folder);
    }
  }

  @Test
  void ownFolder_othersMayWriteIntoIt_isRefused() throws IOException {
    Path folder = CacheFolder.ownFolder(temporary);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertRefused(folder);
  }

  @Test
  void ownFolder_linkToElsewhere_isRefused(@TempDir Path elsewhere) throws IOException {
    Path folder = CacheFolder.ownFolder(temporary);
    Files.delete(folder);
    Files.createSymbolicLink(folder, elsewhere);

    assertRefused(folder);
  }

  private void assertRefused(Path folder) {
    assertThatThrownBy(() -> CacheFolder.ownFolder(temporary))
        .isInstanceOf(IOException.class)
        .hasMessage(folder + ": it belongs to somebody else, or others may write into it");
  }
}
