package dev.sgid.onnx.blip;

import java.nio.FloatBuffer;

/** A language model as a search sees it: what may come after each of several sequences. */
interface NextTokenLogits {
  /** How many tokens there are. */
  int vocabulary();

  /**
   * Scores every token as the next of each sequence.
   *
   * @param parents per sequence, which one of the last call it goes on from, by a token; in the
   *     first call, the index of its image
   * @param sequences token ids from the prompt's first on, all of one length
   * @return logits, (sequences, vocabulary), good until the next call
   */
  FloatBuffer next(int[] parents, int[][] sequences);
}
