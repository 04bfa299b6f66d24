package dev.sgid.onnx;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions;
import dev.sgid.Diagnosis;
import dev.sgid.OpenPack;
import dev.sgid.PackCheck;
import dev.sgid.SgidBackend;
import dev.sgid.onnx.internal.runtime.Placement;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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

  @Override
  public PackCheck.Verified verify(Path pack, BackendOptions options) {
    return PackManifest.read(requireNonNull(pack, "pack"))
        .verify(requireNonNull(options, "options"));
  }

  @Override
  public Diagnosis diagnose(@Nullable Path cacheFolder) {
    Placement.loadRuntime(cacheFolder);
    return new Diagnosis(Placement.runtime(), Placement.providers());
  }
}
