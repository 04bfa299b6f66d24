package dev.sgid.internal;

import dev.sgid.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import jdk.jfr.FlightRecorder;

/**
 * Tells the Java Flight Recorder of a stage's work, an event for each image that it is done for.
 * Where nothing is recorded it costs a look at a flag.
 *
 * <pre>{@code
 * try (StageEvents events = StageEvents.begin(Stage.CAPTION, drafts, Draft::subject)) {
 *   ...
 * }
 * }</pre>
 */
public final class StageEvents implements AutoCloseable {
  /** Reading and decoding an image's file. */
  public static final String READ = "READ";

  /** Making the prompt, and looking whether the model takes all of it. */
  public static final String PROMPT = "PROMPT";

  /** All that a generator does which takes its requests as lists. */
  public static final String GENERATE = "GENERATE";

  /** Comparing a picture with its original. */
  public static final String COMPARE = "COMPARE";

  /** Encoding a picture's file and writing it. */
  public static final String WRITE = "WRITE";

  private static final StageEvents NONE = new StageEvents(List.of());

  private final List<StageEvent> events;

  /**
   * What a stage works on.
   *
   * @param image the image's id; may be empty
   * @param label its class; may be empty
   * @param copy index of the copy; -1 for what is done once for all copies
   */
  public record Subject(String image, String label, int copy) {}

  private StageEvents(List<StageEvent> events) {
    this.events = events;
  }

  /** A stage begins to work on images, together. */
  public static <T> StageEvents begin(
      Stage stage, List<T> images, Function<? super T, Subject> subject) {
    return begin(stage.name(), images, subject);
  }

  /** The same, of what is no stage of the method's. */
  public static <T> StageEvents begin(
      String stage, List<T> images, Function<? super T, Subject> subject) {
    if (!isRecorded()) {
      return NONE;
    }
    List<StageEvent> events = new ArrayList<>(images.size());
    for (T image : images) {
      Subject of = subject.apply(image);
      StageEvent event = new StageEvent();
      event.stage = stage;
      event.image = of.image();
      event.label = of.label();
      event.copy = of.copy();
      event.count = images.size();
      events.add(event);
    }
    events.forEach(StageEvent::begin);
    return new StageEvents(events);
  }

  /** The event's class is not touched in vain: making it known takes Java a tenth of a second. */
  private static boolean isRecorded() {
    return FlightRecorder.isInitialized() && new StageEvent().isEnabled();
  }

  /** The work has ended, well or not. */
  @Override
  public void close() {
    events.forEach(StageEvent::end);
    events.forEach(StageEvent::commit);
  }
}
