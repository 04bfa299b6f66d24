package dev.sgid.onnx.internal.generation;

import java.util.Arrays;
import java.util.List;

/** Takes the likeliest token at every step. Scores are mean log-probabilities of the new tokens. */
final class GreedySearch implements Search {
  private final Limits limits;
  private int[] sequence;
  private double logProbability; // of the new tokens, together
  private boolean over;

  GreedySearch(Limits limits, int[] prompt) {
    this.limits = limits;
    this.sequence = prompt.clone();
  }

  @Override
  public int[][] sequences() {
    return over ? new int[0][] : new int[][] {sequence};
  }

  @Override
  public int[] parents() {
    return new int[over ? 0 : 1];
  }

  @Override
  public void advance(float[][] logits) {
    float[] scores = logits[0].clone();
    limits.apply(scores, sequence);
    int token = Logits.argmax(scores);
    Logits.logSoftmax(logits[0]);
    logProbability += logits[0][token];
    sequence = append(sequence, token);
    over = limits.ends(token, sequence.length);
  }

  /** {@code sequence} and one token more. */
  static int[] append(int[] sequence, int token) {
    int[] longer = Arrays.copyOf(sequence, sequence.length + 1);
    longer[sequence.length] = token;
    return longer;
  }

  @Override
  public List<Hypothesis> result() {
    return List.of(
        Hypothesis.of(sequence, logProbability / (sequence.length - limits.promptLength())));
  }
}
