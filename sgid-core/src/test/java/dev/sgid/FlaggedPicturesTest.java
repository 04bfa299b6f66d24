package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sgid.testing.CallLog;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120) // seconds: a stream that hangs is what these tests are afraid of
class FlaggedPicturesTest {
  private final BufferedImage image = TestImages.noise(8, 6, 1);
  private final String identity = Sgid.identity(image);
  private final CallLog captions = new CallLog();
  private final FakeGenerator generator = new FakeGenerator();

  private Sgid flagging(Predicate<Img2ImgRequest> flags) {
    generator.withResult(
        request ->
            flags.test(request)
                ? new Img2ImgResult.Failure(
                    SgidException.flagged(
                        Stage.DECODE,
                        "The safety checker flagged the picture (seed " + request.seed() + ")"))
                : FakeGenerator.picture(request));
    return Sgid.builder(new FakeCaptioner(captions), new FakeScorer(), generator).build();
  }

  @Test
  void augment_flaggedTwice_isMadeWithTheThirdSeed() {
    List<Long> flagged = List.of(Seeds.ofCopy(0, identity, 0), Seeds.ofFlagged(0, identity, 0, 1));
    try (Sgid sgid = flagging(request -> flagged.contains(request.seed()))) {
      Augmentation a = sgid.augment(image, "bag");

      assertThat(a.seed()).isEqualTo(Seeds.ofFlagged(0, identity, 0, 2));
      assertThat(a.copy()).isZero();
      assertThat(generator.calls()).hasSize(3);
      assertThat(captions.calls()).hasSize(1);
    }
  }

  @Test
  void augment_flaggedEachTime_failsAfterFourMore() {
    try (Sgid sgid = flagging(request -> true)) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> sgid.augment(image, "bag"))
          .withMessage(
              "The safety checker flagged the picture (seed "
                  + Seeds.ofFlagged(0, identity, 0, 4)
                  + "), as were the 4 before it, of other seeds")
          .matches(SgidException::isFlagged)
          .matches(SgidException::isRejection)
          .matches(e -> e.stage() == Stage.DECODE);
      assertThat(generator.calls()).hasSize(5);
    }
  }

  @Test
  void augmentAll_manyImagesFlagged_areNoReasonToGiveUpTheModels() {
    List<AugmentRequest> requests =
        IntStream.range(0, FailureStreak.HOPELESS + 2)
            .mapToObj(i -> AugmentRequest.of(TestImages.noise(8, 6, i), "bag"))
            .toList();
    try (Sgid sgid = flagging(request -> true)) {
      assertThat(sgid.augmentAll(requests)).hasSize(requests.size());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "2, 1", "3, 2"})
  void stream_someFlagged_comeInOrderWithTheOthers(int lanes, int batch) {
    generator.withLanes(lanes, batch);
    List<AugmentRequest> requests =
        IntStream.range(0, 12)
            .mapToObj(i -> AugmentRequest.of(TestImages.noise(8, 6, i), "bag").withCopies(2))
            .toList();
    try (Sgid sgid = flagging(request -> request.seed() % 3 == 0);
        AugmentationStream stream = sgid.stream(requests.iterator())) {
      for (AugmentRequest request : requests) {
        String of = Sgid.identity(request.image());
        for (int copy = 0; copy < 2; copy++) {
          Augmentation a = stream.next().orThrow();
          assertThat(a.identity()).isEqualTo(of);
          assertThat(a.copy()).isEqualTo(copy);
          assertThat(a.seed()).isEqualTo(firstThatIsNotFlagged(of, copy));
        }
      }
      assertThat(stream.hasNext()).isFalse();
    }
  }

  private static long firstThatIsNotFlagged(String of, int copy) {
    long seed = Seeds.ofCopy(0, of, copy);
    for (int attempt = 1; seed % 3 == 0; attempt++) {
      seed = Seeds.ofFlagged(0, of, copy, attempt);
    }
    return seed;
  }
}
