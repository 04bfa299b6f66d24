package dev.sgid;

import java.time.Duration;
import java.util.List;
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

  /** What a label is put into for {@link ZeroShot}, with the pack's own scorer. */
  default PromptTemplate zeroShotPrompt() {
    return ZeroShot.USUAL_PROMPT;
  }

  /** The graphs that are open, by part and name; empty where the backend does not say. */
  default List<PackCheck.Graph> graphs() {
    return List.of();
  }

  /**
   * SHA-256, in hexadecimal, over the files that were opened: graphs with their external data,
   * configs, tokenizers, {@code sgid.json}. Where a file lies, in the pack, behind a link or in a
   * folder that {@link BackendOptions} names, is no matter, its part and name within that part are.
   * Computed once, beside the work; this waits for it.
   *
   * @throws SgidException if a file can't be read any more, or the thread is interrupted
   * @throws IllegalStateException if the pack was closed before it was computed
   */
  String digest();

  /**
   * The same over the files of one part.
   *
   * @throws SgidException if a file can't be read any more, or the thread is interrupted
   * @throws IllegalStateException if the pack was closed before it was computed
   */
  String digest(BackendOptions.Part part);

  /**
   * Asks that the JVM's shutdown leave alone what runs, and what is begun, until {@link #close()},
   * and no longer than {@code grace}. Called once at most, before anything runs. A backend that
   * does nothing to its models when the JVM shuts down has nothing to do here.
   *
   * @param grace more than zero
   * @throws SgidException if that can't be done
   */
  default void holdShutdown(Duration grace) {}

  /** Waits for running calls and frees everything. A second call does nothing. */
  @Override
  void close();
}
