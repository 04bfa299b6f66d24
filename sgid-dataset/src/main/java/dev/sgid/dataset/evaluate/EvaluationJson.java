package dev.sgid.dataset.evaluate;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import dev.sgid.dataset.evaluate.Evaluation.MatchedBy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** {@link Evaluation} as JSON: its components under their names, in their order. */
final class EvaluationJson {
  private static final int DECIMALS = 6; // beyond, machines differ

  private static final Gson GSON =
      new GsonBuilder()
          .disableHtmlEscaping()
          .serializeNulls()
          .setPrettyPrinting()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .registerTypeAdapter(Double.class, rounded())
          .registerTypeAdapter(double.class, rounded())
          .registerTypeAdapter(
              MatchedBy.class,
              (JsonSerializer<MatchedBy>)
                  (value, type, context) ->
                      new JsonPrimitive(value.name().toLowerCase(Locale.ROOT).replace('_', ' ')))
          .registerTypeAdapter(
              MatchedBy.class,
              (JsonDeserializer<MatchedBy>)
                  (json, type, context) ->
                      MatchedBy.valueOf(
                          json.getAsString().toUpperCase(Locale.ROOT).replace(' ', '_')))
          .create();

  private EvaluationJson() {}

  private static JsonSerializer<Double> rounded() {
    return (value, type, context) -> {
      BigDecimal rounded = BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_EVEN);
      return new JsonPrimitive(new BigDecimal(rounded.stripTrailingZeros().toPlainString()));
    };
  }

  static String text(Evaluation evaluation) {
    return pretty(evaluation);
  }

  /** What has names, numbers and records of them, in the same form. */
  static String pretty(Object value) {
    return GSON.toJson(value) + "\n";
  }

  static Evaluation parse(String json) {
    Evaluation evaluation;
    try {
      evaluation = GSON.fromJson(json, Evaluation.class);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("This is no evaluation: " + e.getMessage(), e);
    } catch (RuntimeException e) { // what the records refuse, Gson wraps
      throw new IllegalArgumentException("This is no evaluation, something is missing", e);
    }
    if (evaluation == null || evaluation.format() != Evaluation.FORMAT) {
      throw new IllegalArgumentException(
          "This is no evaluation of format "
              + Evaluation.FORMAT
              + (evaluation == null ? ": it is empty" : ", but of " + evaluation.format()));
    }
    return evaluation;
  }
}
