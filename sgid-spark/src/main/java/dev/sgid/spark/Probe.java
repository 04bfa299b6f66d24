package dev.sgid.spark;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Has every worker that is there open the models, before a task depends on it. */
final class Probe {
  private static final int NAMED = 3;

  private Probe() {}

  /**
   * What a worker found.
   *
   * @param worker which one
   * @param digest of its pack; empty where the backend has none
   * @param error why it can't open the models; null if it can
   */
  record Found(String worker, String digest, @Nullable String error) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  /** Opens the models of the worker that calls, and looks at them. */
  private record Look(ModelsWanted wanted, Progress progress) implements Function<Integer, Found> {
    private static final long serialVersionUID = 1;

    @Override
    public Found call(Integer number) {
      try (WorkerModels.Lease models = WorkerModels.lease(wanted)) {
        progress.countOpened(models);
        return new Found(WorkerId.here(), models.digest(), null);
      } catch (SgidException | IllegalArgumentException e) {
        return new Found(WorkerId.here(), "", String.valueOf(e.getMessage()));
      } catch (LinkageError e) { // a native library that is not for this machine
        return new Found(WorkerId.here(), "", e.toString());
      }
    }
  }

  /**
   * Looks.
   *
   * @throws SgidException with the message of a worker that can't, or where workers have different
   *     packs
   */
  static void require(SparkSession spark, ModelsWanted wanted, Progress progress) {
    int slots = spark.sparkContext().defaultParallelism();
    List<Found> found =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(IntStream.range(0, slots).boxed().toList(), slots)
            .map(new Look(wanted, progress))
            .collect();
    require(wanted, found);
  }

  static void require(ModelsWanted wanted, List<Found> found) {
    Map<String, String> workers = new TreeMap<>(); // by digest, one of each
    for (Found one : found) {
      if (one.error() != null) {
        throw new SgidException(
            Stage.OPEN, one.worker() + " can't open " + wanted.pack() + ": " + one.error());
      }
      workers.putIfAbsent(one.digest(), one.worker());
    }
    if (workers.size() > 1) {
      throw new SgidException(
          Stage.OPEN,
          "Workers see different packs: "
              + String.join(
                  "; ",
                  workers.entrySet().stream()
                      .limit(NAMED)
                      .map(pack -> pack.getValue() + " has " + pack.getKey())
                      .toList())
              + ". Send one to all by --archives");
    }
  }
}
