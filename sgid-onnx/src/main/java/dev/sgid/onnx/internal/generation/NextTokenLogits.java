package dev.sgid.onnx.internal.generation;

/** A language model as a search sees it: what may come after each of several sequences. */
interface NextTokenLogits {
  /** How many tokens there are. */
  int vocabulary();

  /**
   * Scores every token as the next of each sequence.
   *
   * @param parents per sequence, which one of the last call it goes on from, by a token; in the
   *     first call, the index of the thing it is about
   * @param sequences token ids from the prompt's first on, all of one length
   * @param logits gets those of each sequence, an entry per token; may have more rows than there
   *     are sequences
   */
  void next(int[] parents, int[][] sequences, float[][] logits);
}
