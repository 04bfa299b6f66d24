package dev.sgid.internal;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Constants as people write them: in lower case. */
public final class Choice {
  private Choice() {}

  /** The text of a constant. */
  public static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The constant of a text, in any case.
   *
   * @param what the constants are, as the error's first words
   * @throws IllegalArgumentException naming all constants if {@code text} is none of them
   */
  public static <E extends Enum<E>> E parse(Class<E> type, String what, String text) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    String wanted = requireNonNull(text, "text").strip().toLowerCase(Locale.ROOT);
    for (E constant : constants) {
      if (text(constant).equals(wanted)) {
        return constant;
      }
    }
    List<String> texts = constants.stream().map(Choice::text).toList();
    String all =
        String.join(", ", texts.subList(0, texts.size() - 1))
            + " or "
            + texts.get(texts.size() - 1);
    throw new IllegalArgumentException(what + " is " + all + ", is \"" + text + "\"");
  }
}
