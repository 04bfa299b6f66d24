package dev.sgid;

import static java.util.Objects.requireNonNull;

/**
 * The models in use, and what runs them.
 *
 * @param name the pack's name
 * @param version the pack's version; empty where it has none
 * @param runtime what runs it, like {@code ONNX Runtime 1.29.0}
 * @param provider where it runs, like {@code CPUExecutionProvider}
 * @param dtype the type the UNet computes in, like {@code float32}; empty where the generator is
 *     not the pack's
 */
public record PackInfo(String name, String version, String runtime, String provider, String dtype) {
  public PackInfo {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(runtime, "runtime");
    requireNonNull(provider, "provider");
    requireNonNull(dtype, "dtype");
  }

  /** For stages that the caller brought along. */
  static final PackInfo CUSTOM = new PackInfo("custom", "", "", "", "");
}
