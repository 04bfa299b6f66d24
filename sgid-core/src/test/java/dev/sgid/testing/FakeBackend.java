package dev.sgid.testing;

import dev.sgid.BackendOptions;
import dev.sgid.OpenPack;
import dev.sgid.Settings;
import dev.sgid.SgidBackend;
import dev.sgid.Size;
import java.nio.file.Path;
import java.util.function.BiFunction;

/**
 * Opens any folder as a {@link FakePack}. Registered nowhere: a test puts it on a class path, or
 * registers a subclass that opens packs with stages of the test's own.
 */
public class FakeBackend implements SgidBackend {
  private final BiFunction<Path, BackendOptions, FakePack> opening;

  /**
   * For {@link java.util.ServiceLoader}: its packs' defaults are 12 steps, the negative prompt
   * {@code ugly} and the size 8x6.
   */
  public FakeBackend() {
    this(FakeBackend::pack);
  }

  /** One whose packs are the test's own; {@code opening} may throw. */
  protected FakeBackend(BiFunction<Path, BackendOptions, FakePack> opening) {
    this.opening = opening;
  }

  private static FakePack pack(Path folder, BackendOptions options) {
    Settings defaults =
        Settings.DEFAULTS.withGeneration(
            g -> g.withSteps(12).withNegativePrompt("ugly").withSize(new Size(8, 6)));
    return new FakePack(folder, options, defaults);
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public OpenPack open(Path pack, BackendOptions options) {
    return opening.apply(pack, options);
  }
}
