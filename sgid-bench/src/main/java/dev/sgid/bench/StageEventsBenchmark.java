package dev.sgid.bench;

import dev.sgid.Stage;
import dev.sgid.internal.StageEvents;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import jdk.jfr.Recording;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What it costs to tell the flight recorder of one call of the UNet for eight pictures. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StageEventsBenchmark {
  private static final List<StageEvents.Subject> SUBJECTS =
      Collections.nCopies(8, new StageEvents.Subject("bag/1.png", "bag", 0));

  /** Whether something is recorded. */
  @Param({"false", "true"})
  public boolean recorded;

  private final Recording recording = new Recording();

  /** Starts the recording. */
  @Setup
  public void start() {
    if (recorded) {
      recording.enable("dev.sgid.Stage");
      recording.start();
    }
  }

  /** Ends the recording. */
  @TearDown
  public void stop() {
    recording.close();
  }

  /** The call, without the call. */
  @Benchmark
  public StageEvents tell() {
    try (StageEvents events = StageEvents.begin(Stage.DENOISE, SUBJECTS, Function.identity())) {
      return events;
    }
  }
}
