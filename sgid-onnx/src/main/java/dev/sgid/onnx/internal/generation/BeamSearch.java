package dev.sgid.onnx.internal.generation;

import dev.sgid.onnx.internal.generation.GenerationOptions.EarlyStopping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Keeps the B likeliest sequences at every step, as transformers does, in float32.
 *
 * <pre>
 *   score of a running sequence    s = sum of its new tokens' log p
 *   score of one that has ended    s / n^lengthPenalty,  n = how many new tokens it has
 * </pre>
 *
 * Of the 2B likeliest continuations, those that end and are among the first B compete for the B
 * places of the result; the B likeliest of the others run on. Results come best first.
 */
final class BeamSearch implements Search {
  private static final float NONE = -1e9f; // the score of a place nobody has taken

  /** A sequence that grows by {@code token} from running sequence {@code beam}. */
  private record Continuation(int beam, int token, float score, boolean ends) {}

  private final Limits limits;
  private final int beams;
  private final double lengthPenalty;
  private final EarlyStopping earlyStopping;
  private int[][] running; // (beams, length so far), likeliest first
  private float[] scores; // of the running
  private int[] parents;
  private List<Hypothesis> ended = new ArrayList<>(); // at most beams, best first

  BeamSearch(Limits limits, int[] prompt, int beams, GenerationOptions options) {
    this.limits = limits;
    this.beams = beams;
    this.lengthPenalty = options.lengthPenalty();
    this.earlyStopping = options.earlyStopping();
    this.running = new int[beams][];
    Arrays.setAll(running, i -> prompt.clone());
    this.scores = new float[beams];
    Arrays.fill(scores, 1, beams, NONE); // all are the same yet: only the first counts
    this.parents = new int[beams];
  }

  @Override
  public int[][] sequences() {
    return running.clone();
  }

  @Override
  public int[] parents() {
    return parents.clone();
  }

  @Override
  public void advance(float[][] logits) {
    int length = running[0].length + 1;
    List<Continuation> likeliest = likeliest(logits, length);
    List<Continuation> open = new ArrayList<>();
    for (int i = 0; i < likeliest.size(); i++) {
      Continuation continuation = likeliest.get(i);
      if (!continuation.ends) {
        open.add(continuation);
      } else if (i < beams) {
        int[] ids = GreedySearch.append(running[continuation.beam], continuation.token);
        ended.add(Hypothesis.of(ids, continuation.score / lengthFactor(length)));
      }
    }
    ended.sort(Comparator.comparing(Hypothesis::score).reversed()); // of equals, who came first
    ended = new ArrayList<>(ended.subList(0, Math.min(beams, ended.size())));
    if (open.size() < beams) { // only when the length has run out
      stop();
      return;
    }
    goOn(open.subList(0, beams));
    if (isSettled(length)) {
      stop();
    }
  }

  /** The likeliest 2B continuations, likeliest first. */
  private List<Continuation> likeliest(float[][] logits, int length) {
    int wanted = 2 * beams;
    float[] best = new float[wanted];
    int[] at = new int[wanted]; // beam * vocabulary + token
    int found = 0;
    int vocabulary = logits[0].length;
    for (int beam = 0; beam < beams; beam++) {
      float[] row = logits[beam];
      Logits.logSoftmax(row);
      limits.apply(row, running[beam]);
      for (int token = 0; token < vocabulary; token++) {
        float score = row[token] + scores[beam];
        if (found == wanted && !(score > best[wanted - 1])) {
          continue;
        }
        int place = found < wanted ? found++ : wanted - 1;
        for (; place > 0 && score > best[place - 1]; place--) {
          best[place] = best[place - 1];
          at[place] = at[place - 1];
        }
        best[place] = score;
        at[place] = beam * vocabulary + token;
      }
    }
    List<Continuation> continuations = new ArrayList<>();
    for (int i = 0; i < found; i++) {
      int token = at[i] % vocabulary;
      boolean ends = limits.ends(token, length);
      continuations.add(new Continuation(at[i] / vocabulary, token, best[i], ends));
    }
    return continuations;
  }

  private float lengthFactor(int length) {
    return (float) Math.pow(length - limits.promptLength(), lengthPenalty);
  }

  private void goOn(List<Continuation> open) {
    int[][] longer = new int[beams][];
    for (int i = 0; i < beams; i++) {
      Continuation continuation = open.get(i);
      longer[i] = GreedySearch.append(running[continuation.beam], continuation.token);
      scores[i] = continuation.score;
      parents[i] = continuation.beam;
    }
    running = longer;
  }

  /** Whether the result can't, or by the reference's guess won't, get better. */
  private boolean isSettled(int length) {
    if (ended.size() < beams) {
      return false;
    }
    if (earlyStopping == EarlyStopping.TRUE) {
      return true;
    }
    boolean longest = earlyStopping == EarlyStopping.NEVER && lengthPenalty > 0;
    float best = scores[0] / lengthFactor(longest ? limits.maxLength() : length);
    return !(best > ended.get(beams - 1).score());
  }

  private void stop() {
    running = new int[0][];
    parents = new int[0];
  }

  @Override
  public List<Hypothesis> result() {
    return List.copyOf(ended);
  }
}
