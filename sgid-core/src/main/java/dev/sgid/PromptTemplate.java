package dev.sgid;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the prompt out of label and caption.
 *
 * <p>A tokenizer cuts what is too long at the end, so a template should name the label first: then
 * it is the caption that loses words, never the label.
 *
 * @param text with {@code {label}} and {@code {caption}} where they shall stand; either may be
 *     absent
 */
public record PromptTemplate(String text) implements Serializable {
  // before DEFAULT, whose making needs it
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w*)}");

  // with the separators before it; at the start or the end of the text with those after it, too
  private static final Pattern CAPTION_PLACE =
      Pattern.compile("^[\\s,;:]*\\{caption}[\\s,;:]*|[\\s,;:]*\\{caption}(?:[\\s,;:]*$)?");

  /** {@code {label}, {caption}}. */
  public static final PromptTemplate DEFAULT = new PromptTemplate("{label}, {caption}");

  public PromptTemplate {
    requireNonNull(text, "text");
    Matcher matcher = PLACEHOLDER.matcher(text);
    while (matcher.find()) {
      if (!matcher.group(1).equals("label") && !matcher.group(1).equals("caption")) {
        throw new IllegalArgumentException(
            "The prompt template may use {label} and {caption}, has "
                + matcher.group()
                + " in \""
                + text
                + "\"");
      }
    }
  }

  /**
   * The prompt for a label and a caption, each put in as it is. Where the caption is blank, the
   * separators around its place go too.
   */
  public String format(String label, String caption) {
    String template = caption.isBlank() ? CAPTION_PLACE.matcher(text).replaceAll("") : text;
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(match.group(1).equals("label") ? label : caption.strip()));
  }

  /** Where the label ends in {@link #format}'s prompt, its first one; 0 where there is none. */
  int endOfLabel(String label, String caption) {
    int place = text.indexOf("{label}");
    if (place < 0) {
      return 0;
    }
    PromptTemplate untilLabel = new PromptTemplate(text.substring(0, place + "{label}".length()));
    return untilLabel.format(label, caption).length();
  }

  @Override
  public String toString() {
    return text;
  }
}
