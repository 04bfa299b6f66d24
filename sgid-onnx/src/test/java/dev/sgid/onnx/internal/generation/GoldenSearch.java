package dev.sgid.onnx.internal.generation;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.onnx.internal.generation.GenerationOptions.EarlyStopping;
import dev.sgid.onnx.internal.generation.GenerationOptions.Strategy;

/** The arguments of transformers' {@code generate} in a golden, as this package has them. */
public final class GoldenSearch {
  private GoldenSearch() {}

  public static GenerationOptions options(JsonObject golden, int promptLength) {
    Strategy strategy = golden.has("num_beams") ? Strategy.BEAM : Strategy.GREEDY;
    int longest = whole(golden, "max_length", 20 + promptLength) - promptLength;
    int shortest = Math.max(0, whole(golden, "min_length", 0) - promptLength);
    return new GenerationOptions(
        golden.has("do_sample") ? Strategy.SAMPLE : strategy,
        whole(golden, "num_beams", 3),
        whole(golden, "max_new_tokens", longest), // wins over max_length, as in transformers
        whole(golden, "min_new_tokens", shortest),
        number(golden, "length_penalty"),
        number(golden, "repetition_penalty"),
        earlyStopping(golden),
        number(golden, "temperature"),
        whole(golden, "top_k", 50),
        number(golden, "top_p"),
        whole(golden, "no_repeat_ngram_size", 0));
  }

  private static EarlyStopping earlyStopping(JsonObject golden) {
    if (!golden.has("early_stopping")) {
      return EarlyStopping.FALSE;
    }
    return switch (golden.get("early_stopping").getAsString()) {
      case "true" -> EarlyStopping.TRUE;
      case "never" -> EarlyStopping.NEVER;
      default -> EarlyStopping.FALSE;
    };
  }

  private static int whole(JsonObject golden, String key, int otherwise) {
    return golden.has(key) ? golden.get(key).getAsInt() : otherwise;
  }

  private static double number(JsonObject golden, String key) {
    return golden.has(key) ? golden.get(key).getAsDouble() : 1;
  }

  /** How many sequences were asked for. */
  public static int sequences(JsonObject golden) {
    JsonElement sequences = golden.get("num_return_sequences");
    return sequences == null ? 1 : sequences.getAsInt();
  }

  public static long seed(JsonObject golden) {
    JsonElement seed = golden.get("seed");
    return seed == null ? 0 : seed.getAsLong();
  }
}
