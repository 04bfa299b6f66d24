package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.ImageDecoder;
import dev.sgid.dataset.JobListener;
import dev.sgid.internal.Require;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Measures a data set and the copies made of it. Begins with {@link #of}; the {@code with…} methods
 * give changed ones.
 *
 * <p>Copies that sgid wrote, as folders or shards, are found by their manifest; one is passed over,
 * and listed, where its original has changed since. Those of another tool are found by their names:
 * a copy's name begins with its original's, extensions aside, in the same class, and does not go on
 * in the middle of a number or a word; the longest such name is meant. A picture that is its
 * original byte by byte is no copy.
 *
 * <p>Images are read one after the other; only embeddings' sums and what waits for its original is
 * kept in memory. Immutable and thread-safe.
 *
 * @param in the originals
 * @param out the folder of the copies
 * @param texts of labels that are ids, by label; others are texts themselves
 * @param doubts how many doubts are listed, at least 0
 * @param listener hears how far it is
 * @param decoder of all pictures
 */
public record Evaluator(
    DatasetReader in,
    Path out,
    Map<String, String> texts,
    int doubts,
    JobListener listener,
    ImageDecoder decoder) {
  /** How many doubts are listed where nothing else is said. */
  public static final int DEFAULT_DOUBTS = 20;

  public Evaluator {
    requireNonNull(in, "in");
    requireNonNull(out, "out");
    texts = Map.copyOf(texts);
    Require.atLeast(0, doubts, "doubts");
    requireNonNull(listener, "listener");
    requireNonNull(decoder, "decoder");
  }

  /** Nothing special. */
  public static Evaluator of(DatasetReader in, Path out) {
    return new Evaluator(in, out, Map.of(), DEFAULT_DOUBTS, JobListener.NONE, new ImageDecoder());
  }

  /** This with texts for labels that are ids, see {@link DatasetReader#labelTexts}. */
  public Evaluator withTexts(Map<String, String> value) {
    return new Evaluator(in, out, value, doubts, listener, decoder);
  }

  /** This with so many doubts listed, at least 0. */
  public Evaluator withDoubts(int value) {
    return new Evaluator(in, out, texts, value, listener, decoder);
  }

  /** This with somebody who hears how far it is. */
  public Evaluator withListener(JobListener value) {
    return new Evaluator(in, out, texts, doubts, value, decoder);
  }

  /** This with another decoder, as for larger images. */
  public Evaluator withDecoder(ImageDecoder value) {
    return new Evaluator(in, out, texts, doubts, listener, value);
  }

  /**
   * Measures.
   *
   * @param sgid whose scorer measures
   * @throws DatasetException if there is nothing to compare
   * @throws SgidException if the model fails or the thread is interrupted
   * @throws UncheckedIOException if the folder of the copies can't be read
   */
  public Evaluation evaluate(Sgid sgid) {
    try {
      return new EvaluationRun(this, sgid, Copies.of(in, out)).run();
    } catch (IOException e) {
      throw new UncheckedIOException(out + " can't be read: " + e.getMessage(), e);
    }
  }
}
