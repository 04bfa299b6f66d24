package dev.sgid;

import java.nio.file.Path;

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
}
