package dev.sgid.onnx.internal.text;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.sgid.SgidException;
import dev.sgid.internal.Lifetime;
import dev.sgid.onnx.internal.JsonFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;

/**
 * Text to token ids and back, with the ids that transformers' <em>Fast</em> tokenizers give.
 *
 * <p>Opens a folder as transformers saves it: with {@code tokenizer.json}, or with what CLIP and
 * GPT-2 ({@code vocab.json}, {@code merges.txt}) or BERT ({@code vocab.txt}) need to build one.
 * Length, padding and special tokens come from {@code tokenizer_config.json} and {@code
 * special_tokens_map.json}.
 *
 * <p>The work is done by Hugging Face's native library, which DJL carries in its jar.
 *
 * <p>Thread-safe. Used after close, every method throws {@link IllegalStateException}.
 */
public final class TextTokenizer implements AutoCloseable {
  /**
   * An encoded text.
   *
   * @param ids token ids, special and padding tokens among them
   * @param attentionMask 1 where {@code ids} is a token of the text or a special one, 0 where it is
   *     padding
   * @param length how many of {@code ids} are not padding
   * @param cutText what of the text did not fit, from its first token that is left out; "" if
   *     everything fits
   */
  @SuppressWarnings("ArrayRecordComponent") // handed straight to a tensor
  public record Encoded(long[] ids, long[] attentionMask, int length, String cutText) {}

  /** Models know more tokens than there are, to fill up to a round number, but few. */
  private static final double LEAST_USED = 0.9;

  private final Path folder;
  private final TokenizerFolder files;
  private final int maxLength;
  private final NativeTokenizer tokenizer;
  private final Lifetime lifetime;

  private TextTokenizer(Path folder, TokenizerFolder files, int longest) {
    this.folder = folder;
    this.files = files;
    this.maxLength = Math.min(files.maxLength(), longest);
    this.tokenizer = NativeTokenizer.open(folder, files.json().toString());
    this.lifetime = new Lifetime("The tokenizer of " + folder, tokenizer::close);
  }

  /**
   * Opens the tokenizer of {@code folder} for a model that takes at most {@code longest} tokens,
   * which counts where the folder says more or nothing.
   *
   * @throws SgidException if a file is missing or broken, or the native library does not load
   */
  public static TextTokenizer open(Path folder, int longest) {
    if (longest < 1) {
      throw new IllegalArgumentException("longest must be at least 1, is " + longest);
    }
    return new TextTokenizer(folder, TokenizerFolder.read(folder), longest);
  }

  /**
   * Opens the tokenizer of {@code folder} for a text encoder that takes every text at one length.
   *
   * @param encoder the encoder's config, which may limit the length (max_position_embeddings) and
   *     says how many tokens there are (vocab_size)
   * @throws SgidException as {@link #open(Path, int)}, and if the two don't go together
   */
  public static TextTokenizer open(Path folder, JsonFile encoder) {
    return open(folder, encoder, 77);
  }

