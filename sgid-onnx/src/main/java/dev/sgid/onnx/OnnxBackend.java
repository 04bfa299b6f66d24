package dev.sgid.onnx;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions;
import dev.sgid.OpenPack;
import dev.sgid.SgidBackend;
import java.nio.file.Path;

/**
 * Runs model packs on ONNX Runtime. {@link dev.sgid.Sgid} finds it by itself.
 *
 * <p>Thread-safe.
 */
public final class OnnxBackend implements SgidBackend {
  /** For {@link java.util.ServiceLoader}. */
  public OnnxBackend() {}

  @Override
  public String name() {
    return "sgid-onnx";
  }

  @Override
  public OpenPack open(Path pack, BackendOptions options) {
    return OnnxPack.open(requireNonNull(pack, "pack"), requireNonNull(options, "options"));
  }
}
