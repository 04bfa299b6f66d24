package dev.sgid.testing;

import dev.sgid.BackendOptions;
import dev.sgid.OpenPack;
import dev.sgid.Settings;
import dev.sgid.SgidBackend;
import dev.sgid.Size;
import java.nio.file.Path;

/** Opens any folder as a {@link FakePack}. Registered nowhere: a test puts it on a class path. */
public final class FakeBackend implements SgidBackend {
  /** For {@link java.util.ServiceLoader}. */
  public FakeBackend() {}

  @Override
  public String name() {
    return "fake";
  }

  /** A pack whose defaults are 12 steps, the negative prompt {@code ugly} and the size 8x6. */
  @Override
  public OpenPack open(Path pack, BackendOptions options) {
    Settings defaults =
        Settings.DEFAULTS.withGeneration(
            g -> g.withSteps(12).withNegativePrompt("ugly").withSize(new Size(8, 6)));
    return new FakePack(pack, options, defaults);
  }
}
