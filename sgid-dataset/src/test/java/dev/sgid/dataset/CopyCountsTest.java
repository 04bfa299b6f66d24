package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyCountsTest {
  @Test
  void of_noBalance_isTheSameForAll() {
    List<Source> sources = sources("cat", 5, "dog", 2);
    CopyCounts counts = counts(sources, 3, null);

    assertThat(sources).allSatisfy(source -> assertThat(counts.of(source)).isEqualTo(3));
    assertThat(counts.total()).isEqualTo(21);
    assertThat(counts.most()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "max,  2, 10, 27, 28, 29", // 30 images each
    "max,  0,  0,  7,  8,  9",
    "0.5,  1, 10,  7,  8,  9", // half of 20 is 10
    "0.51, 1, 10,  8,  9, 10", // 10.2: fewer than 11 were less
    "4,    1, 10,  3,  2,  3",
    "4,    0,  0,  1,  2,  3",
    "1,    1, 10,  3,  2,  1",
  })
  void of_balance_fillsEachClassAndTakesNoneAway(
      String balance, int copies, int largest, int three, int two, int one) {
    List<Source> sources = sources("large", 10, "three", 3, "two", 2, "one", 1);
    CopyCounts counts = counts(sources, copies, Balance.parse(balance));
    int each = Math.max(copies * 10, largest);

    assertThat(ofClass(sources, counts, "large")).isEqualTo(each == 0 ? 0 : copies * 10);
    assertThat(ofClass(sources, counts, "three")).isEqualTo(three);
    assertThat(ofClass(sources, counts, "two")).isEqualTo(two);
    assertThat(ofClass(sources, counts, "one")).isEqualTo(one);
    assertThat(counts.total()).isEqualTo(copies * 10 + three + two + one);
  }

  @Test
  void of_balanceWithARest_differsByOneAtMost() {
    List<Source> sources = sources("large", 100, "small", 7);
    CopyCounts counts = counts(sources, 1, Balance.max());
    List<Integer> small =
        sources.stream().filter(s -> s.label().equals("small")).map(counts::of).toList();

    assertThat(small).containsOnly(27, 28); // 193 copies of 7 images
    assertThat(small.stream().filter(n -> n == 28)).hasSize(193 - 27 * 7);
    assertThat(counts.most()).isEqualTo(28);
  }

  @Test
  void of_classThatGrows_changesForOneImageAtMost() {
    for (int size = 1; size < 60; size++) {
      List<Source> before = sources("large", 40, "small", size);
      List<Source> after = sources("large", 40, "small", size + 1);
      CopyCounts counts = counts(before, 0, Balance.images(64));
      CopyCounts grown = counts(after, 0, Balance.images(64));
      int whole = (64 - size) / size;
      if (whole == (64 - size - 1) / (size + 1)) {
        assertThat(before.stream().filter(s -> counts.of(s) < grown.of(s)))
            .as("%s images", size)
            .isEmpty();
      }
    }
  }

  @Test
  void of_largestThatGrows_givesMoreAndTakesNoneAway() {
    List<Source> before = sources("large", 40, "small", 7);
    List<Source> after = sources("large", 41, "small", 7);

    assertThat(counts(after, 1, Balance.max()).covers(before, counts(before, 1, Balance.max())))
        .isTrue();
    assertThat(counts(before, 1, Balance.max()).covers(before, counts(after, 1, Balance.max())))
        .isFalse();
  }

  @Test
  void of_orderOfTheDataSet_doesNotMatter() {
    List<Source> sources = sources("large", 40, "small", 7);
    List<Source> reversed = new ArrayList<>(sources);
    Collections.reverse(reversed);
    CopyCounts counts = counts(sources, 1, Balance.max());
    CopyCounts others = counts(reversed, 1, Balance.max());

    assertThat(sources).allSatisfy(s -> assertThat(others.of(s)).isEqualTo(counts.of(s)));
  }

  @Test
  void new_moreThanCanBeCounted_isRefused() {
    assertThatThrownBy(() -> counts(sources("a", 2, "b", 2), 1, Balance.images(Integer.MAX_VALUE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "copies and balance ask for 4294967290 pictures, there must be at most 2147483647");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "many | A balance is max, a number of images of each class like 500, or a part of the"
            + " largest class like 0.5, is \"many\"",
        "0    | images of a class must be at least 1, is 0",
        "1.5  | The ratio of a balance must be above 0 and at most 1, is 1.5",
        "0.0  | The ratio of a balance must be above 0 and at most 1, is 0.0",
        "NaN  | The ratio of a balance must be above 0 and at most 1, is NaN",
        "-3   | The ratio of a balance must be above 0 and at most 1, is -3.0",
        "9999999999 | A balance is max, a number of images of each class like 500, or a part of"
            + " the largest class like 0.5, is \"9999999999\""
      })
  void parse_noBalance_saysWhatOneIs(String text, String message) {
    assertThatThrownBy(() -> Balance.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"max,max", "MAX,max", "1.0,max", "500,500", "0.5,0.5", ".25,0.25"})
  void parse_balance_isWhatItPrints(String text, String printed) {
    assertThat(Balance.parse(text)).hasToString(printed).isEqualTo(Balance.parse(printed));
  }

  private static CopyCounts counts(List<Source> sources, int copies, @Nullable Balance balance) {
    return new CopyCounts(sources, label -> copies, balance);
  }

  private static int ofClass(List<Source> sources, CopyCounts counts, String label) {
    return sources.stream().filter(s -> s.label().equals(label)).mapToInt(counts::of).sum();
  }

  private static List<Source> sources(Object... labelsAndSizes) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < labelsAndSizes.length; i += 2) {
      String label = (String) labelsAndSizes[i];
      IntStream.range(0, (int) labelsAndSizes[i + 1])
          .mapToObj(n -> new Source(Path.of(label, n + ".png"), label + "/" + n + ".png", label))
          .forEach(sources::add);
    }
    return sources;
  }
}
