package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnsTest {
  // columns as Python's wcwidth 0.9.4 gives them
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "bag, 3",
    "\u00e9, 1",
    "e\u0301, 1",
    "\u72ac, 2",
    "\u30a2, 2",
    "\uff21, 2",
    "\uac1c, 2",
    "\ud83d\udc36, 2",
    "\u043f\u0441, 2"
  })
  void of_text_isWhatItTakesOnATerminal(String text, int columns) {
    assertThat(Columns.of(text)).isEqualTo(columns);
  }

  @ParameterizedTest
  @CsvSource({
    "ankle_boot, 10, ankle_boot",
    "ankle_boot, 9, ankle_...",
    "\u72ac\u3068\u732b\u3068, 7, \u72ac\u3068...",
    "\u72ac\u3068\u732b\u3068, 6, \u72ac...",
  })
  void plain_tooLong_isCutWithDots(String text, int most, String plain) {
    assertThat(Columns.plain(text, most)).isEqualTo(plain);
  }
}
