package dev.sgid.dataset.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CodePointOrderTest {
  @Test
  void compare_characterBeyondTheFirstPlane_comesLast() {
    String smile = "\ud83d\ude00"; // U+1F600, but its first char is less than U+FF21
    String wide = "\uff21";

    assertThat(Stream.of(smile, "b", wide, "B", "", "ba").sorted(CodePointOrder.INSTANCE))
        .containsExactly("", "B", "b", "ba", wide, smile);
  }
}
