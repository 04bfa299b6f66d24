package dev.sgid.onnx.blip;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.onnx.blip.BlipOptions.EarlyStopping;
import dev.sgid.onnx.blip.BlipOptions.Strategy;

/** The arguments of transformers' {@code generate} in a golden, as this package has them. */
final class GoldenSearch {
  private GoldenSearch() {}

  static BlipOptions options(JsonObject golden, int promptLength) {
    BlipOptions.Builder options = BlipOptions.DEFAULTS.toBuilder();
    options.strategy(Strategy.GREEDY);
    if (golden.has("num_beams")) {
      options.strategy(Strategy.BEAM).beams(golden.get("num_beams").getAsInt());
    }
    if (golden.has("do_sample")) {
      options.strategy(Strategy.SAMPLE);
    }
    if (golden.has("max_length")) {
      options.maxNewTokens(golden.get("max_length").getAsInt() - promptLength);
    }
    if (golden.has("max_new_tokens")) { // wins over max_length, as in transformers
      options.maxNewTokens(golden.get("max_new_tokens").getAsInt());
    }
    if (golden.has("min_length")) {
      options.minNewTokens(Math.max(0, golden.get("min_length").getAsInt() - promptLength));
    }
    if (golden.has("min_new_tokens")) {
      options.minNewTokens(golden.get("min_new_tokens").getAsInt());
    }
    if (golden.has("length_penalty")) {
      options.lengthPenalty(golden.get("length_penalty").getAsDouble());
    }
    if (golden.has("repetition_penalty")) {
      options.repetitionPenalty(golden.get("repetition_penalty").getAsDouble());
    }
    if (golden.has("early_stopping")) {
      options.earlyStopping(
          switch (golden.get("early_stopping").getAsString()) {
            case "true" -> EarlyStopping.TRUE;
            case "never" -> EarlyStopping.NEVER;
            default -> EarlyStopping.FALSE;
          });
    }
    if (golden.has("temperature")) {
      options.temperature(golden.get("temperature").getAsDouble());
    }
    if (golden.has("top_k")) {
      options.topK(golden.get("top_k").getAsInt());
    }
    if (golden.has("top_p")) {
      options.topP(golden.get("top_p").getAsDouble());
    }
    if (golden.has("prefix")) {
      options.prefix(golden.get("prefix").getAsString());
    }
    return options.build();
  }

  /** How many sequences were asked for. */
  static int sequences(JsonObject golden) {
    JsonElement sequences = golden.get("num_return_sequences");
    return sequences == null ? 1 : sequences.getAsInt();
  }

  static long seed(JsonObject golden) {
    JsonElement seed = golden.get("seed");
    return seed == null ? 0 : seed.getAsLong();
  }
}
