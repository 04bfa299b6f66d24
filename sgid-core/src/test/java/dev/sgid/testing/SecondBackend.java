package dev.sgid.testing;

import dev.sgid.BackendOptions;
import dev.sgid.OpenPack;
import dev.sgid.SgidBackend;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.nio.file.Path;

/** One backend too many; opens nothing. */
public final class SecondBackend implements SgidBackend {
  /** For {@link java.util.ServiceLoader}. */
  public SecondBackend() {}

  @Override
  public String name() {
    return "second";
  }

  @Override
  public OpenPack open(Path pack, BackendOptions options) {
    throw new SgidException(Stage.OPEN, pack, "Expected a pack, found nothing", null);
  }
}
