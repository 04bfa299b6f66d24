package dev.sgid;

import java.util.Optional;

/**
 * A pack's models, open: the stages, until {@link #close()}. Those that the caller replaced ({@link
 * BackendOptions#replaced()}) are not there: asking for one is an {@link IllegalStateException}.
 *
 * <p>Thread-safe.
 */
public interface OpenPack extends AutoCloseable {
  /** The captioner. */
  Captioner captioner();

  /** The scorer. */
  SimilarityScorer scorer();

  /** The generator. */
  Img2ImgGenerator generator();

  /** What it is and what runs it. */
  PackInfo info();

  /** {@link Settings#DEFAULTS}, with what the pack says over them. */
  Settings defaults();

  /** What the pack knows; empty where it does not say, or where its scorer is replaced. */
  Optional<Domain> domain();

  /** SHA-256 over the files that were opened, in hexadecimal; waits until it is known. */
  String digest();

  /** Waits for running calls and frees everything. A second call does nothing. */
  @Override
  void close();
}
