package dev.sgid.onnx.internal.generation;

/**
 * What every search keeps to.
 *
 * @param end the token that ends a sequence
 * @param promptLength tokens at the start that are given
 * @param minLength tokens below which a sequence may not end, prompt included
 * @param maxLength tokens after which a sequence ends, prompt included
 * @param repetitionPenalty 1 for none
 * @param noRepeatNgram how long a run of tokens must be that may not come twice; 0 for no such rule
 */
record Limits(
    int end,
    int promptLength,
    int minLength,
    int maxLength,
    double repetitionPenalty,
    int noRepeatNgram) {
  /** Applies the rules that every search has, in transformers' order, to a sequence's scores. */
  void apply(float[] scores, int[] sequence) {
    Logits.penalizeRepetition(scores, sequence, (float) repetitionPenalty);
    Logits.forbidRepeatedNgram(scores, sequence, noRepeatNgram);
    if (sequence.length < minLength) {
      scores[end] = Float.NEGATIVE_INFINITY;
    }
  }

  /** Whether a sequence of {@code length} tokens ends with {@code token}, its last. */
  boolean ends(int token, int length) {
    return token == end || length >= maxLength;
  }
}
