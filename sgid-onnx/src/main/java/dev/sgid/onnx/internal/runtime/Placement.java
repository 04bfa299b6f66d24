package dev.sgid.onnx.internal.runtime;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.sgid.Device;
import dev.sgid.Diagnosis;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
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

  private static final Map<Device, Semaphore> SLOTS = new ConcurrentHashMap<>();

  private final Device device;
  private final int threads;
  private final Semaphore slots;
  private final int slotsPerRun;

  /** A seam for tests: whether the device is there is not looked at. */
  Placement(Device device, int threads) {
    this.device = device;
    this.threads = threads;
    boolean cpu = device.kind() == Device.Kind.CPU;
    this.slots = SLOTS.computeIfAbsent(device, d -> new Semaphore(cpu ? PROCESSORS : 1, true));
    this.slotsPerRun = cpu ? threads : 1;
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
      case CUDA -> {
        requireCuda(wanted);
        return new Placement(wanted, used);
      }
      case AUTO -> {
        OnnxRuntime.environment(); // what it throws is no missing GPU
        try {
          Device first = Device.cuda(0);
          requireCuda(first);
          return new Placement(first, used);
        } catch (SgidException e) {
          if (SAID.compareAndSet(false, true)) {
            say(hasCuda(), e);
          }
          return new Placement(Device.CPU, used);
        }
      }
    }
    throw new AssertionError(wanted);
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
    List<Diagnosis.Provider> providers = new ArrayList<>();
    for (OrtProvider provider : OrtEnvironment.getAvailableProviders()) {
      if (provider != OrtProvider.CUDA) {
        String problem = startProblem(provider);
        providers.add(new Diagnosis.Provider(provider.getName(), problem.isEmpty(), problem));
      }
    }
    String remedy = "";
    try {
      requireCuda(Device.cuda(0));
    } catch (SgidException e) {
      remedy = oneLine(e);
    }
    providers.add(new Diagnosis.Provider(OrtProvider.CUDA.getName(), remedy.isEmpty(), remedy));
    return providers;
  }

  /** Why a provider of this build does not start; empty where it does. */
  private static String startProblem(OrtProvider provider) {
    try (SessionOptions options = new SessionOptions()) {
      switch (provider) {
        case TENSOR_RT -> options.addTensorrt(0);
        case OPEN_VINO -> options.addOpenVINO("");
        case CORE_ML -> options.addCoreML();
        case DIRECT_ML -> options.addDirectML(0);
        case XNNPACK -> options.addXnnpack(Map.of());
        case DNNL -> options.addDnnl(true);
        default -> {} // the CPU, and those that begin with a session only
      }
      return "";
    } catch (OrtException e) {
      return oneLine(e);
    }
  }

  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private static boolean hasCuda() {
    return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
  }

  /** Tries the provider out, because a GPU build lists it also where the driver is missing. */
  private static void requireCuda(Device device) {
    OnnxRuntime.environment();
    if (!hasCuda()) {
      throw new SgidException(
          Stage.OPEN,
          "Device "
              + device
              + " can't be used: this build of ONNX Runtime has no CUDA. Replace"
              + " com.microsoft.onnxruntime:onnxruntime by com.microsoft.onnxruntime:onnxruntime_gpu"
              + " of the same version");
    }
    try (SessionOptions options = new SessionOptions()) {
      addCuda(options, device);
    } catch (OrtException e) {
      throw new SgidException(
          Stage.OPEN,
          "Device "
              + device
              + " can't be used; "
              + CudaLibraries.missing(String.valueOf(e.getMessage())),
          e);
    }
  }

  private static void addCuda(SessionOptions options, Device device) throws OrtException {
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.index())) {
      cuda.add("arena_extend_strategy", "kSameAsRequested"); // each session has an arena of its own
      cuda.add(
          "cudnn_conv_algo_search",
          "HEURISTIC"); // shapes change; exhaustive search would run often
      cuda.add("use_tf32", "0"); // float32 means float32
      options.addCUDA(cuda);
    }
  }

  /** New options for a session here; the caller closes them, after the session. */
  SessionOptions sessionOptions() throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      options.setInterOpNumThreads(1);
      // Never left to ONNX Runtime, which would pin threads to processors a container may not have.
      options.setIntraOpNumThreads(device.kind() == Device.Kind.CPU ? threads : 1);
      // Several sessions take turns: the threads of one must not spin while another works.
      options.addConfigEntry("session.force_spinning_stop", "1");
      options.setMemoryPatternOptimization(false); // shapes change from call to call
      if (device.kind() == Device.Kind.CUDA) {
        addCuda(options, device);
      }
      return options;
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }

  /** Waits for a turn on the device. */
  void acquire() throws InterruptedException {
    slots.acquire(slotsPerRun);
  }

  void release() {
    slots.release(slotsPerRun);
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
    return device.kind() == Device.Kind.CUDA ? "CUDAExecutionProvider" : "CPUExecutionProvider";
  }

  /** ONNX Runtime and its version. */
  public static String runtime() {
    return "ONNX Runtime " + OnnxRuntime.environment().getVersion();
  }
}
