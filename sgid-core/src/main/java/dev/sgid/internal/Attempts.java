package dev.sgid.internal;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls stages that may be anybody's: what goes wrong is told with the stage's name. */
public final class Attempts {
  private Attempts() {}

  /** A call on some inputs, which gives one result for each. */
  public interface Call<I, O> {
    @Nullable List<O> on(List<I> inputs);
  }

  /** What is done with an input's result, or with the failure that it has for itself. */
  public interface Sink<I, O> {
    void done(I input, @Nullable O result, @Nullable SgidException failure);
  }

  /**
   * Runs a stage on all inputs in one call. If that fails, each is tried alone, so that a failure
   * stays that of the input which causes it.
   *
   * @throws SgidException of kind cancelled
   */
  public static <I, O> void each(Stage stage, List<I> inputs, Call<I, O> call, Sink<I, O> sink) {
    if (inputs.isEmpty()) {
      return;
    }
    List<O> results;
    try {
      results = run(stage, inputs.size(), () -> call.on(inputs));
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      if (inputs.size() == 1) {
        sink.done(inputs.get(0), null, e);
      } else {
        inputs.forEach(input -> each(stage, List.of(input), call, sink));
      }
      return;
    }
    for (int i = 0; i < inputs.size(); i++) {
      sink.done(inputs.get(i), results.get(i), null);
    }
  }

  /** Runs a stage on {@code count} inputs. */
  public static <O> List<O> run(Stage stage, int count, Supplier<@Nullable List<O>> call) {
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
  public static <T extends @Nullable Object> T attempt(Stage stage, Supplier<T> call) {
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
}
