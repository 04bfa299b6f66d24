package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the models run.
 *
 * @param kind what sort of device
 * @param index which of them, from 0; always 0 where there can be but one
 * @param library the plug-in that brings it; null but for {@link Kind#PLUGIN}
 * @param options what the execution provider is told, by its own names, like {@code gpu_mem_limit};
 *     over what is usual
 * @param slots how many runs of models are on it at the same time, in the whole process, at least
 *     1; of several wishes the largest holds. On a CPU the threads decide
 */
public record Device(
    Kind kind, int index, @Nullable Path library, Map<String, String> options, int slots) {
  // before the devices, whose making needs it
  private static final Set<Kind> SEVERAL =
      Set.of(Kind.CUDA, Kind.TENSORRT, Kind.ROCM, Kind.DIRECTML, Kind.PLUGIN);

  private static final Set<Kind> NAMED_FIRST =
      Set.of(Kind.AUTO, Kind.CPU, Kind.CUDA, Kind.PLUGIN); // in messages, or last

  /** A GPU where one can be used, else the CPU; the log says why, once. */
  public static final Device AUTO = new Device(Kind.AUTO, 0);

  /** The CPU. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  private static final Pattern TEXT = Pattern.compile("([a-z]+)(?::(\\d{1,3}))?");
  private static final Pattern PLUGIN = Pattern.compile("plugin:(.+?)(?:#(\\d{1,3}))?");

  /** The sorts of devices: ONNX Runtime's execution providers. */
  public enum Kind {
    /** The best there is. */
    AUTO,
    /** The CPU. */
    CPU,
    /** An NVIDIA GPU through CUDA. */
    CUDA,
    /** An NVIDIA GPU through TensorRT. */
    TENSORRT,
    /** An AMD GPU. */
    ROCM,
    /** A GPU on Windows. */
    DIRECTML,
    /** Apple's. */
    COREML,
    /** Intel's. */
    OPENVINO,
    /** Qualcomm's. */
    QNN,
    /** A GPU through WebGPU. */
    WEBGPU,
    /** A CPU through XNNPACK. */
    XNNPACK,
    /** A CPU through oneDNN. */
    DNNL,
    /** Android's. */
    NNAPI,
    /** Whatever a library of its own brings. */
    PLUGIN
  }

  public Device {
    requireNonNull(kind, "kind");
    Require.atLeast(0, index, "index");
    if (!SEVERAL.contains(kind) && index != 0) {
      throw new IllegalArgumentException(
          "Only a CUDA, TensorRT, ROCm, DirectML or plug-in device has an index, "
              + kind
              + " got "
              + index);
    }
    if ((library != null) != (kind == Kind.PLUGIN)) {
      throw new IllegalArgumentException(
          "A plug-in, and nothing else, needs its library, " + kind + " got " + library);
    }
    Require.atLeast(1, slots, "slots");
    options = Collections.unmodifiableMap(new TreeMap<>(requireNonNull(options, "options")));
    if (!options.isEmpty() && (kind == Kind.AUTO || kind == Kind.CPU)) {
      throw new IllegalArgumentException(
          "Device "
              + kind.name().toLowerCase(Locale.ROOT)
              + " takes no options, got "
              + options
              + ": name the device that they are for, like cuda");
    }
  }

  /** A device of a kind, without options. */
  public Device(Kind kind, int index) {
    this(kind, index, null, Map.of(), 1);
  }

  /** The CUDA device of this index, from 0. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /**
   * What a plug-in execution provider brings.
   *
   * @param library its shared library
   * @param index which of the devices that it finds, from 0
   */
  public static Device plugin(Path library, int index) {
    return new Device(Kind.PLUGIN, index, requireNonNull(library, "library"), Map.of(), 1);
  }

  /** This device with options of its execution provider. */
  public Device withOptions(Map<String, String> value) {
    return new Device(kind, index, library, value, slots);
  }

  /** This device with so many runs of models at the same time, at least 1. */
  public Device withSlots(int value) {
    return new Device(kind, index, library, options, value);
  }

  /**
   * Reads {@code auto}, {@code cpu}, {@code cuda}, any other {@link Kind} in lower case, with
   * {@code :N} where there are several, or {@code plugin:LIBRARY}, with {@code #N}.
   *
   * @throws IllegalArgumentException if {@code text} is none of them
   */
  public static Device parse(String text) {
    String stripped = requireNonNull(text, "text").strip();
    Matcher plugin = PLUGIN.matcher(stripped);
    if (plugin.matches()) {
      return plugin(Path.of(plugin.group(1)), index(plugin.group(2)));
    }
    Matcher matcher = TEXT.matcher(stripped.toLowerCase(Locale.ROOT));
    Kind kind = matcher.matches() ? kind(matcher.group(1)) : null;
    if (kind == null || (matcher.group(2) != null && !SEVERAL.contains(kind))) {
      throw new IllegalArgumentException(
          "A device is auto, cpu, cuda or cuda:N, "
              + Arrays.stream(Kind.values())
                  .filter(other -> !NAMED_FIRST.contains(other))
                  .map(other -> other.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", "))
              + ", or plugin:LIBRARY, is \""
              + text
              + "\"");
    }
    return new Device(kind, index(matcher.group(2)));
  }

  private static @Nullable Kind kind(String name) {
    return Arrays.stream(Kind.values())
        .filter(kind -> kind != Kind.PLUGIN && kind.name().toLowerCase(Locale.ROOT).equals(name))
        .findAny()
        .orElse(null);
  }

  private static int index(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  /** What {@link #parse} reads; options and slots are not in it. */
  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    if (kind == Kind.PLUGIN) {
      return name + ":" + library + (index == 0 ? "" : "#" + index);
    }
    return SEVERAL.contains(kind) ? name + ":" + index : name;
  }
}
