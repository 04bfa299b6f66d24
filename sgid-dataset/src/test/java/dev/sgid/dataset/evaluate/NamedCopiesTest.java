package dev.sgid.dataset.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.Source;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedCopiesTest {
  private static final DatasetReader IN =
      dataset("cat/1.jpg", "cat/12.jpg", "cat/img.png", "cat/img_7.png", "cat/a.jpg", "cat/a.png");

  private static DatasetReader dataset(String... names) {
    List<Source> sources =
        Arrays.stream(names)
            .map(name -> new Source(Path.of(name), name, name.substring(0, name.indexOf('/'))))
            .toList();
    return new DatasetReader() {
      @Override
      public String format() {
        return "names";
      }

      @Override
      public Path folder() {
        return Path.of("");
      }

      @Override
      public Iterator<Source> iterator() {
        return sources.iterator();
      }

      @Override
      public int size() {
        return sources.size();
      }

      @Override
      public List<Failure> failures() {
        return List.of();
      }

      @Override
      public List<String> ignored() {
        return List.of();
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "cat/1.png, cat/1.jpg",
    "cat/1-sgid-0.png, cat/1.jpg",
    "cat/1_aug.webp, cat/1.jpg",
    "cat/1 (2).png, cat/1.jpg",
    "cat/1a.png, cat/1.jpg",
    "cat/1.jpg.3.png, cat/1.jpg",
    "cat/12-0.png, cat/12.jpg",
    "cat/img2.png, cat/img.png",
    "cat/img_7_0.png, cat/img_7.png",
    "cat/img_70.png, cat/img.png",
  })
  void of_nameThatBeginsWithAnOriginals_isMatched(String copy, String original) {
    Copies copies = NamedCopies.of(IN, dataset(copy));

    assertThat(copies.bySource()).containsOnlyKeys(original);
    assertThat(copies.unmatched()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cat/123.png  | no original of the class \"cat\" has a name that its name begins with",
        "cat/image.png| no original of the class \"cat\" has a name that its name begins with",
        "cat/a-0.png  | several originals are called so: cat/a.jpg and cat/a.png",
        "dog/1.png    | the data set has no class \"dog\"",
      })
  void of_nameThatBeginsWithNone_isListed(String copy, String reason) {
    Copies copies = NamedCopies.of(IN, dataset(copy));

    assertThat(copies.count()).isZero();
    assertThat(copies.unmatched()).containsExactly(new Failure(copy, reason));
  }

  @Test
  void of_spaceInTheClass_isAnUnderscore() {
    assertThat(NamedCopies.of(dataset("ankle_boot/1.png"), dataset("ankle boot/1-0.png")).count())
        .isEqualTo(1);
  }
}
