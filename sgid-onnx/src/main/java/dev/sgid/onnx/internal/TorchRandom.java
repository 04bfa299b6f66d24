package dev.sgid.onnx.internal;

import java.nio.FloatBuffer;

/**
 * The random numbers of PyTorch's CPU generator: a seed gives the noise that {@code
 * torch.Generator("cpu").manual_seed(seed)} gives.
 *
 * <p>Bits come from the Mersenne Twister MT19937 [1]. Its state of n = 624 words starts from the
 * seed's low 32 bits and moves on by
 *
 * <pre>
 *   x[k+n] = x[k+m] ^ twist(upper bit of x[k], lower 31 bits of x[k+1]),  m = 397
 * </pre>
 *
 * <p>Normals come from Box and Muller's transform [2] of two uniforms in [0, 1):
 *
 * <pre>
 *   r = sqrt(-2 ln(1 - u)),  theta = 2 pi v,  normals r cos(theta) and r sin(theta)
 * </pre>
 *
 * PyTorch has two ways to apply it, and a port needs both. From 16 values on it works in float32 on
 * blocks of 16: values 0..7 hold u, 8..15 hold v, then both halves are overwritten by the cosine
 * and the sine half; a remainder is not a shorter block, but a fresh block over the <em>last</em>
 * 16 values. Below 16 values it works in float64, one value at a time, v drawn before u, and the
 * sine half waits in the generator for the next small call, whatever is drawn in between.
 *
 * <p>Normals differ from those of PyTorch on x86 by less than 1e-6, the last digits of its
 * vectorised float32 logarithm, sine and cosine (4.8e-7 seen over 12 M draws); they are bit-equal
 * on every Java platform. Not thread-safe.
 *
 * <p>[1] M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998. [2] G. Box, M.
 * Muller, "A Note on the Generation of Random Normal Deviates", Ann. Math. Statist. 29(2), 1958.
 */
public final class TorchRandom {
  private static final int N = 624;
  private static final int M = 397;
  private static final int BLOCK = 16;
  private static final double TWO_PI = 2 * Math.PI;

  private final int[] state = new int[N];
  private int used = N; // words of state already given out
  private double waitingNormal = Double.NaN; // NaN: none

  /**
   * Starts the generator.
   *
   * @param seed any value; only its low 32 bits count, as in PyTorch (7 and 7 + 2^32 are the same)
   */
  public TorchRandom(long seed) {
    state[0] = (int) seed;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /** Fills {@code out} with standard normals, as {@code torch.randn(out.length, generator=g)}. */
  public void normal(float[] out) {
    normal(FloatBuffer.wrap(out));
  }

  /**
   * Fills the elements from {@code out}'s position to its limit with standard normals, as {@code
   * torch.randn(out.remaining(), generator=g)}. Position and limit stay as they are.
   */
  public void normal(FloatBuffer out) {
    int from = out.position();
    int to = out.limit();
    if (to - from < BLOCK) {
      for (int i = from; i < to; i++) {
        out.put(i, (float) nextNormal());
      }
      return;
    }
    for (int i = from; i < to; i++) {
      out.put(i, nextFloat());
    }
    for (int i = from; i <= to - BLOCK; i += BLOCK) {
      boxMuller(out, i);
    }
    if ((to - from) % BLOCK != 0) {
      for (int i = to - BLOCK; i < to; i++) {
        out.put(i, nextFloat());
      }
      boxMuller(out, to - BLOCK);
    }
  }

  /**
   * Draws one index, as {@code torch.multinomial(probabilities, 1, generator=g)} does: the index of
   * the largest p / E, where each E is a fresh draw of the exponential distribution.
   *
   * @param probabilities finite, at least 0, at least one above 0; they need not add up to 1
   * @return the index drawn; of two equal quotients the first
   * @throws IllegalArgumentException if a value is negative, NaN or infinite, or none is above 0
   */
  public int multinomial(float[] probabilities) {
    float sum = 0;
    for (int i = 0; i < probabilities.length; i++) {
      float p = probabilities[i];
      if (!(p >= 0 && p <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "probabilities[" + i + "] must be finite and at least 0, but is " + p);
      }
      sum += p;
    }
    if (!(sum > 0)) {
      throw new IllegalArgumentException(
          "None of the " + probabilities.length + " probabilities is above 0");
    }
    int best = -1;
    float largest = -1;
    for (int i = 0; i < probabilities.length; i++) {
      // float32 quotient of float32 values: a tie or a near tie must fall as it does in PyTorch
      float quotient = probabilities[i] / (float) exponential();
      if (quotient > largest) {
        largest = quotient;
        best = i;
      }
    }
    return best;
  }

  /** A draw of the exponential distribution with rate 1. */
  private double exponential() {
    return -StrictMath.log1p(-nextDouble());
  }

  private double nextNormal() {
    if (!Double.isNaN(waitingNormal)) {
      double normal = waitingNormal;
      waitingNormal = Double.NaN;
      return normal;
    }
    double theta = TWO_PI * nextDouble();
    double r = StrictMath.sqrt(-2 * StrictMath.log1p(-nextDouble()));
    waitingNormal = r * StrictMath.sin(theta);
    return r * StrictMath.cos(theta);
  }

  private static void boxMuller(FloatBuffer block, int start) {
    for (int i = start; i < start + BLOCK / 2; i++) {
      // rounded to float32 after every operation, as PyTorch's vectorised code does
      float u = 1 - block.get(i);
      float r = (float) Math.sqrt(-2 * (float) StrictMath.log(u));
      float theta = (float) TWO_PI * block.get(i + BLOCK / 2);
      block.put(i, r * (float) StrictMath.cos(theta));
      block.put(i + BLOCK / 2, r * (float) StrictMath.sin(theta));
    }
  }

  /** A uniform in [0, 1) of 24 random bits. */
  private float nextFloat() {
    return (nextInt() & 0xffffff) * 0x1p-24f;
  }

  /** A uniform in [0, 1) of 53 random bits. */
  private double nextDouble() {
    long high = nextInt();
    long bits = high << 32 | (nextInt() & 0xffffffffL);
    return (bits & ((1L << 53) - 1)) * 0x1p-53;
  }

  private int nextInt() {
    if (used == N) {
      advance();
    }
    int y = state[used++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void advance() {
    for (int k = 0; k < N; k++) {
      int mixed = (state[k] & 0x80000000) | (state[(k + 1) % N] & 0x7fffffff);
      state[k] = state[(k + M) % N] ^ (mixed >>> 1) ^ ((mixed & 1) * 0x9908b0df);
    }
    used = 0;
  }
}
