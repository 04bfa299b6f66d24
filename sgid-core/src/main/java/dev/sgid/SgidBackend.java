package dev.sgid;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens model packs. Found through {@link java.util.ServiceLoader}; {@code sgid-onnx} has one.
 *
 * <p>Thread-safe.
 */
public interface SgidBackend {
  /** What the backend is called, for messages. */
  String name();

  /**
   * Opens every model of a pack, but for the parts that the caller replaces.
   *
   * @param pack its folder
   * @param options where and how to run it
   * @throws SgidException naming the file, what was expected and what was found, if a part is
   *     missing or can't be used, or the device is not there; nothing stays open then
   */
  OpenPack open(Path pack, BackendOptions options);

  /**
   * Holds the files that a pack lists against their SHA-256, but for those of replaced parts. This
   * one knows of no list.
   *
   * @throws SgidException if the folder is no pack, or its list is broken
   */
  default PackCheck.Verified verify(Path pack, BackendOptions options) {
    return new PackCheck.Verified(0, List.of());
  }

  /**
   * What models can run on here. This one knows of nothing.
   *
   * @param cacheFolder where native libraries are unpacked; null for the default
   * @throws SgidException if what runs models can't be loaded
   */
  default Diagnosis diagnose(@Nullable Path cacheFolder) {
    return new Diagnosis(name(), List.of());
  }
}
