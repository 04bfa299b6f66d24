package dev.sgid.onnx.internal;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds a graph's input or output: by its usual name, else by its shape. */
public final class Ports {
  private Ports() {}

  /**
   * The one called {@code name}, which must have the shape; where there is none, the first that has
   * it.
   *
   * @param ports of {@code model}, its inputs or its outputs
   * @param what it is, for the message
   * @throws SgidException naming the file, what was expected and what was found
   */
  public static Port find(
      List<Port> ports, String name, Predicate<Port> shape, String what, OnnxModel model) {
    Optional<Port> named = named(ports, name);
    return named
        .filter(shape)
        .or(() -> named.isPresent() ? Optional.empty() : ports.stream().filter(shape).findFirst())
        .orElseThrow(() -> model.mismatch(what + " (" + name + ")", ports.toString()));
  }

  /** The one called {@code name}, if there is one. */
  public static Optional<Port> named(List<Port> ports, String name) {
    return ports.stream().filter(port -> port.name().equals(name)).findFirst();
  }
}
