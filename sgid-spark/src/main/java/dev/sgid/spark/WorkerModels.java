package dev.sgid.spark;

import static java.util.Objects.requireNonNull;

import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.RowJob;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this worker's JVM: opened by the first task that needs them, shared by all tasks on
 * the same device, and closed as the JVM or, in local mode, the application ends. A job that needs
 * other models has those of the one before closed, once no task uses them.
 *
 * <p>Thread-safe.
 */
final class WorkerModels {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerModels.class);
  private static final String GPU = "gpu"; // as Spark names the resource

  private static final Map<Device, Models> OPEN = new HashMap<>(); // guarded by OPEN
  private static boolean hooked; // guarded by OPEN

  private WorkerModels() {}

  /** What is open on a device. */
  private static final class Models {
    final ModelsWanted wanted;
    final Sgid sgid;
    int users;
    @Nullable String jobText;
    @Nullable RowJob job;

    Models(ModelsWanted wanted, Sgid sgid) {
      this.wanted = wanted;
      this.sgid = sgid;
    }
  }

  /** The use of the models by a task. */
  static final class Lease implements AutoCloseable {
    private final Models models;
    private final boolean first;
    private boolean closed;

    private Lease(Models models, boolean first) {
      this.models = models;
      this.first = first;
    }

    Sgid sgid() {
      return models.sgid;
    }

    /** Whether it was opened for this task. */
    boolean isFirst() {
      return first;
    }

    /**
     * The job, taken up once.
     *
     * @throws SgidException if this worker has another pack than those that measured it
     */
    RowJob job(String text, int mostCopies) {
      synchronized (models) {
        if (!text.equals(models.jobText)) {
          requireSamePack(text);
          models.job = RowJob.open(models.sgid, text, mostCopies);
          models.jobText = text;
        }
        return requireNonNull(models.job);
      }
    }

    private void requireSamePack(String text) {
      Optional<String> other =
          digests(models.sgid).stream().filter(digest -> !text.contains(digest)).findFirst();
      if (other.isPresent()) {
        throw new SgidException(
            Stage.OPEN,
            WorkerId.here()
                + " has another pack than the worker that measured the job: its digest is "
                + other.get(),
            null);
      }
    }

    /** What was opened, of all files together; empty where the backend has no digests. */
    String digest() {
      return String.join("+", digests(models.sgid));
    }

    private static List<String> digests(Sgid sgid) {
      return Stream.concat(sgid.packDigest().stream(), sgid.partDigests().values().stream())
          .toList();
    }

    @Override
    public void close() {
      synchronized (OPEN) {
        if (!closed) {
          closed = true;
          models.users--;
          OPEN.notifyAll();
        }
      }
    }
  }

  /**
   * The models for the task that calls.
   *
   * @throws SgidException if they can't be opened, saying why
   */
  static Lease lease(ModelsWanted wanted) {
    TaskContext task = TaskContext.get();
    return lease(wanted, device(wanted.device(), task), threads(wanted, task));
  }

  /** The GPU that Spark has given to a task, where it has given one and it may be used. */
  static Device device(DeviceWanted asked, @Nullable TaskContext task) {
    Device device = asked.device();
    ResourceInformation gpu =
        task == null || device.kind() == Device.Kind.CPU ? null : task.resourcesJMap().get(GPU);
    if (gpu == null || gpu.addresses().length == 0) {
      return device;
    }
    String address = gpu.addresses()[0];
    if (!address.matches("\\d{1,3}")) {
      throw new IllegalArgumentException(
          "The address of a GPU must be its number, like 0, is \""
              + address
              + "\": spark.worker.resource.gpu.discoveryScript gives it");
    }
    return asked.at(Integer.parseInt(address));
  }

  private static int threads(ModelsWanted wanted, @Nullable TaskContext task) {
    Integer given = wanted.threads();
    return given != null ? given : task == null ? 1 : task.cpus();
  }

  private static Lease lease(ModelsWanted wanted, Device device, int threads) {
    synchronized (OPEN) {
      Models models = OPEN.get(device);
      while (models != null && models.users > 0 && !models.wanted.equals(wanted)) {
        await(); // for the tasks of another job
        models = OPEN.get(device);
      }
      boolean fits = models != null && models.wanted.equals(wanted);
      if (models != null && !fits) {
        OPEN.remove(device);
        models.sgid.close();
      }
      if (models == null || !fits) {
        models = new Models(wanted, open(wanted, device, threads));
        OPEN.put(device, models);
        closeWithTheJvm();
      }
      models.users++;
      return new Lease(models, !fits);
    }
  }

  private static void await() {
    try {
      OPEN.wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.OPEN);
    }
  }

  private static Sgid open(ModelsWanted wanted, Device device, int threads) {
    // readers of images that came with --jars: Java looks for them once, before those were there
    ImageIO.scanForPlugins();
    SgidBuilder builder =
        wanted.parts().of(wanted.pack().builder()).withDevice(device).withThreads(threads);
    if (wanted.lanes() != null) {
      builder.withLanes(wanted.lanes());
    }
    if (wanted.batch() != null) {
      builder.withBatch(wanted.batch());
    }
    Map<String, Object> values = wanted.values();
    Sgid sgid =
        builder.withSettings(settings -> settings.with(values)).withSeed(wanted.seed()).build();
    LOG.info("Opened {} on {} with {} threads a task", wanted.pack(), device, threads);
    return sgid;
  }

  private static void closeWithTheJvm() {
    if (!hooked) {
      hooked = true;
      Runtime.getRuntime().addShutdownHook(new Thread(WorkerModels::closeAll, "sgid-close"));
    }
  }

  /** Closes what is open; what runs ends first. */
  static void closeAll() {
    synchronized (OPEN) {
      OPEN.values().forEach(models -> models.sgid.close());
      OPEN.clear();
    }
  }

  /** How many sets of models are open. */
  static int open() {
    synchronized (OPEN) {
      return OPEN.size();
    }
  }
}
