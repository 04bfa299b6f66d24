package dev.sgid;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls stages that may be anybody's: what goes wrong is told with the stage's name. */
final class Stages {
  private Stages() {}

  /** A call on some inputs, which gives one result for each. */
  interface Call<I, O> {
    @Nullable List<O> on(List<I> inputs);
  }

  /** What is done with an input's result, or with the failure that it has for itself. */
  interface Sink<I, O> {
    void done(I input, @Nullable O result, @Nullable SgidException failure);
  }

  /**
   * Runs a stage on all inputs in one call. If that fails, each is tried alone, so that a failure
   * stays that of the input which causes it.
   *
   * @throws SgidException of kind cancelled
   */
  static <I, O> void each(Stage stage, List<I> inputs, Call<I, O> call, Sink<I, O> sink) {
    if (inputs.isEmpty()) {
      return;
    }
    try {
      List<O> results = run(stage, inputs.size(), () -> call.on(inputs));
      for (int i = 0; i < inputs.size(); i++) {
        sink.done(inputs.get(i), results.get(i), null);
      }
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      if (inputs.size() == 1) {
        sink.done(inputs.get(0), null, e);
        return;
      }
      for (I input : inputs) {
        each(stage, List.of(input), call, sink);
      }
    }
  }

  /** Runs a stage on {@code count} inputs. */
  static <O> List<O> run(
      Stage stage, int count, Supplier<@Nullable List<O>> call) {
    if (Thread.currentThread().isInterrupted()) {
      throw SgidException.cancelled(stage); // a stage of the caller's own may not look
    }
    List<O> results = attempt(stage, call);
    if (results == null || results.stream().anyMatch(Objects::isNull)) {
      throw new SgidException(stage, "The stage " + stage + " must not give null, gave " + results);
    }
    if (results.size() != count) {
      throw new SgidException(
          stage, "The stage " + stage + " must give " + count + " results, gave " + results.size());
    }
    return results;
  }

  /** Runs what may fail in any way; running out of memory is a failure like others. */
  static <T extends @Nullable Object> T attempt(
      Stage stage, Supplier<T> call) {
    try {
      return call.get();
    } catch (SgidException e) {
      throw e;
    } catch (RuntimeException e) {
      String what = e instanceof IllegalArgumentException ? e.getMessage() : e.toString();
      throw new SgidException(stage, "The stage " + stage + " failed: " + what, e);
    } catch (OutOfMemoryError e) {
      throw new SgidException(
          stage, "The stage " + stage + " ran out of memory (" + e.getMessage() + ")", e);
    }
  }

  /** Generates what a lane has taken, each alone if all together fail. */
  static List<Img2ImgFeed.Done> generate(
      Img2ImgGenerator generator, List<Img2ImgFeed.Ticket> tickets, StepListener listener) {
    Function<List<Img2ImgFeed.Ticket>, List<Img2ImgResult>> generate =
        some ->
            generator.generate(
                some.stream().map(Img2ImgFeed.Ticket::request).toList(),
                (picture, step, steps, timestep) ->
                    listener.stepDone(
                        some.get((int) picture).index(), step, steps, timestep));
    List<Img2ImgFeed.Done> done = new ArrayList<>();
    each(
        Stage.DENOISE,
        tickets,
        generate::apply,
        (ticket, result, failure) ->
            done.add(
                new Img2ImgFeed.Done(
                    ticket,
                    result != null
                        ? result
                        : new Img2ImgResult.Failure(Objects.requireNonNull(failure)))));
    return done;
  }
}
