package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputNamesTest {
  @Test
  void copy_oneSource_isNamedAfterIt() {
    Source source = source("cat/tom.v2.jpg");

    OutputNames names = names(1, false, source);

    assertThat(names.copy(source, 0)).isEqualTo("cat/tom.v2-sgid-0.png");
    assertThat(names.original(source)).isEqualTo("cat/tom.v2.jpg");
  }

  @Test
  void copy_sourceInSubfolder_liesInTheClassFolder() {
    Source source = source("cat/2024/tom.jpg");

    assertThat(names(1, false, source).copy(source, 3)).isEqualTo("cat/tom-sgid-3.png");
  }

  @Test
  void copy_sameStem_getsAHashEach() {
    Source jpg = source("cat/tom.jpg");
    Source png = source("cat/tom.png");
    Source upper = source("cat/TOM.bmp");
    Source other = source("dog/tom.jpg");

    OutputNames names = names(1, false, jpg, png, upper, other);

    assertThat(names.copy(jpg, 0)).matches("cat/tom-[0-9a-f]{8}-sgid-0\\.png");
    assertThat(names.copy(upper, 0)).matches("cat/TOM-[0-9a-f]{8}-sgid-0\\.png");
    assertThat(names.copy(other, 0)).isEqualTo("dog/tom-sgid-0.png");
    assertThat(
            Stream.of(jpg, png, upper)
                .map(s -> names.copy(s, 0).toLowerCase(java.util.Locale.ROOT)))
        .doesNotHaveDuplicates();
  }

  @Test
  void copy_sameNameInTwoUnicodeForms_getsAHash() {
    Source composed = source("cat/caf\u00e9.png");
    Source decomposed = source("cat/cafe\u0301.png");

    assertThat(names(1, false, composed, decomposed).copy(composed, 0))
        .matches("cat/caf\u00e9-[0-9a-f]{8}-sgid-0\\.png");
  }

  @Test
  void copy_longName_isCutBetweenCharactersToFit() {
    Source source = source("cat/" + "\ud83d\ude00".repeat(62) + ".png"); // 252 bytes

    OutputNames names = names(1000, true, source);
    String name = names.copy(source, 999).substring(4);

    assertThat(name.getBytes(UTF_8)).hasSizeBetween(249, 255);
    assertThat(name).matches("(\ud83d\ude00)+-[0-9a-f]{8}-sgid-999\\.png");
  }

  @Test
  void copy_originalOfThatName_getsAHash() {
    Source source = source("cat/tom.png");
    Source taken = source("cat/tom-sgid-1.png");

    OutputNames names = names(2, true, source, taken);

    assertThat(names.original(taken)).isEqualTo("cat/tom-sgid-1.png");
    assertThat(names.copy(source, 1)).matches("cat/tom-[0-9a-f]{8}-sgid-1\\.png");
  }

  @Test
  void copy_labelThatIsNoFolderName_getsOne() {
    Source shirt = labelled("1.png", "T-shirt/top");
    Source net = labelled("2.png", ".net");
    Source up = labelled("3.png", "..");
    Source line = labelled("4.png", "a\nb");

    OutputNames names = names(1, false, shirt, net, up, line);

    assertThat(names.copy(shirt, 0)).isEqualTo("T-shirt_top/1-sgid-0.png");
    assertThat(names.copy(net, 0)).isEqualTo("_net/2-sgid-0.png");
    assertThat(names.copy(up, 0)).isEqualTo("__/3-sgid-0.png");
    assertThat(names.copy(line, 0)).isEqualTo("a_b/4-sgid-0.png");
    assertThat(names.classes()).containsExactly("..", ".net", "T-shirt/top", "a\nb");
  }

  @ParameterizedTest
  @CsvSource({
    "../evil, _._evil",
    "..\\evil, _._evil",
    "/etc, _etc",
    "C:, C_",
    "C:\\Windows, C__Windows",
    "'\\\\host\\share', __host_share",
    "dog., dog_",
    "'dog ', dog_",
    "..., _._",
    "con, con_",
    "LPT1.old, LPT1.old_",
    "console, console"
  })
  void copy_labelThatWouldLeadElsewhere_staysInTheFolder(String label, String folder) {
    Source source = labelled("1.png", label);

    String name = names(1, true, source).copy(source, 0);

    assertThat(name).isEqualTo(folder + "/1-sgid-0.png");
  }

  @Test
  void copy_sourceWhoseNameIsAPathElsewhere_staysInTheFolder() {
    Source source = new Source(Path.of("in"), "cat/..\\..\\C:evil.png", "cat");

    OutputNames names = names(1, true, source);

    assertThat(names.copy(source, 0)).matches("cat/\\.\\._\\.\\._C_evil-[0-9a-f]{8}-sgid-0\\.png");
    assertThat(names.original(source)).matches("cat/\\.\\._\\.\\._C_evil-[0-9a-f]{8}\\.png");
  }

  @Test
  void copy_labelsThatWouldShareAFolder_areKeptApart() {
    Source slash = labelled("1.png", "a/b");
    Source line = labelled("2.png", "a\tb");
    Source plain = labelled("3.png", "a_b");

    OutputNames names = names(1, false, slash, line, plain);

    assertThat(names.copy(slash, 0)).matches("a_b-[0-9a-f]{8}/1-sgid-0\\.png");
    assertThat(names.copy(line, 0)).matches("a_b-[0-9a-f]{8}/2-sgid-0\\.png");
    assertThat(names.copy(plain, 0)).isEqualTo("a_b/3-sgid-0.png");
    assertThat(names.copy(slash, 0)).isNotEqualTo(names.copy(line, 0));
  }

  @Test
  void copy_longLabel_isCutToFit() {
    Source source = labelled("1.png", "\u00e9".repeat(200)); // 400 bytes

    String folder = names(1, false, source).copy(source, 0).replaceAll("/.*", "");

    assertThat(folder.getBytes(UTF_8)).hasSizeBetween(250, 255);
  }

  private static Source labelled(String name, String label) {
    return new Source(Path.of("in", name), name, label);
  }

  private static OutputNames names(int copies, boolean withOriginals, Source... sources) {
    return new OutputNames(List.of(sources), source -> copies, copies, withOriginals, ".png");
  }

  private static Source source(String path) {
    return new Source(Path.of("in"), path, path.substring(0, path.indexOf('/')));
  }
}
