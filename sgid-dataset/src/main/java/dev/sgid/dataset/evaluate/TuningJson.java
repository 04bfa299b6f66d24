package dev.sgid.dataset.evaluate;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.sgid.Settings;
import dev.sgid.dataset.evaluate.Tuning.Cell;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link Tuning} as JSON. Fields stand in a fixed order, in {@code snake_case}. */
final class TuningJson {
  private static final Gson EXACT = // settings are not rounded
      new GsonBuilder().disableHtmlEscaping().serializeNulls().setPrettyPrinting().create();

  private TuningJson() {}

  static String text(Tuning tuning) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("sgid", tuning.sgid());
    json.put("in", tuning.in());
    json.put("pack", tuning.pack());
    json.put("pack_digest", tuning.packDigest());
    json.put("zero_shot", tuning.zeroShot());
    json.put("originals", tuning.originals());
    json.put("copies", tuning.copies());
    json.put("originals_agreement", tuning.originalsAgreement());
    json.put("originals_interval", tuning.originalsInterval());
    json.put("least_agreement", tuning.leastAgreement());
    json.put("choice", tuning.choice());
    json.put("cells", tuning.cells().stream().map(TuningJson::cell).toList());
    json.put("settings", tuning.chosen().settings().toMap());
    json.put("failures", tuning.failures());
    return EvaluationJson.pretty(json);
  }

  private static Map<String, @Nullable Object> cell(Cell cell) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("noise_rate", cell.noiseRate());
    json.put("guidance", cell.guidance());
    json.put("scores", cell.scores());
    json.put("agreement_interval", cell.agreement());
    json.put("diversity_interval", cell.diversity());
    json.put("rejected", cell.rejected());
    json.put("failed", cell.failed());
    return json;
  }

  static String settings(Settings settings) {
    return EXACT.toJson(settings.toMap()) + "\n";
  }
}
