package dev.sgid.models.mini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.AugmentRequest;
import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.testing.StageRecording;
import dev.sgid.testing.StageRecording.Recorded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording says of the real models. */
class FashionMiniStagesTest {
  private static final Path IMAGES = Path.of("../sgid-examples/data/fashion");
  private static final Map<String, String> LABELS =
      Map.of("bag/fashion-50019.png", "bag", "coat/fashion-50022.png", "coat");
  private static final int COPIES = 2;

  @Test
  void augment_recorded_everyStageNamesItsImageAndCopy(@TempDir Path cache) throws IOException {
    int steps;
    List<Recorded> events;
    try (Sgid sgid = Sgid.builder().withCacheFolder(cache).withDevice(Device.CPU).build();
        StageRecording recording = StageRecording.start()) {
      steps = sgid.settings().generation().stepsRun();
      assertThat(sgid.augmentAll(LABELS.keySet().stream().map(this::request).toList()))
          .hasSize(LABELS.size() * COPIES);
      events = recording.stop();
    }

    assertThat(events)
        .isNotEmpty()
        .allSatisfy(
            event -> {
              assertThat(event.label()).isEqualTo(LABELS.get(event.image()));
              assertThat(event.count()).isPositive();
              assertThat(event.nanos()).isPositive();
            });
    for (String image : LABELS.keySet()) {
      for (String stage : List.of("CAPTION", "SIMILARITY", "PROMPT")) {
        assertThat(timesByCopy(events, stage, image)).as(stage).isEqualTo(Map.of(-1, 1L));
      }
      for (String stage : List.of("ENCODE_TEXT", "ENCODE_IMAGE", "DECODE", "COMPARE")) {
        assertThat(timesByCopy(events, stage, image)).as(stage).isEqualTo(Map.of(0, 1L, 1, 1L));
      }
      assertThat(timesByCopy(events, "DENOISE", image)) // each call of the UNet
          .isEqualTo(Map.of(0, (long) steps, 1, (long) steps));
    }
  }

  private static Map<Integer, Long> timesByCopy(List<Recorded> all, String stage, String image) {
    return all.stream()
        .filter(event -> event.stage().equals(stage) && event.image().equals(image))
        .collect(Collectors.groupingBy(Recorded::copy, Collectors.counting()));
  }

  private AugmentRequest request(String name) {
    try {
      return AugmentRequest.of(
              ImageIO.read(IMAGES.resolve(name).toFile()), name.substring(0, name.indexOf('/')))
          .withId(name)
          .withCopies(COPIES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
