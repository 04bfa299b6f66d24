package dev.sgid.dataset.plan;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.sgid.Size;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plan as JSON. Fields stand in a fixed order, in {@code snake_case}. */
final class PlanJson {
  private static final Gson GSON =
      new GsonBuilder()
          .disableHtmlEscaping()
          .serializeNulls()
          .setPrettyPrinting()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .create();

  private PlanJson() {}

  static String of(Plan plan) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("in", plan.in().toString());
    json.put("out", plan.out() == null ? null : plan.out().toString());
    json.put("reader", plan.reader());
    json.put("images", plan.images());
    json.put("unreadable", plan.unreadable());
    json.put("sizes", sizes(plan.sizes()));
    json.put("classes", plan.classes());
    json.put("duplicates", plan.duplicates().stream().map(PlanJson::group).toList());
    json.put("leaks", plan.leaks());
    json.put("balance", plan.balance());
    json.put("pictures", plan.planned());
    json.put("pictures_to_make", plan.toMake());
    json.put("with_originals", plan.withOriginals());
    json.put("pace", plan.pace());
    json.put("seconds", plan.time().orElse(null));
    json.put("bytes", plan.bytes());
    json.put("bytes_free", plan.free());
    json.put("warnings", plan.warnings());
    return GSON.toJson(json) + "\n";
  }

  private static @Nullable Map<String, Object> sizes(@Nullable Sizes sizes) {
    if (sizes == null) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("smallest", pair(sizes.smallest()));
    json.put("median", pair(sizes.median()));
    json.put("largest", pair(sizes.largest()));
    json.put("different", sizes.different());
    json.put("most_common", sizes.mostCommon().stream().map(PlanJson::count).toList());
    return json;
  }

  private static Map<String, Object> count(Sizes.Count count) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("size", pair(count.size()));
    json.put("images", count.images());
    return json;
  }

  private static List<Integer> pair(Size size) {
    return List.of(size.width(), size.height());
  }

  private static Map<String, Object> group(DuplicateGroup group) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("across_classes", group.isAcrossClasses());
    json.put("exact", group.exact());
    json.put("likeness", group.likeness());
    json.put("images", group.images());
    return json;
  }
}
