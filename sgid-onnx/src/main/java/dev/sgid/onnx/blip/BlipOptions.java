package dev.sgid.onnx.blip;

import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.generation.GenerationOptions;
import java.nio.file.Path;

/**
 * How captions are searched for. Names and meanings are transformers'.
 *
 * @param strategy how the next token is chosen
 * @param beams how many sequences a beam search keeps, at least 1; more where more candidates are
 *     asked for
 * @param maxNewTokens how many tokens a caption may have beyond its prefix, at least 1
 * @param minNewTokens how many tokens it must have beyond its prefix, at least 0
 * @param lengthPenalty exponent of a beam's length when scores are compared: above 0 favours long
 *     captions, finite
 * @param repetitionPenalty what tokens lose that are in the caption already, above 0, 1 for nothing
 * @param earlyStopping when a beam search is over
 * @param temperature of sampling, above 0: below 1 the likely gets likelier
 * @param topK how many of the likeliest tokens sampling draws from, at least 0, 0 for no limit
 * @param topP the probability that the tokens which sampling draws from have together, in (0, 1]
 * @param prefix what every caption begins with, and the model goes on from; may be empty
 */
public record BlipOptions(
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
    String prefix) {
  /** Beam search with 3 beams and up to 20 new tokens; the rest is as transformers has it. */
  public static final BlipOptions DEFAULTS =
      new BlipOptions(Strategy.BEAM, 3, 20, 0, 1, 1, EarlyStopping.FALSE, 1, 50, 1, "");

  /** How the next token is chosen. */
  public enum Strategy {
    /** The likeliest, always; there is one caption, however many are asked for. */
    GREEDY,
    /** The likeliest sequences of several tokens are kept side by side. Nothing is random. */
    BEAM,
    /** Drawn at random, from the seed of the call. */
    SAMPLE
  }

  /** When a beam search is over, once it has as many captions as beams. */
  public enum EarlyStopping {
    /** When the likeliest running sequence, if it ended now, were worse than all of them. */
    FALSE,
    /** At once. */
    TRUE,
    /** When no running sequence can become better than all of them. */
    NEVER
  }

  public BlipOptions {
    requireNonNull(strategy, "strategy");
    requireNonNull(earlyStopping, "earlyStopping");
    requireNonNull(prefix, "prefix");
    new GenerationOptions( // checks the ranges
        generationOf(strategy),
        beams,
        maxNewTokens,
        minNewTokens,
        lengthPenalty,
        repetitionPenalty,
        generationOf(earlyStopping),
        temperature,
        topK,
        topP,
        0);
  }

  private static GenerationOptions.Strategy generationOf(Strategy strategy) {
    return GenerationOptions.Strategy.valueOf(strategy.name());
  }

  private static GenerationOptions.EarlyStopping generationOf(EarlyStopping earlyStopping) {
    return GenerationOptions.EarlyStopping.valueOf(earlyStopping.name());
  }

  /**
   * The defaults, with what a model folder's {@code generation_config.json} says over them; the
   * file may be missing, keys that are not of {@link BlipOptions} are ignored. (transformers'
   * BlipForConditionalGeneration does not read this file when it generates.)
   *
   * @throws SgidException if the file is not JSON or has a value out of range
   */
  public static BlipOptions of(Path folder) {
    return of(DEFAULTS.generation().withFolder(folder), DEFAULTS.prefix);
  }

  static BlipOptions of(GenerationOptions options, String prefix) {
    return new BlipOptions(
        Strategy.valueOf(options.strategy().name()),
        options.beams(),
        options.maxNewTokens(),
        options.minNewTokens(),
        options.lengthPenalty(),
        options.repetitionPenalty(),
        EarlyStopping.valueOf(options.earlyStopping().name()),
        options.temperature(),
        options.topK(),
        options.topP(),
        prefix);
  }

  /** All but the prefix. */
  GenerationOptions generation() {
    return new GenerationOptions(
        generationOf(strategy),
        beams,
        maxNewTokens,
        minNewTokens,
        lengthPenalty,
        repetitionPenalty,
        generationOf(earlyStopping),
        temperature,
        topK,
        topP,
        0);
  }

  /** A builder that begins with these options. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Changes some of the options; not thread-safe. */
  public static final class Builder {
    private Strategy strategy;
    private int beams;
    private int maxNewTokens;
    private int minNewTokens;
    private double lengthPenalty;
    private double repetitionPenalty;
    private EarlyStopping earlyStopping;
    private double temperature;
    private int topK;
    private double topP;
    private String prefix;

    private Builder(BlipOptions from) {
      strategy = from.strategy;
      beams = from.beams;
      maxNewTokens = from.maxNewTokens;
      minNewTokens = from.minNewTokens;
      lengthPenalty = from.lengthPenalty;
      repetitionPenalty = from.repetitionPenalty;
      earlyStopping = from.earlyStopping;
      temperature = from.temperature;
      topK = from.topK;
      topP = from.topP;
      prefix = from.prefix;
    }

    /** Sets {@link BlipOptions#strategy}. */
    public Builder strategy(Strategy newStrategy) {
      strategy = newStrategy;
      return this;
    }

    /** Sets {@link BlipOptions#beams}. */
    public Builder beams(int newBeams) {
      beams = newBeams;
      return this;
    }

    /** Sets {@link BlipOptions#maxNewTokens}. */
    public Builder maxNewTokens(int newMaxNewTokens) {
      maxNewTokens = newMaxNewTokens;
      return this;
    }

    /** Sets {@link BlipOptions#minNewTokens}. */
    public Builder minNewTokens(int newMinNewTokens) {
      minNewTokens = newMinNewTokens;
      return this;
    }

    /** Sets {@link BlipOptions#lengthPenalty}. */
    public Builder lengthPenalty(double newLengthPenalty) {
      lengthPenalty = newLengthPenalty;
      return this;
    }

    /** Sets {@link BlipOptions#repetitionPenalty}. */
    public Builder repetitionPenalty(double newRepetitionPenalty) {
      repetitionPenalty = newRepetitionPenalty;
      return this;
    }

    /** Sets {@link BlipOptions#earlyStopping}. */
    public Builder earlyStopping(EarlyStopping newEarlyStopping) {
      earlyStopping = newEarlyStopping;
      return this;
    }

    /** Sets {@link BlipOptions#temperature}. */
    public Builder temperature(double newTemperature) {
      temperature = newTemperature;
      return this;
    }

    /** Sets {@link BlipOptions#topK}. */
    public Builder topK(int newTopK) {
      topK = newTopK;
      return this;
    }

    /** Sets {@link BlipOptions#topP}. */
    public Builder topP(double newTopP) {
      topP = newTopP;
      return this;
    }

    /** Sets {@link BlipOptions#prefix}. */
    public Builder prefix(String newPrefix) {
      prefix = newPrefix;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public BlipOptions build() {
      return new BlipOptions(
          strategy,
          beams,
          maxNewTokens,
          minNewTokens,
          lengthPenalty,
          repetitionPenalty,
          earlyStopping,
          temperature,
          topK,
          topP,
          prefix);
    }
  }
}
