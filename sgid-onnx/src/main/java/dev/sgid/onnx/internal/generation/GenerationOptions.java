package dev.sgid.onnx.internal.generation;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonElement;
import dev.sgid.SgidException;
import dev.sgid.internal.Require;
import dev.sgid.onnx.internal.JsonFile;
import java.nio.file.Path;

/**
 * How sequences are searched for. Names and meanings are transformers'.
 *
 * @param strategy how the next token is chosen
 * @param beams how many sequences a beam search keeps, at least 1; more where more are asked for
 * @param maxNewTokens how many tokens a sequence may have beyond its prompt, at least 1
 * @param minNewTokens how many tokens it must have beyond its prompt, at least 0
 * @param lengthPenalty exponent of a beam's length when scores are compared, finite
 * @param repetitionPenalty what tokens lose that are in the sequence already, above 0, 1 for
 *     nothing
 * @param earlyStopping when a beam search is over
 * @param temperature of sampling, above 0
 * @param topK how many of the likeliest tokens sampling draws from, at least 0, 0 for no limit
 * @param topP the probability that the tokens which sampling draws from have together, in (0, 1]
 * @param noRepeatNgram no run of so many tokens comes twice, prompt included, at least 0, 0 for no
 *     such rule
 */
public record GenerationOptions(
    Strategy strategy,
    int beams,
    int maxNewTokens,
    int minNewTokens,
    double lengthPenalty,
    double repetitionPenalty,
    EarlyStopping earlyStopping,
    double temperature,
    int topK,
    double topP,
    int noRepeatNgram) {
  /** transformers' own default of max_length, which it takes for max_new_tokens. */
  private static final int UNSET_MAX_LENGTH = 20;

  /** How the next token is chosen. */
  public enum Strategy {
    /** The likeliest, always. */
    GREEDY,
    /** The likeliest sequences are kept side by side. */
    BEAM,
    /** Drawn at random. */
    SAMPLE
  }

  /** When a beam search is over, once it has as many ended sequences as beams. */
  public enum EarlyStopping {
    /** When the likeliest running sequence, if it ended now, were worse than all of them. */
    FALSE,
    /** At once. */
    TRUE,
    /** When no running sequence can become better than all of them. */
    NEVER
  }

  public GenerationOptions {
    requireNonNull(strategy, "strategy");
    Require.atLeast(1, beams, "beams");
    Require.atLeast(1, maxNewTokens, "maxNewTokens");
    Require.atLeast(0, minNewTokens, "minNewTokens");
    if (!Double.isFinite(lengthPenalty)) {
      throw new IllegalArgumentException("lengthPenalty must be finite, is " + lengthPenalty);
    }
    requirePositive(repetitionPenalty, "repetitionPenalty");
    requireNonNull(earlyStopping, "earlyStopping");
    requirePositive(temperature, "temperature");
    Require.atLeast(0, topK, "topK");
    requirePositive(topP, "topP");
    Require.within(0, 1, topP, "topP");
    Require.atLeast(0, noRepeatNgram, "noRepeatNgram");
  }

  private static void requirePositive(double value, String name) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be finite and above 0, is " + value);
    }
  }

  /**
   * These options, with what a model folder's {@code generation_config.json} says over them; the
   * file may be missing, keys that are not of {@link GenerationOptions} are ignored.
   *
   * @throws SgidException if the file is not JSON or has a value out of range
   */
  public GenerationOptions withFolder(Path folder) {
    return with(JsonFile.readOrEmpty(folder.resolve("generation_config.json")));
  }

  /**
   * These options, with what a file says over them.
   *
   * @throws SgidException if the file has a value out of range
   */
  public GenerationOptions with(JsonFile file) {
    int maxLength = whole(file, "max_length", UNSET_MAX_LENGTH);
    // max_length and min_length count the start token as well
    int maxTokens = maxLength == UNSET_MAX_LENGTH ? maxNewTokens : maxLength - 1;
    int minTokens = file.has("min_length") ? whole(file, "min_length", 0) - 1 : minNewTokens;
    try {
      return new GenerationOptions(
          file.flag("do_sample", false) ? Strategy.SAMPLE : strategy,
          whole(file, "num_beams", beams),
          whole(file, "max_new_tokens", maxTokens),
          whole(file, "min_new_tokens", Math.max(0, minTokens)),
          file.number("length_penalty", lengthPenalty),
          file.number("repetition_penalty", repetitionPenalty),
          earlyStopping(file, earlyStopping),
          file.number("temperature", temperature),
          whole(file, "top_k", topK),
          file.number("top_p", topP),
          whole(file, "no_repeat_ngram_size", noRepeatNgram));
    } catch (IllegalArgumentException e) {
      throw JsonFile.broken(file.path(), "A value is out of range (" + e.getMessage() + ")", e);
    }
  }

  /** These options with another {@code maxNewTokens}. */
  public GenerationOptions withMaxNewTokens(int tokens) {
    return new GenerationOptions(
        strategy,
        beams,
        tokens,
        minNewTokens,
        lengthPenalty,
        repetitionPenalty,
        earlyStopping,
        temperature,
        topK,
        topP,
        noRepeatNgram);
  }

  private static int whole(JsonFile file, String key, int otherwise) {
    double value = file.number(key, otherwise);
    if (value != (int) value) {
      throw file.unexpected(key, "a whole number");
    }
    return (int) value;
  }

  private static EarlyStopping earlyStopping(JsonFile file, EarlyStopping otherwise) {
    JsonElement value = file.get("early_stopping");
    if (value == null) {
      return otherwise;
    }
    return switch (value.toString()) {
      case "false" -> EarlyStopping.FALSE;
      case "true" -> EarlyStopping.TRUE;
      case "\"never\"" -> EarlyStopping.NEVER;
      default -> throw file.unexpected("early_stopping", "true, false or \"never\"");
    };
  }

  /** How many sequences a search looks at side by side, where {@code wanted} are asked for. */
  int rows(int wanted) {
    return switch (strategy) {
      case GREEDY -> 1;
      case BEAM -> Math.max(wanted, beams);
      case SAMPLE -> wanted;
    };
  }

  /**
   * Refuses sequences that may get longer than a decoder takes.
   *
   * @param positions the longest sequence it takes, in tokens
   */
  void requireRoom(int promptLength, int positions) {
    if (maxNewTokens > positions - promptLength) {
      throw new IllegalArgumentException(
          "The prompt's %d tokens and maxNewTokens, %d, are more than the %d that the model takes"
              .formatted(promptLength, maxNewTokens, positions));
    }
  }
}
