package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler;
import dev.sgid.Scheduler.SolverType;
import java.util.Set;

/**
 * What a step of UniPC multiplies, see {@link UniPcScheduler}: {@code m0 = ofSample x + ofOutput
 * m}; the corrected sample is {@code correct0 before + correctNow m0 + correct1 m1 + correct2 m2 +
 * correct3 m3}; the next {@code predict corrected + predict0 m0 + predict1 m1 + predict2 m2}.
 */
record UniPcFactors(
    float ofSample,
    float ofOutput,
    boolean corrects,
    float correct0,
    float correctNow,
    float correct1,
    float correct2,
    float correct3,
    float predict,
    float predict0,
    float predict1,
    float predict2) {

  /** A noise level, and what it stands for. */
  private record Level(double image, double grain, double lambda) {
    static Level of(float sigma) {
      double image = 1 / Math.sqrt((double) sigma * sigma + 1);
      double grain = sigma * image;
      return new Level(image, grain, Math.log(image) - Math.log(grain));
    }
  }

  /** The factors of a move from one level to the next: of the sample, then of outputs. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Move(double ofSample, double ofFirst, double[] ofOthers, double ofArrived) {}

  /**
   * The factors of all steps that are run.
   *
   * @param sigmas (steps + 1), the level of each, then the one the last step ends at
   * @param begin how many steps of the whole schedule are not run
   * @param notCorrected steps of the whole schedule after which no sample is corrected
   * @throws IllegalArgumentException if one is no number
   */
  static UniPcFactors[] of(
      Scheduler.UniPc spec,
      float[] sigmas,
      int begin,
      Set<Integer> notCorrected,
      SchedulerConfig.Prediction prediction) {
    UniPcFactors[] factors = new UniPcFactors[sigmas.length - 1];
    Level[] levels = new Level[sigmas.length];
    for (int i = 0; i < sigmas.length; i++) {
      levels[i] = Level.of(sigmas[i]);
    }
    int orderBefore = 0;
    for (int i = 0; i < factors.length; i++) {
      int left = factors.length - i;
      int highest =
          spec.lowerOrderFinal() ? Math.min(spec.solverOrder(), left) : spec.solverOrder();
      int order = Math.min(highest, i + 1); // there is no more past
      boolean corrects = i > 0 && !notCorrected.contains(begin + i - 1);
      Move correct =
          corrects
              ? move(spec, levels, i - 1, orderBefore, true)
              : new Move(0, 0, new double[2], 0);
      Move predict = move(spec, levels, i, order, false);
      double image = levels[i].image;
      double grain = levels[i].grain;
      factors[i] =
          new UniPcFactors(
              (float)
                  (spec.predictX0()
                      ? prediction.imageOfSample(image)
                      : prediction.noiseOfSample(grain)),
              (float)
                  (spec.predictX0()
                      ? prediction.imageOfOutput(image, grain)
                      : prediction.noiseOfOutput(image, grain)),
              corrects,
              (float) correct.ofSample,
              (float) correct.ofArrived,
              (float) correct.ofFirst,
              (float) correct.ofOthers[0],
              (float) correct.ofOthers[1],
              (float) predict.ofSample,
              (float) predict.ofFirst,
              (float) predict.ofOthers[0],
              (float) predict.ofOthers[1]);
      orderBefore = order;
    }
    return factors;
  }

  /**
   * A move from level {@code from} to the one after it, in the notation of [1]: {@code r_k} are the
   * places of former outputs, in steps from here, and {@code rho_k} the weights that make the
   * update exact to the order.
   *
   * @param arrived whether the output at the next level is known: UniC, else UniP
   */
  private static Move move(
      Scheduler.UniPc spec, Level[] levels, int from, int order, boolean arrived) {
    Level s = levels[from];
    Level t = levels[from + 1];
    double h = t.lambda - s.lambda;
    double hh = spec.predictX0() ? -h : h;
    double phi1 = Math.expm1(hh);
    double b = spec.solverType() == SolverType.BH1 ? hh : phi1;
    double into = spec.predictX0() ? t.image : t.grain;
    double ofSample = spec.predictX0() ? t.grain / s.grain : t.image / s.image;
    double ofFirst = -into * phi1;
    double[] r = new double[order];
    for (int k = 1; k < order; k++) {
      r[k - 1] = (levels[from - k].lambda - s.lambda) / h;
    }
    r[order - 1] = 1;
    double[] ofOthers = new double[2];
    int used = arrived ? order : order - 1;
    double[] rho = used == 0 ? new double[0] : rho(r, hh, phi1, b, used);
    for (int k = 0; k < order - 1; k++) {
      ofOthers[k] = -into * b * rho[k] / r[k];
      ofFirst -= ofOthers[k];
    }
    double ofArrived = arrived ? -into * b * rho[order - 1] : 0;
    Move move = new Move(ofSample, ofFirst - ofArrived, ofOthers, ofArrived);
    if (!Double.isFinite(ofSample + move.ofFirst + ofOthers[0] + ofOthers[1] + ofArrived)) {
      throw new IllegalArgumentException(
          spec + " can't end at the noise level of its last step: take lower_order_final=true");
    }
    return move;
  }

  /** Solves {@code sum_k r_k^(n - 1) rho_k = n! phi_(n+1) / B} for n up to {@code count}. */
  private static double[] rho(double[] r, double hh, double phi1, double b, int count) {
    if (count == 1) {
      return new double[] {0.5}; // as the paper and diffusers simplify it
    }
    double[][] rows = new double[count][count + 1];
    double phi = phi1 / hh - 1;
    double factorial = 1;
    for (int n = 0; n < count; n++) {
      for (int k = 0; k < count; k++) {
        rows[n][k] = Math.pow(r[k], n);
      }
      rows[n][count] = phi * factorial / b;
      factorial *= n + 2;
      phi = phi / hh - 1 / factorial;
    }
    return solve(rows);
  }

  /** Gauss' elimination of a system of at most three equations, the right side last in each row. */
  private static double[] solve(double[][] rows) {
    int n = rows.length;
    for (int pivot = 0; pivot < n; pivot++) {
      int largest = pivot;
      for (int row = pivot + 1; row < n; row++) {
        if (Math.abs(rows[row][pivot]) > Math.abs(rows[largest][pivot])) {
          largest = row;
        }
      }
      double[] chosen = rows[largest];
      rows[largest] = rows[pivot];
      rows[pivot] = chosen;
      for (int row = pivot + 1; row < n; row++) {
        double factor = rows[row][pivot] / chosen[pivot];
        for (int k = pivot; k <= n; k++) {
          rows[row][k] -= factor * chosen[k];
        }
      }
    }
    double[] solution = new double[n];
    for (int row = n - 1; row >= 0; row--) {
      double sum = rows[row][n];
      for (int k = row + 1; k < n; k++) {
        sum -= rows[row][k] * solution[k];
      }
      solution[row] = sum / rows[row][row];
    }
    return solution;
  }
}
