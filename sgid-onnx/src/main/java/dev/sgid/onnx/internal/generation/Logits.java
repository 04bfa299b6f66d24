package dev.sgid.onnx.internal.generation;

import java.util.Arrays;

/**
 * What transformers does to a model's logits before a token is chosen, in float32 as torch computes
 * it. Every method works in place on one row, an entry per token; a removed token has negative
 * infinity.
 */
final class Logits {
  private Logits() {}

  /** Turns logits into log-probabilities: x - max(x) - ln(sum(exp(x - max(x)))). */
  static void logSoftmax(float[] x) {
    float max = x[argmax(x)];
    double sum = 0;
    for (float value : x) {
      sum += Math.exp(value - max);
    }
    float logSum = (float) Math.log(sum);
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] - max - logSum;
    }
  }

  /** Turns logits into probabilities. */
  static void softmax(float[] x) {
    float max = x[argmax(x)];
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.exp(x[i] - max);
      sum += x[i];
    }
    float total = (float) sum;
    for (int i = 0; i < x.length; i++) {
      x[i] /= total;
    }
  }

  /** The index of the largest value, the first of equals. */
  static int argmax(float[] x) {
    int best = 0;
    for (int i = 1; i < x.length; i++) {
      if (x[i] > x[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * Makes tokens that are already in the sequence less likely (for {@code penalty > 1}), each once,
   * however often it is there: Keskar et al., CTRL, 2019.
   */
  static void penalizeRepetition(float[] x, int[] sequence, float penalty) {
    if (penalty == 1) {
      return;
    }
    for (int i = 0; i < sequence.length; i++) {
      int token = sequence[i];
      if (!contains(sequence, i, token)) {
        x[token] = x[token] < 0 ? x[token] * penalty : x[token] / penalty;
      }
    }
  }

  private static boolean contains(int[] sequence, int length, int token) {
    for (int i = 0; i < length; i++) {
      if (sequence[i] == token) {
        return true;
      }
    }
    return false;
  }

  /** Removes every token that would end a run of {@code n} which the sequence has; 0 for none. */
  static void forbidRepeatedNgram(float[] x, int[] sequence, int n) {
    if (n == 0) {
      return;
    }
    int lastRun = sequence.length - n + 1; // where the run begins that the next token ends
    for (int start = 0; start < lastRun; start++) {
      if (Arrays.equals(sequence, start, start + n - 1, sequence, lastRun, lastRun + n - 1)) {
        x[sequence[start + n - 1]] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** Divides by the temperature: below 1 the likely gets likelier. */
  static void heat(float[] x, float temperature) {
    if (temperature != 1) {
      for (int i = 0; i < x.length; i++) {
        x[i] /= temperature;
      }
    }
  }

  /**
   * Removes all but the {@code k} largest, and those equal to the smallest of them; 0 for no limit.
   */
  static void keepTopK(float[] x, int k) {
    if (k == 0 || k >= x.length) {
      return;
    }
    float[] sorted = x.clone();
    Arrays.sort(sorted);
    float least = sorted[sorted.length - k];
    for (int i = 0; i < x.length; i++) {
      if (x[i] < least) {
        x[i] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /**
   * Removes the unlikeliest tokens, as long as together they are no likelier than {@code 1 - p};
   * the likeliest stays: Holtzman et al., The Curious Case of Neural Text Degeneration, 2020.
   */
  static void keepTopP(float[] x, double p) {
    if (p >= 1) {
      return;
    }
    long[] ascending = new long[x.length]; // a value that sorts as x does, of equals the first
    for (int i = 0; i < x.length; i++) {
      int bits = Float.floatToIntBits(x[i]);
      ascending[i] = ((long) (bits ^ (bits >> 31 & Integer.MAX_VALUE)) << 32) | i;
    }
    Arrays.sort(ascending);
    float[] probabilities = x.clone();
    softmax(probabilities);
    float limit = (float) (1 - p);
    double sum = 0;
    for (int i = 0; i < ascending.length - 1; i++) {
      int token = (int) ascending[i];
      sum += probabilities[token];
      if (!((float) sum <= limit)) {
        return;
      }
      x[token] = Float.NEGATIVE_INFINITY;
    }
  }
}
