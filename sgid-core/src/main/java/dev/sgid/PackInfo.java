package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions.Part;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The models in use, and what runs them.
 *
 * @param name the pack's name
 * @param version the pack's version; empty where it has none
 * @param runtime what runs it, like {@code ONNX Runtime 1.29.0}
 * @param provider where it runs, like {@code CPUExecutionProvider}
 * @param dtype the type the UNet computes in, like {@code float32}; empty where the generator is
 *     not the pack's
 * @param safetyChecker whether pictures are looked at by a safety checker
 * @param others what stands in for parts of the pack: {@link #NONE}, {@link #OWN}, or the name of a
 *     folder, ending with {@code /}; a part that is the pack's own is not in it
 */
public record PackInfo(
    String name,
    String version,
    String runtime,
    String provider,
    String dtype,
    SafetyChecker safetyChecker,
    Map<Part, String> others) {
  /** There is no such part, and none is needed: {@link Captioner#none()}. */
  public static final String NONE = "none";

  /** The part is the caller's, written in Java. */
  public static final String OWN = "own";

  /** Whether pictures are looked at for what nobody should see. */
  public enum SafetyChecker {
    /** There is none. */
    NONE,
    /** The pack's flags pictures, which are made again then, or fail. */
    USED,
    /** The pack has one, and the caller wants none. */
    OFF
  }

  public PackInfo {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(runtime, "runtime");
    requireNonNull(provider, "provider");
    requireNonNull(dtype, "dtype");
    requireNonNull(safetyChecker, "safetyChecker");
    Map<Part, String> sorted = new EnumMap<>(Part.class);
    sorted.putAll(requireNonNull(others, "others"));
    others = Collections.unmodifiableMap(sorted);
  }

  /** A pack all of whose parts are its own, without a safety checker. */
  public PackInfo(String name, String version, String runtime, String provider, String dtype) {
    this(name, version, runtime, provider, dtype, SafetyChecker.NONE, Map.of());
  }

  /** The same with a safety checker, or without. */
  public PackInfo withSafetyChecker(SafetyChecker value) {
    return new PackInfo(name, version, runtime, provider, dtype, value, others);
  }

  /** For stages that the caller brought along. */
  static final PackInfo CUSTOM = new PackInfo("custom", "", "", "", "");

  /** The same where others stand in for some of its parts. */
  PackInfo withOthers(Map<Part, String> value) {
    return new PackInfo(name, version, runtime, provider, dtype, safetyChecker, value);
  }

  /** The parts that were taken from folders of their own. */
  Set<Part> fromFolders() {
    Set<Part> parts = EnumSet.noneOf(Part.class);
    others.forEach(
        (part, other) -> {
          if (other.endsWith("/")) {
            parts.add(part);
          }
        });
    return parts;
  }

  /** Whether images are captioned. */
  boolean captions() {
    return !NONE.equals(others.get(Part.CAPTIONER));
  }
}