  /**
   * The same, of an encoder whose texts are {@code usualLength} long where its config doesn't say.
   */
  public static TextTokenizer open(Path folder, JsonFile encoder, int usualLength) {
    TextTokenizer tokenizer = open(folder, encoder.count("max_position_embeddings", usualLength));
    try {
      tokenizer.requireFits(encoder);
      return tokenizer;
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  private void requireFits(JsonFile encoder) {
    if (files.padId() < 0) {
      throw JsonFile.broken(folder, "The tokenizer's files name no pad_token", null);
    }
    if (encoder.has("vocab_size")) {
      requireVocabulary(encoder.count("vocab_size", 1));
    }
    try {
      encode("");
    } catch (IllegalStateException e) {
      throw JsonFile.broken(folder, "Not a tokenizer for this model (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Refuses the tokenizer of another model.
   *
   * @param known how many tokens the model knows, of which a few may be there to fill up
   * @throws SgidException if the tokenizer has more, or far less
   */
  public void requireVocabulary(int known) {
    int last = Collections.max(files.vocabulary().values());
    if (last >= known || last + 1 < known * LEAST_USED) {
      throw JsonFile.broken(
          folder,
          "This is the tokenizer of another model: its last token is "
              + last
              + ", and the model knows "
              + known
              + " (vocab_size); take the tokenizer's files that were published with the model",
          null);
    }
  }

  /**
   * Encodes {@code text} to exactly {@link #maxLength()} tokens: cut so that the end token stays,
   * or padded. Unpaired surrogates count as U+FFFD.
   *
   * @throws IllegalStateException if neither the files nor the caller of {@code open} limit the
   *     length, or padding is needed and the files name no padding token
   */
  public Encoded encode(String text) {
    if (maxLength == Integer.MAX_VALUE) {
      throw new IllegalStateException(
          "Can't pad without a length: no model_max_length in " + folder + ", none given to open");
    }
    Encoded encoded = encodeUnpadded(text);
    int length = encoded.length;
    if (length == maxLength) {
      return encoded;
    }
    if (files.padId() < 0) {
      throw new IllegalStateException("Can't pad: no pad_token in " + folder);
    }
    int at = files.padLeft() ? maxLength - length : 0;
    long[] ids = new long[maxLength];
    long[] mask = new long[maxLength];
    Arrays.fill(ids, files.padId());
    System.arraycopy(encoded.ids, 0, ids, at, length);
    Arrays.fill(mask, at, at + length, 1);
    return new Encoded(ids, mask, length, encoded.cutText);
  }

  /** Encodes {@code text} to at most {@link #maxLength()} tokens, without padding. */
  public Encoded encodeUnpadded(String text) {
    String clean = withoutLoneSurrogates(text);
    NativeTokenizer.Tokens all;
    try (Lifetime.Use use = lifetime.use()) {
      all = tokenizer.encode(clean);
    }
    long[] ids = all.ids();
    if (ids.length <= maxLength) {
      return encoded(ids, "");
    }
    long[] special = all.special();
    int begin = 0; // special tokens before the text, [0, begin)
    while (begin < ids.length && special[begin] == 1) {
      begin++;
    }
    int end = ids.length; // special tokens after it, [end, ids.length)
    while (end > begin && special[end - 1] == 1) {
      end--;
    }
    int cut = ids.length - maxLength;
    if (cut > end - begin) {
      throw new IllegalStateException(
          "No room for the text: " + folder + " adds more than " + maxLength + " special tokens");
    }
    CharSpan[] spans = all.spans();
    int from = files.cutLeft() ? begin : end - cut; // the tokens left out, [from, from + cut)
    long[] kept = new long[maxLength];
    System.arraycopy(ids, 0, kept, 0, from);
    System.arraycopy(ids, from + cut, kept, from, ids.length - from - cut);
    // the spans count code points
    String cutText =
        files.cutLeft()
            ? clean.substring(0, clean.offsetByCodePoints(0, spans[from + cut - 1].getEnd()))
            : clean.substring(clean.offsetByCodePoints(0, spans[from].getStart()));
    return encoded(kept, cutText);
  }

  private static Encoded encoded(long[] ids, String cutText) {
    long[] mask = new long[ids.length];
    Arrays.fill(mask, 1);
    return new Encoded(ids, mask, ids.length, cutText);
  }

  /** The text of {@code ids}; special tokens are left out where {@code skipSpecialTokens}. */
  public String decode(long[] ids, boolean skipSpecialTokens) {
    String text;
    try (Lifetime.Use use = lifetime.use()) {
      text = tokenizer.decode(ids, skipSpecialTokens);
    }
    if (!files.wordSuffix().isEmpty()) {
      text = strip(text.replace(files.wordSuffix(), " "));
    }
    return files.tidySpaces() ? tidy(text) : text;
  }

  /** The longest encoding in tokens; {@link Integer#MAX_VALUE} where nothing limits it. */
  public int maxLength() {
    return maxLength;
  }

  /** Frees native memory, after the calls that are running. Closing twice is fine. */
  @Override
  public void close() {
    lifetime.close();
  }

  /** The native library's strings are UTF-8, which has no unpaired surrogates. */
  private static String withoutLoneSurrogates(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        clean = clean == null ? new StringBuilder(text) : clean;
        clean.setCharAt(i, '\ufffd');
      }
    }
    return clean == null ? text : clean.toString();
  }

  /** Python's {@code str.strip}, which knows more white space than Java's. */
  private static String strip(String text) {
    int begin = 0;
    int end = text.length();
    while (begin < end && isSpace(text.charAt(begin))) {
      begin++;
    }
    while (end > begin && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(begin, end);
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  private static String tidy(String text) {
    return text.replace(" .", ".")
        .replace(" ?", "?")
        .replace(" !", "!")
        .replace(" ,", ",")
        .replace(" ' ", "'")
        .replace(" n't", "n't")
        .replace(" 'm", "'m")
        .replace(" 's", "'s")
        .replace(" 've", "'ve")
        .replace(" 're", "'re");
  }
}
