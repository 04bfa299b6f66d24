package dev.sgid;

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
public record PromptTemplate(String text) {
  /** {@code {label}, {caption}}. */
  public static final PromptTemplate DEFAULT = new PromptTemplate("{label}, {caption}");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w*)}");
  private static final Pattern DANGLING = Pattern.compile("^[\\s,;:]+|[\\s,;:]+$");

  public PromptTemplate {
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
    String prompt =
        PLACEHOLDER
            .matcher(text)
            .replaceAll(
                match ->
                    Matcher.quoteReplacement(
                        match.group(1).equals("label") ? label : caption.strip()));
    return caption.isBlank() ? DANGLING.matcher(prompt).replaceAll("") : prompt;
  }

  @Override
  public String toString() {
    return text;
  }
}
