package dev.sgid;

import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds the backend on the class path. */
final class Backends {
  private Backends() {}

  /** The one backend there is. */
  static SgidBackend only() {
    List<SgidBackend> backends = all();
    if (backends.isEmpty()) {
      throw new SgidException(
          Stage.OPEN,
          "There is no sgid backend on the class path: add dev.sgid:sgid-onnx, or pass your own"
              + " stages to Sgid.builder(captioner, scorer, generator)");
    }
    if (backends.size() > 1) {
      throw new SgidException(
          Stage.OPEN,
          "There is more than one sgid backend on the class path, remove all but one: "
              + backends.stream().map(SgidBackend::name).collect(Collectors.joining(", ")));
    }
    return backends.get(0);
  }

  private static List<SgidBackend> all() {
    try {
      return ServiceLoader.load(SgidBackend.class, ClassPath.loader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw new SgidException(
          Stage.OPEN, "A backend on the class path can't be used: " + e.getMessage(), e);
    }
  }
}
