package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The schedulers there are: a new one is a line here and a file of its own. */
final class Schedulers {
  private static final Map<Class<?>, BiFunction<Scheduler, Sampling, SchedulerRun>> ALL =
      Map.ofEntries(
          entry(Scheduler.Ddim.class, DdimScheduler::new),
          entry(Scheduler.DpmSolver.class, DpmSolverScheduler::new),
          entry(Scheduler.Lcm.class, LcmScheduler::new),
          entry(Scheduler.Euler.class, EulerScheduler::new),
          entry(Scheduler.EulerAncestral.class, EulerAncestralScheduler::new),
          entry(Scheduler.Pndm.class, PndmScheduler::new),
          entry(Scheduler.UniPc.class, UniPcScheduler::new));

  private Schedulers() {}

  private static <S extends Scheduler>
      Map.Entry<Class<?>, BiFunction<Scheduler, Sampling, SchedulerRun>> entry(
          Class<S> spec, BiFunction<S, Sampling, SchedulerRun> make) {
    return Map.entry(spec, (given, sampling) -> make.apply(spec.cast(given), sampling));
  }

  /**
   * A run for one picture.
   *
   * @param spacing which timesteps are taken; null for what the model's file says
   * @param steps length of the whole schedule, at least 1
   * @param noiseRate in (0, 1]
   * @throws IllegalArgumentException if the scheduler can't run so many steps at that noise rate
   * @throws dev.sgid.SgidException if it can't do what the model's file asks for
   */
  static SchedulerRun of(
      Scheduler spec,
      @Nullable TimestepSpacing spacing,
      SchedulerConfig config,
      int steps,
      double noiseRate) {
    BiFunction<Scheduler, Sampling, SchedulerRun> make = ALL.get(spec.getClass());
    if (make == null) {
      throw new IllegalArgumentException("There is no scheduler " + spec.name() + " here");
    }
    return make.apply(spec, new Sampling(config, spacing, steps, noiseRate));
  }
}
