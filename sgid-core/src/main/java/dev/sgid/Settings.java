package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * How pictures are made. Immutable; the {@code with…} methods give changed copies.
 *
 * <p>What counts, in this order: the settings of a call, those of the builder, the pack's defaults,
 * {@link #DEFAULTS}.
 *
 * @param generation how image-to-image makes a picture
 * @param guidance from similarity to guidance scale
 * @param prompt from label and caption to prompt
 * @param captions how many caption candidates are made, in [1, 100]
 * @param captionChoice which of them is taken
 * @param strict whether an image that is far from all that the pack knows is refused instead of
 *     warned of
 */
public record Settings(
    GenerationSettings generation,
    GuidanceSchedule guidance,
    PromptTemplate prompt,
    int captions,
    CaptionChoice captionChoice,
    boolean strict) {

  private static final int MOST_CAPTIONS = 100; // a beam each

  /** What holds where nobody says otherwise. */
  public static final Settings DEFAULTS =
      new Settings(
          GenerationSettings.DEFAULTS,
          GuidanceSchedule.linear(0.15, 0.35, 3, 7.5),
          PromptTemplate.DEFAULT,
          3,
          CaptionChoice.best(),
          false);

  public Settings {
    requireNonNull(generation, "generation");
    requireNonNull(guidance, "guidance");
    requireNonNull(prompt, "prompt");
    Require.within(1, MOST_CAPTIONS, captions, "captions");
    requireNonNull(captionChoice, "captionChoice");
  }

  /** These settings with the generation's changed. */
  public Settings withGeneration(UnaryOperator<GenerationSettings> change) {
    return new Settings(
        change.apply(generation), guidance, prompt, captions, captionChoice, strict);
  }

  /** These settings with another guidance schedule. */
  public Settings withGuidance(GuidanceSchedule value) {
    return new Settings(generation, value, prompt, captions, captionChoice, strict);
  }

  /** These settings with another prompt template. */
  public Settings withPrompt(PromptTemplate value) {
    return new Settings(generation, guidance, value, captions, captionChoice, strict);
  }

  /** These settings with another number of caption candidates, in [1, 100]. */
  public Settings withCaptions(int value) {
    return new Settings(generation, guidance, prompt, value, captionChoice, strict);
  }

  /** These settings with another choice among the candidates. */
  public Settings withCaptionChoice(CaptionChoice value) {
    return new Settings(generation, guidance, prompt, captions, value, strict);
  }

  /** These settings with images that are far from all that the pack knows refused, or not. */
  public Settings withStrict(boolean value) {
    return new Settings(generation, guidance, prompt, captions, captionChoice, value);
  }

  /**
   * These settings as plain values: what job files and packs have as JSON. Read back by {@link
   * #with(Map)}, but for strategies of the caller's own, of which only {@code toString} is there.
   *
   * @return values are numbers, texts, booleans, lists and maps of them, and null; in a fixed order
   */
  public Map<String, Object> toMap() {
    return SettingsMap.of(this);
  }

  /**
   * These settings with those changed that {@code values} names, as {@link #toMap} does.
   *
   * @throws IllegalArgumentException naming a key that there is not, or a value that is not what
   *     its key takes
   */
  public Settings with(Map<String, ?> values) {
    return SettingsMap.apply(this, values);
  }
}
