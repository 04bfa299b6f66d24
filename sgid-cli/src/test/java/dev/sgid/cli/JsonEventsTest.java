package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobProgress.Phase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonEventsTest {
  private final StringWriter out = new StringWriter();
  private long now; // nanoseconds
  private final JsonEvents events =
      new JsonEvents(
          new PrintWriter(out),
          Clock.fixed(Instant.parse("2026-11-25T10:00:00.1239Z"), ZoneOffset.UTC),
          () -> now);

  @Test
  void progressed_manyInASecond_isToldOncePerSecond() {
    JobProgress progress = JobProgress.of(Phase.AUGMENTING, 100);
    for (int i = 0; i <= 100; i++) { // four a second
      events.progressed(progress.withDone(i));
      after(Duration.ofMillis(250));
    }

    assertThat(lines())
        .hasSize(26)
        .extracting(line -> line.get("done").getAsInt())
        .startsWith(0, 4, 8)
        .endsWith(96, 100);
  }

  @Test
  void progressed_newPhase_isToldAtOnceAndTimedAnew() {
    events.progressed(JobProgress.of(Phase.CALIBRATING, 5));
    events.progressed(JobProgress.of(Phase.AUGMENTING, 200).withDone(140).withAlreadyThere(140));
    after(Duration.ofSeconds(20));
    events.progressed(
        JobProgress.of(Phase.AUGMENTING, 200)
            .withDone(146)
            .withFailed(3)
            .withDropped(1)
            .withAlreadyThere(140)
            .withCurrent("cat/1.png", "cat"));

    assertThat(lines())
        .extracting(line -> line.get("phase").getAsString())
        .containsExactly("calibrating", "augmenting", "augmenting");
    assertThat(lines().get(2))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"event": "progress", "time": "2026-11-25T10:00:00.123Z", "phase": "augmenting",
                 "total": 200, "done": 146, "failed": 3, "dropped": 1, "already_there": 140,
                 "source": "cat/1.png", "label": "cat", "images_per_second": 0.5,
                 "seconds_left": 100, "step": null, "steps": null}"""));
  }

  @Test
  void stepDone_slowModels_isProgressToo() {
    events.stepDone(0, 1, 15, 401); // before anything is known of the job
    events.progressed(JobProgress.of(Phase.AUGMENTING, 3));
    events.stepDone(0, 1, 15, 401);
    after(Duration.ofSeconds(1));
    events.stepDone(0, 2, 15, 380);

    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1).get("step").getAsInt()).isEqualTo(2);
    assertThat(lines().get(1).get("steps").getAsInt()).isEqualTo(15);
    assertThat(lines().get(1).get("images_per_second").isJsonNull()).isTrue();
  }

  @Test
  void failed_textOfAnyKind_staysOneLine() {
    events.failed(new Failure("a\"b\\\u2028/\u00e9 \ud83d\udc36.png", "first\nsecond\u0000"));

    assertThat(out.toString()).hasLineCount(1).endsWith("\n");
    assertThat(lines().get(0).get("source").getAsString())
        .isEqualTo("a\"b\\\u2028/\u00e9 \ud83d\udc36.png");
    assertThat(lines().get(0).get("reason").getAsString()).isEqualTo("first second\u0000");
  }

  @Test
  void ended_withoutASummary_saysWhy() {
    events.ended(ExitCode.UNUSABLE, "There is no model pack");

    assertThat(lines().get(0))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"event": "summary", "time": "2026-11-25T10:00:00.123Z", "exit_code": 3,
                 "reason": "unusable", "message": "There is no model pack"}"""));
  }

  private void after(Duration time) {
    now += time.toNanos();
  }

  private List<JsonObject> lines() {
    return out.toString()
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }
}
