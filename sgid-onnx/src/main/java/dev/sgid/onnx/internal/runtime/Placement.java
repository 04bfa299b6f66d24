package dev.sgid.onnx.internal.runtime;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.sgid.Device;
import dev.sgid.Diagnosis;
import dev.sgid.SgidException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where models run, found once per pack: a device that is really there, how many threads a model
 * uses on it, and the slots that order the calls of the whole JVM on it.
 *
 * <p>Thread-safe.
 */
public final class Placement {
  private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
  static final AtomicBoolean SAID = new AtomicBoolean();

  /** Counted once: a container may be given more, and a run would then wait for slots in vain. */
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private static final Map<String, Slots> SLOTS = new ConcurrentHashMap<>(); // by device

  private final Device device;
  private final int threads;
  private final Slots slots;
  private final int slotsPerRun;

  /** Turns on a device, of which there are as many as the largest wish was for. */
  private static final class Slots {
    private final Semaphore free = new Semaphore(0, true);
    private int count;

    synchronized void atLeast(int wanted) {
      if (wanted > count) {
        free.release(wanted - count);
        count = wanted;
      }
    }
  }

  /** A seam for tests: whether the device is there is not looked at. */
  Placement(Device device, int threads) {
    this.device = device;
    this.threads = threads;
    boolean cpu = device.kind() == Device.Kind.CPU;
    this.slots = SLOTS.computeIfAbsent(key(device), d -> new Slots());
    slots.atLeast(cpu ? PROCESSORS : device.slots());
    this.slotsPerRun = cpu ? threads : 1;
  }

  /** TensorRT and CUDA run on the same GPUs. */
  private static String key(Device device) {
    return switch (device.kind()) {
      case CUDA, TENSORRT -> "nvidia:" + device.index();
      default -> device.toString();
    };
  }

  /**
   * Loads ONNX Runtime, where it is not loaded yet.
   *
   * @param cache the folder that its libraries are unpacked to; null for the default
   * @throws SgidException if it can't be loaded
   */
  public static void loadRuntime(@Nullable Path cache) {
    OnnxRuntime.environment(cache);
  }

  /**
   * Resolves a device.
   *
   * @param wanted {@link Device#AUTO} takes a GPU where one can be used, else the CPU, which the
   *     log says once: as a warning where the build has CUDA and it can't be used
   * @param threads CPU threads of one model, more than there are processors count as that many; 0
   *     for as many as there are processors
   * @throws SgidException if the device is not there, or ONNX Runtime can't be loaded
   */
  public static Placement of(Device wanted, int threads) {
    requireNonNull(wanted, "device");
    int used = threads > 0 ? Math.min(threads, PROCESSORS) : PROCESSORS; // more only get in the way
    switch (wanted.kind()) {
      case CPU -> {
        return new Placement(Device.CPU, used);
      }
      case AUTO -> {
        OnnxRuntime.environment(); // what it throws is no missing GPU
        try {
          Device first = Device.cuda(0).withSlots(wanted.slots());
          Providers.require(first);
          return new Placement(first, used);
        } catch (SgidException e) {
          if (SAID.compareAndSet(false, true)) {
            say(Providers.isBuiltIn(Device.Kind.CUDA), e);
          }
          return new Placement(Device.CPU, used);
        }
      }
      default -> {
        Providers.require(wanted);
        return new Placement(wanted, used);
      }
    }
  }

  /** That a build without CUDA uses the CPU is as it should be; that CUDA is of no use is not. */
  static void say(boolean hasCuda, SgidException why) {
    if (hasCuda) {
      String message = String.valueOf(why.getMessage()).strip(); // ONNX Runtime's ends with a line
      LOG.warn("Running on the CPU. {} (Device.CPU does not look for a GPU.)", message);
    } else {
      LOG.info("Running on the CPU. {}", why.getMessage());
    }
  }

  /** What ONNX Runtime lists, and CUDA in any case, each tried. */
  public static List<Diagnosis.Provider> providers() {
    return Providers.tried();
  }

  /** New options for a session here; the caller closes them, after the session. */
  SessionOptions sessionOptions() throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      options.setInterOpNumThreads(1);
      // Never left to ONNX Runtime, which would pin threads to processors a container may not have.
      options.setIntraOpNumThreads(isGpu() ? 1 : threads);
      // Several sessions take turns: the threads of one must not spin while another works.
      options.addConfigEntry("session.force_spinning_stop", "1");
      options.setMemoryPatternOptimization(false); // shapes change from call to call
      Providers.add(options, device);
      return options;
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }

  /** Waits for a turn on the device. */
  void acquire() throws InterruptedException {
    slots.free.acquire(slotsPerRun);
  }

  void release() {
    slots.free.release(slotsPerRun);
  }

  /** The device that is used; never AUTO. */
  public Device device() {
    return device;
  }

  /** CPU threads of one model. */
  public int threads() {
    return threads;
  }

  /** What runs here, as ONNX Runtime calls it. */
  public String provider() {
    return Providers.name(device);
  }

  /** Whether the CPU has next to nothing to do. */
  private boolean isGpu() {
    return switch (device.kind()) {
      case CUDA, TENSORRT, ROCM, DIRECTML, WEBGPU -> true;
      default -> false;
    };
  }

  /** ONNX Runtime and its version. */
  public static String runtime() {
    return "ONNX Runtime " + OnnxRuntime.environment().getVersion();
  }
}
