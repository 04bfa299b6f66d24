package dev.sgid;

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

  /**
   * SHA-256 over all files of the pack, and of the parts that {@link BackendOptions} takes from
   * elsewhere, in hexadecimal; read when asked for.
   */
  String digest();

  /** Waits for running calls and frees everything. A second call does nothing. */
  @Override
  void close();
}
