package dev.sgid.onnx.internal.runtime;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtEpDevice;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import dev.sgid.Device;
import dev.sgid.Device.Kind;
import dev.sgid.Diagnosis;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * ONNX Runtime's execution providers: which of them there are, what is missing, and putting one
 * into a session's options. Thread-safe.
 */
final class Providers {
  private static final Map<Kind, OrtProvider> BUILT_IN = new EnumMap<>(Kind.class);

  static {
    BUILT_IN.put(Kind.CPU, OrtProvider.CPU);
    BUILT_IN.put(Kind.CUDA, OrtProvider.CUDA);
    BUILT_IN.put(Kind.TENSORRT, OrtProvider.TENSOR_RT);
    BUILT_IN.put(Kind.ROCM, OrtProvider.ROCM);
    BUILT_IN.put(Kind.DIRECTML, OrtProvider.DIRECT_ML);
    BUILT_IN.put(Kind.COREML, OrtProvider.CORE_ML);
    BUILT_IN.put(Kind.OPENVINO, OrtProvider.OPEN_VINO);
    BUILT_IN.put(Kind.QNN, OrtProvider.QNN);
    BUILT_IN.put(Kind.WEBGPU, OrtProvider.WEBGPU);
    BUILT_IN.put(Kind.XNNPACK, OrtProvider.XNNPACK);
    BUILT_IN.put(Kind.DNNL, OrtProvider.DNNL);
    BUILT_IN.put(Kind.NNAPI, OrtProvider.NNAPI);
  }

  /** In an artifact of its own; the others are in builds of one's own. */
  private static final Set<Kind> IN_GPU_ARTIFACT = Set.of(Kind.CUDA, Kind.TENSORRT);

  /** Which options a provider takes that ONNX Runtime for Java has no free list for. */
  private static final Map<Kind, Set<String>> OPTIONS =
      Map.of(
          Kind.ROCM, Set.of(),
          Kind.DIRECTML, Set.of(),
          Kind.NNAPI, Set.of(),
          Kind.OPENVINO, Set.of("device_type"),
          Kind.DNNL, Set.of("use_arena"));

  private static final Pattern MISSING =
      Pattern.compile(
          "((?:lib)?[\\w.+-]+\\.(?:so|dylib)[.\\d]*): cannot open|depends on \"([^\"]+)\" which is missing");

  private static final Map<Path, List<OrtEpDevice>> PLUGINS = new HashMap<>();

  private Providers() {}

  /** What a device's provider is called. */
  static String name(Device device) {
    OrtProvider provider = BUILT_IN.get(device.kind());
    return provider != null ? provider.getName() : String.valueOf(device);
  }

  /** Those of this build, and CUDA's in any case, each tried out. */
  static List<Diagnosis.Provider> tried() {
    List<Diagnosis.Provider> tried = new ArrayList<>();
    for (Map.Entry<Kind, OrtProvider> provider : BUILT_IN.entrySet()) {
      Kind kind = provider.getKey();
      if (kind == Kind.CUDA || isBuiltIn(kind)) {
        String problem = problem(kind);
        tried.add(
            new Diagnosis.Provider(provider.getValue().getName(), problem.isEmpty(), problem));
      }
    }
    return tried;
  }

  /** Why a device can't be used, in a line; empty where it can. */
  private static String problem(Kind kind) {
    try {
      require(Device.parse(kind.name().toLowerCase(Locale.ROOT)));
      return "";
    } catch (SgidException e) {
      return Reason.oneLine(e.getMessage());
    }
  }

  /** Whether this build of ONNX Runtime has the provider, be it of use or not. */
  static boolean isBuiltIn(Kind kind) {
    return OrtEnvironment.getAvailableProviders().contains(requireNonNull(BUILT_IN.get(kind)));
  }

  /**
   * Tries a device out, because a build lists a provider also where its driver is missing.
   *
   * @throws SgidException saying what is missing
   */
  static void require(Device device) {
    OnnxRuntime.environment();
    requireKnownOptions(device);
    if (device.kind() != Kind.PLUGIN && !isBuiltIn(device.kind())) {
      throw new SgidException(
          Stage.OPEN, "Device " + device + " can't be used: " + notBuiltIn(device.kind()));
    }
    try (SessionOptions options = new SessionOptions()) {
      add(options, device);
    } catch (OrtException e) {
      throw new SgidException(
          Stage.OPEN,
          "Device " + device + " can't be used; " + why(device, String.valueOf(e.getMessage())),
          e);
    }
  }

  private static void requireKnownOptions(Device device) {
    Set<String> known = OPTIONS.get(device.kind());
    if (known != null && !known.containsAll(device.options().keySet())) {
      throw new SgidException(
          Stage.OPEN,
          "Device "
              + device
              + " takes "
              + (known.isEmpty() ? "no options" : "no option but " + String.join(", ", known))
              + " in ONNX Runtime for Java, got "
              + device.options());
    }
  }

