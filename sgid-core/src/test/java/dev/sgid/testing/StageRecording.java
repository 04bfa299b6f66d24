package dev.sgid.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A flight recording of nothing but stages, from {@link #start} to {@link #stop}. */
public final class StageRecording implements AutoCloseable {
  private final Recording recording = new Recording();

  private StageRecording() {
    recording.enable("dev.sgid.Stage");
    recording.start();
  }

  /**
   * An event.
   *
   * @param stage what was done
   * @param image to which image
   * @param label of which class
   * @param copy for which copy, -1 for all
   * @param count how many share the time
   * @param nanos the time
   */
  public record Recorded(
      String stage, String image, String label, int copy, int count, long nanos) {
    private static Recorded of(RecordedEvent event) {
      return new Recorded(
          event.getString("stage"),
          event.getString("image"),
          event.getString("label"),
          event.getInt("copy"),
          event.getInt("count"),
          event.getDuration().toNanos());
    }
  }

  /** Records from now on. */
  public static StageRecording start() {
    return new StageRecording();
  }

  /** Ends the recording: what it has, in no order in particular. */
  public List<Recorded> stop() throws IOException {
    recording.stop();
    Path file = Files.createTempFile("stages", ".jfr");
    try {
      recording.dump(file);
      List<Recorded> events = new ArrayList<>();
      for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
        if (event.getEventType().getName().equals("dev.sgid.Stage")) {
          events.add(Recorded.of(event));
        }
      }
      return events;
    } finally {
      Files.delete(file);
    }
  }

  @Override
  public void close() {
    recording.close();
  }
}
