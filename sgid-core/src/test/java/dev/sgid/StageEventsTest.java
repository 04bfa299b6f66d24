package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sgid.internal.StageEvents;
import dev.sgid.internal.StageEvents.Subject;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.StageRecording;
import dev.sgid.testing.StageRecording.Recorded;
import dev.sgid.testing.TestImages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a flight recording says of the method's stages. */
class StageEventsTest {
  @Test
  void augment_recorded_everyStageNamesItsImage() throws IOException {
    List<AugmentRequest> requests =
        List.of(request("a.png", "ankle_boot", 1), request("b.png", "bag", 2));
    List<Recorded> events;
    try (Sgid sgid = StreamFixture.builderOn(new FakeGenerator()).build();
        StageRecording recording = StageRecording.start()) {
      assertThat(sgid.augmentAll(requests)).hasSize(4);
      events = recording.stop();
    }

    assertThat(events)
        .filteredOn(event -> List.of("CAPTION", "SIMILARITY", "PROMPT").contains(event.stage()))
        .extracting(Recorded::stage, Recorded::image, Recorded::label, Recorded::copy)
        .containsExactlyInAnyOrder(
            tuple("CAPTION", "a.png", "ankle_boot", -1),
            tuple("CAPTION", "b.png", "bag", -1),
            tuple("SIMILARITY", "a.png", "ankle_boot", -1),
            tuple("SIMILARITY", "b.png", "bag", -1),
            tuple("PROMPT", "a.png", "ankle_boot", -1),
            tuple("PROMPT", "b.png", "bag", -1));
    for (String stage : List.of("GENERATE", "COMPARE")) {
      assertThat(events)
          .filteredOn(event -> event.stage().equals(stage))
          .extracting(Recorded::image, Recorded::label, Recorded::copy)
          .containsExactlyInAnyOrder(
              tuple("a.png", "ankle_boot", 0),
              tuple("a.png", "ankle_boot", 1),
              tuple("b.png", "bag", 0),
              tuple("b.png", "bag", 1));
    }
    assertThat(events).hasSize(6 + 8).allMatch(event -> event.count() >= 1 && event.nanos() > 0);
  }

  private static AugmentRequest request(String id, String label, int seed) {
    return AugmentRequest.of(TestImages.noise(8, 6, seed), label).withId(id).withCopies(2);
  }

  @Test
  void close_afterAFailure_tellsOfTheTimeAllTheSame() throws IOException {
    try (StageRecording recording = StageRecording.start()) {
      assertThatThrownBy(() -> work(List.of(subject("a"), subject("b"))))
          .isInstanceOf(IllegalStateException.class);

      assertThat(recording.stop())
          .extracting(Recorded::stage, Recorded::image, Recorded::count)
          .containsExactlyInAnyOrder(tuple("CAPTION", "a", 2), tuple("CAPTION", "b", 2));
    }
  }

  private static void work(List<Subject> subjects) {
    try (StageEvents events = StageEvents.begin(Stage.CAPTION, subjects, Function.identity())) {
      throw new IllegalStateException("out of order");
    }
  }

  private static Subject subject(String image) {
    return new Subject(image, "bag", Origin.ALL);
  }

  @Test
  void begin_nothingRecorded_looksAtNoImage() {
    List<Subject> asked = new ArrayList<>();

    try (StageEvents events =
        StageEvents.begin(
            Stage.CAPTION,
            List.of(subject("a")),
            subject -> {
              asked.add(subject);
              return subject;
            })) {
      assertThat(asked).isEmpty();
    }
  }
}