  private static String notBuiltIn(Kind kind) {
    if (IN_GPU_ARTIFACT.contains(kind)) {
      return "this build of ONNX Runtime has no "
          + (kind == Kind.CUDA ? "CUDA" : "TensorRT")
          + ". Replace com.microsoft.onnxruntime:onnxruntime by"
          + " com.microsoft.onnxruntime:onnxruntime_gpu of the same version";
    }
    return "this build of ONNX Runtime has no "
        + requireNonNull(BUILT_IN.get(kind)).getName()
        + ", it has "
        + OrtEnvironment.getAvailableProviders().stream()
            .map(OrtProvider::getName)
            .sorted()
            .collect(Collectors.joining(", "))
        + ". Name the folder of a build that has it with -Donnxruntime.native.path=FOLDER, or a"
        + " plug-in with --device plugin:LIBRARY";
  }

  /** What is missing, and ONNX Runtime's own words. */
  static String why(Device device, String message) {
    Matcher library = MISSING.matcher(message);
    String missing =
        library.find()
            ? "the library "
                + (library.group(1) != null ? library.group(1) : library.group(2))
                + " is missing; "
            : "";
    String needs =
        switch (device.kind()) {
          case CUDA -> "onnxruntime_gpu needs an NVIDIA driver, CUDA and cuDNN: ";
          case TENSORRT -> "onnxruntime_gpu needs an NVIDIA driver, CUDA, cuDNN and TensorRT: ";
          default -> "";
        };
    return missing + needs + message.strip();
  }

  /** Puts a device's provider into a session's options. */
  static void add(SessionOptions options, Device device) throws OrtException {
    Map<String, String> given = device.options();
    switch (device.kind()) {
      case AUTO, CPU -> {}
      case CUDA -> addCuda(options, device.index(), given);
      case TENSORRT -> {
        try (OrtTensorRTProviderOptions own = new OrtTensorRTProviderOptions(device.index())) {
          for (Map.Entry<String, String> option : given.entrySet()) {
            own.add(option.getKey(), option.getValue());
          }
          options.addTensorrt(own);
        }
        addCuda(options, device.index(), Map.of()); // what TensorRT leaves
      }
      case ROCM -> options.addROCM(device.index());
      case DIRECTML -> options.addDirectML(device.index());
      case COREML -> options.addCoreML(given);
      case OPENVINO -> options.addOpenVINO(given.getOrDefault("device_type", ""));
      case QNN -> options.addQnn(given);
      case WEBGPU -> options.addWebGPU(given);
      case XNNPACK -> options.addXnnpack(given);
      case DNNL -> options.addDnnl(!"0".equals(given.get("use_arena")));
      case NNAPI -> options.addNnapi();
      case PLUGIN -> options.addExecutionProvider(List.of(plugin(device)), given);
    }
  }

  private static void addCuda(SessionOptions options, int index, Map<String, String> given)
      throws OrtException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("arena_extend_strategy", "kSameAsRequested"); // each session has an arena of its own
    all.put("cudnn_conv_algo_search", "HEURISTIC"); // shapes change; exhaustive would run often
    all.put("use_tf32", "0"); // float32 means float32
    all.putAll(given);
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(index)) {
      for (Map.Entry<String, String> option : all.entrySet()) {
        cuda.add(option.getKey(), option.getValue());
      }
      options.addCUDA(cuda);
    }
  }

  /** A library is registered once, and stays until the process ends. */
  private static OrtEpDevice plugin(Device device) throws OrtException {
    Path library = requireNonNull(device.library()).toAbsolutePath().normalize();
    if (!Files.isRegularFile(library)) {
      throw new SgidException(
          Stage.OPEN, library, "There is no such library of an execution provider", null);
    }
    List<OrtEpDevice> devices;
    synchronized (PLUGINS) {
      devices = PLUGINS.get(library);
      if (devices == null) {
        devices = register(library);
        PLUGINS.put(library, devices);
      }
    }
    if (device.index() >= devices.size()) {
      throw new SgidException(
          Stage.OPEN,
          library,
          "The execution provider finds "
              + devices.size()
              + " devices on this machine, which are counted from 0; asked for is "
              + device.index(),
          null);
    }
    return devices.get(device.index());
  }

  private static List<OrtEpDevice> register(Path library) throws OrtException {
    OrtEnvironment environment = OnnxRuntime.environment();
    Set<String> before =
        environment.getEpDevices().stream().map(OrtEpDevice::getEpName).collect(Collectors.toSet());
    environment.registerExecutionProviderLibrary(
        "sgid-plugin-" + PLUGINS.size(), library.toString());
    return environment.getEpDevices().stream()
        .filter(found -> !before.contains(found.getEpName()))
        .toList();
  }
}
