package dev.sgid.testing;

import dev.sgid.BackendOptions;
import dev.sgid.Captioner;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.OpenPack;
import dev.sgid.PackInfo;
import dev.sgid.Settings;
import dev.sgid.SimilarityScorer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A pack without models: the fake stages, and what it was opened with. */
public final class FakePack implements OpenPack {
  /** What a {@link FakePack} says that it is. */
  public static final PackInfo INFO = new PackInfo("fake", "1", "nothing", "CPU", "float32");

  private static final AtomicInteger CLOSED = new AtomicInteger();

  private final Path folder;
  private final BackendOptions options;
  private final Settings defaults;
  private final AtomicInteger closings = new AtomicInteger();

  /** A pack in {@code folder} that brings {@code defaults}. */
  public FakePack(Path folder, BackendOptions options, Settings defaults) {
    this.folder = folder;
    this.options = options;
    this.defaults = defaults;
  }

  /** Where it was opened. */
  public Path folder() {
    return folder;
  }

  /** What it was opened with. */
  public BackendOptions options() {
    return options;
  }

  /** How often it was closed. */
  public int closings() {
    return closings.get();
  }

  /** How often any of them was closed, for packs that a failed build never hands out. */
  public static int closedInAll() {
    return CLOSED.get();
  }

  @Override
  public Captioner captioner() {
    return new FakeCaptioner();
  }

  @Override
  public SimilarityScorer scorer() {
    return new FakeScorer();
  }

  @Override
  public Img2ImgGenerator generator() {
    return new FakeGenerator();
  }

  @Override
  public PackInfo info() {
    return INFO;
  }

  @Override
  public Settings defaults() {
    return defaults;
  }

  @Override
  public String digest() {
    return "0".repeat(64);
  }

  @Override
  public void close() {
    closings.incrementAndGet();
    CLOSED.incrementAndGet();
  }
}
