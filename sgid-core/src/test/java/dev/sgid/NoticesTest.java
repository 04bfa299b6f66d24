package dev.sgid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class NoticesTest {
  private final BufferedImage known = TestImages.gradient(4, 4, 0);
  private final BufferedImage strange = TestImages.gradient(7, 4, 0);

  private static Captioner captioner() {
    return (image, candidates, seed) -> List.of("a dark bag with a long handle");
  }

  /** A tokenizer that keeps this many characters. */
  private static FakeGenerator keeping(int characters) {
    return new FakeGenerator()
        .withCut(prompt -> prompt.substring(Math.min(prompt.length(), characters)));
  }

  private static Sgid sgid(Function<String, String> cut, String template) {
    return Sgid.builder(captioner(), new FakeScorer(), new FakeGenerator().withCut(cut))
        .withPrompt(new PromptTemplate(template))
        .build();
  }

  /** What is logged meanwhile: the SLF4J provider of the tests writes to the standard error. */
  private static String logOf(Runnable work) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(UTF_8);
  }

  @Test
  void cut_captionLosesItsEnd_isSaidOnceByEachSgid() {
    try (Sgid sgid = Sgid.builder(captioner(), new FakeScorer(), keeping(12)).build()) {
      String log =
          logOf(
              () -> {
                assertThat(sgid.augment(known, "bag").prompt()).hasSizeGreaterThan(12);
                assertThat(sgid.augment(strange, "bag", 2)).hasSize(2);
              });

      assertThat(log)
          .containsOnlyOnce(
              "The prompt of the image of label bag is longer than the model takes: \"bag with a"
                  + " long handle\" is cut off. Others may be, too; this is said once, what each"
                  + " lost is told with it");
    }
  }

  @Test
  void cut_nothing_saysNothing() {
    try (Sgid sgid = Sgid.builder(captioner(), new FakeScorer(), keeping(999)).build()) {
      assertThat(logOf(() -> assertThat(sgid.augment(known, "bag")).isNotNull())).isEmpty();
    }
  }

  @Test
  void cut_labelAtTheEnd_isRefusedNamingIt() {
    try (Sgid sgid = sgid(p -> p.substring(20), "{caption}, {label}")) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> sgid.augment(known, "_ankle_boot"))
          .withMessage(
              "The prompt of the image of label ankle boot is too long: its label \"ankle boot\""
                  + " would be cut off, with \"ng handle, ankle boot\". Name {label} where it is"
                  + " kept, as in \"{label}, {caption}\", not as in \"{caption}, {label}\"")
          .matches(e -> e.stage() == Stage.ENCODE_TEXT)
          .matches(SgidException::isRejection);
    }
  }

  @Test
  void cut_lastLetterOfTheLabel_isRefusedAndOneMoreIsNot() {
    String template = "a photo of {label}, {caption}";
    int label = "a photo of bag".length();
    try (Sgid cutting = sgid(p -> p.substring(label - 1), template);
        Sgid keeping = sgid(p -> p.substring(label), template)) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> cutting.augment(known, "bag"))
          .withMessageContaining("its label \"bag\" would be cut off");
      assertThat(keeping.augment(known, "bag").prompt()).startsWith("a photo of bag, ");
    }
  }

  @Test
  void cut_labelAtTheStartByATokenizerThatCutsThere_isRefused() {
    try (Sgid cutting = sgid(p -> p.substring(0, 2), "{label}, {caption}");
        Sgid keeping = sgid(p -> p.substring(0, 2), "{caption}, {label}")) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> cutting.augment(known, "bag"))
          .withMessageContaining("its label \"bag\" would be cut off");
      assertThat(keeping.augment(known, "bag").prompt()).endsWith(", bag");
    }
  }

  @Test
  void cut_templateWithoutLabel_isNotRefused() {
    try (Sgid sgid = sgid(p -> p.substring(3), "{caption}")) {
      assertThat(sgid.augment(known, "bag").prompt()).startsWith("a dark bag");
    }
  }

  /** Knows images 4 pixels wide, to which others stand at a right angle. */
  private Sgid knowing(boolean strict) {
    FakeScorer scorer =
        new FakeScorer()
            .withImages(image -> FakeScorer.atCosine(image.getWidth() == 4 ? 1 : 0))
            .withTexts(text -> FakeScorer.atCosine(0.8));
    Domain domain = new Domain(List.of(FakeScorer.atCosine(1), FakeScorer.atCosine(0.9)), 0.5);
    Settings settings = Settings.DEFAULTS.withStrict(strict);
    Pipeline pipeline =
        new Pipeline(
            new FakeCaptioner(),
            scorer,
            new FakeGenerator(),
            PackInfo.CUSTOM,
            settings,
            ZeroShot.USUAL_PROMPT,
            0,
            new Notices(Optional.of(domain)));
    return new Sgid(pipeline, settings, StepListener.NONE, Optional.of(domain), null);
  }

  @Test
  void domain_strangeImage_isWarnedOfOnceAndItsDistanceIsInTheResult() {
    try (Sgid sgid = knowing(false)) {
      String log =
          logOf(
              () -> {
                assertThat(sgid.augment(known, "bag").domainDistance().orElseThrow())
                    .isCloseTo(0, within(1e-6));
                assertThat(sgid.augment(strange, "bag").domainDistance().orElseThrow())
                    .isCloseTo(1 - 0.435889894, within(1e-6));
                assertThat(sgid.augment(TestImages.noise(9, 9, 1), "bag")).isNotNull();
              });

      assertThat(log)
          .containsOnlyOnce(
              "the image of label bag is far from all that the pack was trained on (distance 0.564,"
                  + " far is above 0.5): its copies will hardly show what it shows");
      assertThat(sgid.domainDistance(strange).orElseThrow())
          .isCloseTo(1 - 0.435889894, within(1e-6));
      assertThat(sgid.domain().orElseThrow().far()).isEqualTo(0.5);
    }
  }

  @Test
  void domain_strangeImageAndStrictSettings_isRefusedAndManyInARowDoNotEndTheStream() {
    List<AugmentRequest> requests =
        java.util.stream.IntStream.range(0, 50)
            .mapToObj(n -> AugmentRequest.of(TestImages.noise(9, 9, n), "bag").withId("x" + n))
            .toList();
    try (Sgid sgid = knowing(true)) {
      assertThat(sgid.augment(known, "bag").caption()).isNotEmpty();
      List<Outcome> outcomes = sgid.augmentAll(requests);

      assertThat(outcomes).hasSize(50).allMatch(FailedCopy.class::isInstance);
      assertThat(((FailedCopy) outcomes.get(0)).reason())
          .hasMessage(
              "x0 is far from all that the pack was trained on (distance 0.564, far is above 0.5),"
                  + " and settings are strict")
          .matches(SgidException::isRejection);
    }
  }

  @Test
  void domainDistance_nothingKnown_isEmpty() {
    try (Sgid sgid = Sgid.builder(captioner(), new FakeScorer(), keeping(99)).build()) {
      assertThat(sgid.domainDistance(known)).isEmpty();
      assertThat(sgid.domain()).isEmpty();
    }
  }

  @Test
  void domain_outOfRange_isRefusedWithNameAndValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Domain(List.of(), 0.5))
        .withMessage("centres must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Domain(List.of(new float[] {1}), 2.5))
        .withMessage("far must be in [0.0, 2.0], is 2.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Domain(List.of(new float[] {1}), 1).distance(new float[] {1, 0}))
        .withMessage("Embeddings to compare must be equally long, are of 1 and 2");
  }
}
