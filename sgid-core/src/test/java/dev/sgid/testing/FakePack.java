package dev.sgid.testing;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions;
import dev.sgid.Captioner;
import dev.sgid.Domain;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.OpenPack;
import dev.sgid.PackInfo;
import dev.sgid.Settings;
import dev.sgid.SimilarityScorer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A pack without models: the fake stages, and what it was opened with. */
public final class FakePack implements OpenPack {
  /** What a {@link FakePack} says that it is. */
  public static final PackInfo INFO = new PackInfo("fake", "1", "nothing", "CPU", "float32");

  private static final AtomicInteger CLOSED = new AtomicInteger();
  private static final AtomicReference<@Nullable FakePack> LAST = new AtomicReference<>();

  private final Path folder;
  private final BackendOptions options;
  private final Settings defaults;
  private final Captioner captioner;
  private final SimilarityScorer scorer;
  private final Img2ImgGenerator generator;
  private final AtomicInteger closings = new AtomicInteger();
  private final AtomicReference<Duration> grace = new AtomicReference<>(Duration.ZERO);

  /** A pack in {@code folder} that brings {@code defaults}. */
  public FakePack(Path folder, BackendOptions options, Settings defaults) {
    this(folder, options, defaults, new FakeCaptioner(), new FakeScorer(), new FakeGenerator());
  }

  /** The same with stages of the test's own. */
  public FakePack(
      Path folder,
      BackendOptions options,
      Settings defaults,
      Captioner captioner,
      SimilarityScorer scorer,
      Img2ImgGenerator generator) {
    this.folder = folder;
    this.options = options;
    this.defaults = defaults;
    this.captioner = captioner;
    this.scorer = scorer;
    this.generator = generator;
    LAST.set(this);
  }

  /** The one that was opened last, which the {@link dev.sgid.Sgid} on it hides. */
  public static FakePack lastOpened() {
    return requireNonNull(LAST.get(), "lastOpened");
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
    return captioner;
  }

  @Override
  public SimilarityScorer scorer() {
    return scorer;
  }

  @Override
  public Img2ImgGenerator generator() {
    return generator;
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
  public Optional<Domain> domain() {
    return Optional.empty();
  }

  @Override
  public String digest() {
    return "0".repeat(64);
  }

  @Override
  public String digest(BackendOptions.Part part) {
    return part.name().toLowerCase(Locale.ROOT) + " digest";
  }

  /** How long the shutdown was to be held. */
  public Duration shutdownGrace() {
    return requireNonNull(grace.get());
  }

  @Override
  public void holdShutdown(Duration wanted) {
    grace.set(wanted);
  }

  @Override
  public void close() {
    closings.incrementAndGet();
    CLOSED.incrementAndGet();
  }
}
