package dev.sgid.dataset.evaluate;

import dev.sgid.dataset.evaluate.Tuning.Choice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Chooses among settings that were tried. */
final class Chooser {
  private static final double TOLERANCE = 1e-9; // 0.7 - 0.05 is less than 0.65

  private final List<Tried> tried;
  private final double leastAgreement;

  Chooser(List<Tried> tried, double leastAgreement) {
    this.tried = List.copyOf(tried);
    this.leastAgreement = leastAgreement;
  }

  /**
   * A setting.
   *
   * @param agreement of its copies; null where there are none
   * @param interval of the agreement
   * @param byOriginal how far the copies of each original are apart; not a number where there are
   *     not two of them
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Tried(@Nullable Double agreement, @Nullable Interval interval, double[] byOriginal) {
    double diversity() {
      return IntStream.range(0, byOriginal.length)
          .mapToDouble(i -> byOriginal[i])
          .filter(value -> !Double.isNaN(value))
          .average()
          .orElse(Double.NEGATIVE_INFINITY);
    }

    double agreementOrLess() {
      return agreement == null ? Double.NEGATIVE_INFINITY : agreement;
    }
  }

  /** The choice; null where no setting has copies. */
  @Nullable Choice choice() {
    List<Integer> above = indices(this::isAbove);
    if (above.isEmpty()) {
      return indices(one -> one.agreement() != null).stream()
          .max(
              Comparator.comparingDouble((Integer i) -> tried.get(i).agreementOrLess())
                  .thenComparingDouble(i -> tried.get(i).diversity())
                  .thenComparing(Comparator.reverseOrder()))
          .map(best -> new Choice(best, false, false, List.of()))
          .orElse(null);
    }
    int best =
        above.stream()
            .max(
                Comparator.comparingDouble((Integer i) -> tried.get(i).diversity())
                    .thenComparingDouble(i -> tried.get(i).agreementOrLess())
                    .thenComparing(Comparator.reverseOrder())) // the earlier of the same
            .orElseThrow();
    Interval interval = tried.get(best).interval();
    boolean certain = interval != null && interval.low() >= leastAgreement - TOLERANCE;
    List<Integer> alike = new ArrayList<>(above);
    alike.removeIf(i -> i == best || !isAlike(tried.get(best), tried.get(i)));
    return new Choice(best, true, certain, alike);
  }

  private boolean isAbove(Tried one) {
    return one.agreementOrLess() >= leastAgreement - TOLERANCE;
  }

  private List<Integer> indices(Predicate<Tried> which) {
    return IntStream.range(0, tried.size()).filter(i -> which.test(tried.get(i))).boxed().toList();
  }

  /** By the differences of the same originals, whose copies begin with the same noise. */
  private static boolean isAlike(Tried a, Tried b) {
    double[] differences =
        IntStream.range(0, a.byOriginal().length)
            .mapToDouble(i -> a.byOriginal()[i] - b.byOriginal()[i])
            .filter(difference -> !Double.isNaN(difference))
            .toArray();
    Interval interval = Interval.ofMean(differences);
    return interval == null || interval.holds(0);
  }
}
