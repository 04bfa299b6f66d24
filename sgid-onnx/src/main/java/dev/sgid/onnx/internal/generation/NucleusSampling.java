package dev.sgid.onnx.internal.generation;

import dev.sgid.onnx.internal.TorchRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Draws every token from what temperature, top-k and top-p leave of the distribution, for several
 * sequences at once, as transformers does with {@code num_return_sequences} after {@code
 * torch.manual_seed}. Results come in the order of the sequences; scores are mean log-probabilities
 * of the new tokens before the three.
 */
final class NucleusSampling implements Search {
  private final Limits limits;
  private final double temperature;
  private final int topK;
  private final double topP;
  private final TorchRandom random;
  private final int[][] drawn; // the sequences so far, ended or not
  private final double[] logProbability; // of each one's new tokens, together
  private int[] open; // which are not ended
  private int[] parents;

  NucleusSampling(
      Limits limits, int[] prompt, int sequences, GenerationOptions options, long seed) {
    this.limits = limits;
    this.temperature = options.temperature();
    this.topK = options.topK();
    this.topP = options.topP();
    this.random = new TorchRandom(seed);
    this.drawn = new int[sequences][];
    Arrays.setAll(drawn, i -> prompt.clone());
    this.logProbability = new double[sequences];
    this.open = new int[sequences];
    Arrays.setAll(open, i -> i);
    this.parents = new int[sequences];
  }

  @Override
  public int[][] sequences() {
    return Arrays.stream(open).mapToObj(i -> drawn[i]).toArray(int[][]::new);
  }

  @Override
  public int[] parents() {
    return parents.clone();
  }

  @Override
  public void advance(float[][] logits) {
    // the reference draws for ended sequences too, whose tokens it then overwrites
    float[] anything = new float[logits[0].length];
    anything[0] = 1;
    List<Integer> stillOpen = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int i = 0, row = 0; i < drawn.length; i++) {
      if (row == open.length || open[row] != i) {
        random.multinomial(anything);
        continue;
      }
      if (!draw(i, logits[row])) {
        stillOpen.add(i);
        rows.add(row);
      }
      row++;
    }
    open = stillOpen.stream().mapToInt(Integer::intValue).toArray();
    parents = rows.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Draws the next token of sequence {@code i}; returns whether it ends it. */
  private boolean draw(int i, float[] logits) {
    float[] scores = logits.clone();
    limits.apply(scores, drawn[i]);
    Logits.heat(scores, (float) temperature);
    Logits.keepTopK(scores, topK);
    Logits.keepTopP(scores, topP);
    Logits.softmax(scores);
    int token = random.multinomial(scores);
    Logits.logSoftmax(logits);
    logProbability[i] += logits[token];
    drawn[i] = GreedySearch.append(drawn[i], token);
    return limits.ends(token, drawn[i].length);
  }

  @Override
  public List<Hypothesis> result() {
    List<Hypothesis> hypotheses = new ArrayList<>();
    for (int i = 0; i < drawn.length; i++) {
      int tokens = drawn[i].length - limits.promptLength();
      hypotheses.add(Hypothesis.of(drawn[i], logProbability[i] / tokens));
    }
    return hypotheses;
  }
}
