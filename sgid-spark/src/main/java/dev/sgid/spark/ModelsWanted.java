package dev.sgid.spark;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which models a worker opens, and how.
 *
 * @param pack where it finds them
 * @param parts which of it
 * @param settings as JSON, by the names of job files
 * @param seed the base seed
 * @param device where they run; at the number of the GPU that Spark gives a task, where it does
 * @param lanes of a task; null for what suits the models
 * @param batch of a lane; null likewise
 * @param threads of a task; null for {@code spark.task.cpus}
 */
record ModelsWanted(
    PackPlace pack,
    PartsWanted parts,
    String settings,
    long seed,
    DeviceWanted device,
    @Nullable Integer lanes,
    @Nullable Integer batch,
    @Nullable Integer threads)
    implements Serializable {
  private static final long serialVersionUID = 1;

  private static final Gson JSON =
      new GsonBuilder()
          .serializeNulls()
          .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
          .create();

  /** Settings as JSON. */
  static String json(Map<String, ?> values) {
    return JSON.toJson(values);
  }

  /** The settings by name. */
  Map<String, Object> values() {
    return JSON.fromJson(settings, new TypeToken<Map<String, Object>>() {});
  }
}
