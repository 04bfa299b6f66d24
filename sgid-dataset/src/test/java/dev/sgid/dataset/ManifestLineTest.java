package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.Fit;
import dev.sgid.OutputSize;
import dev.sgid.Scheduler;
import dev.sgid.Sgid;
import dev.sgid.Size;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestLineTest {
  private static final Source SOURCE = new Source(Path.of("in"), "t_shirt/a.png", "t_shirt");

  @Test
  void parse_lineOfACopy_givesItBack() {
    ManifestLine line = copy();

    assertThat(ManifestLine.parse(line.toJson())).isEqualTo(line);
    assertThat(line.isOriginal()).isFalse();
    assertThat(line.schedulerOptions())
        .isEqualTo(
            Map.of(
                "use_karras_sigmas", true, "final_sigmas_type", "zero", "lower_order_final", true));
  }

  @Test
  void parse_lineOfAnOriginal_givesItBack() {
    ManifestLine line = ManifestLine.original("t_shirt/a.png", SOURCE, "5a", "1d");

    assertThat(line.toJson())
        .isEqualTo(
            "{\"file_name\":\"t_shirt/a.png\",\"label\":\"t_shirt\",\"source\":\"t_shirt/a.png\","
                + "\"source_sha256\":\"5a\",\"group\":\"1d\"}");
    assertThat(ManifestLine.parse(line.toJson())).isEqualTo(line);
    assertThat(line.isOriginal()).isTrue();
  }

  /** As sgid wrote it before it had schedulers. */
  @Test
  void parse_olderLine_hasNullForWhatItLacks() {
    ManifestLine line =
        ManifestLine.parse(
            """
            {"file_name":"c/a-sgid-0.png","label":"c","source":"c/a.png","source_sha256":"9b",\
            "copy":0,"caption":"a bag","prompt":"c, a bag","negative_prompt":"","similarity":0.61,\
            "guidance_scale":6.35,"noise_rate":0.5,"steps":30,"scheduler":"DDIMScheduler","eta":0.0,\
            "size":[40,32],"fit":{"scaled":[40,28],"padding":[0,2,0,2]},"output_size":"original",\
            "seed":4294967295,"consistency":0.95,"reproducible":true}""");

    assertThat(line.group()).isNull();
    assertThat(line.promptCut()).isNull();
    assertThat(line.timestepSpacing()).isNull();
    assertThat(line.schedulerOptions()).isNull();
    assertThat(line.noiseRateRun()).isNull();
    assertThat(line.captionDegenerate()).isNull();
    assertThat(line.domainDistance()).isNull();
    assertThat(line.copy()).isZero();
    assertThat(line.steps()).isEqualTo(30);
    assertThat(line.seed()).isEqualTo(4294967295L);
    assertThat(line.size()).isEqualTo(new Size(40, 32));
    assertThat(line.fit()).isEqualTo(new Fit(new Size(40, 28), 0, 2, 0, 2));
    assertThat(line.outputSize()).isEqualTo(OutputSize.ORIGINAL);
  }

  @Test
  void parse_fieldsOfALaterVersion_passesOverThem() {
    ManifestLine line =
        ManifestLine.parse(
            """
            {"kept":false,"reason":{"why":["x"]},"file_name":"a","label":"b","source":"c",\
            "source_sha256":"d"}""");

    assertThat(line.fileName()).isEqualTo("a");
    assertThat(line.isOriginal()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"file_name\":\"cat/b-sg",
        "[]",
        "3",
        "{}",
        "{\"file_name\":\"a\",\"label\":\"b\",\"source\":\"c\"}",
        "{\"file_name\":\"a\",\"label\":\"b\",\"source\":\"c\",\"source_sha256\":\"d\",\"size\":[1]}",
        "{\"file_name\":\"a\",\"label\":\"b\",\"source\":\"c\",\"source_sha256\":\"d\",\"copy\":\"x\"}"
      })
  void parse_noLine_isRefused(String text) {
    assertThatThrownBy(() -> ManifestLine.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("This is no line of a manifest")
        .hasMessageEndingWith(": " + text);
  }

  @Test
  void parse_fieldMissing_isNamed() {
    assertThatThrownBy(
            () -> ManifestLine.parse("{\"file_name\":\"a\",\"label\":\"b\",\"source\":\"c\"}"))
        .hasMessageStartingWith("This is no line of a manifest, sourceSha256 is missing: {");
  }

  private static ManifestLine copy() {
    try (Sgid sgid =
        new FakeStages()
            .builder()
            .withGeneration(
                g -> g.withScheduler(Scheduler.dpmSolver().withKarrasSigmas(true)).withSteps(7))
            .build()) {
      Augmentation made =
          sgid.augmentAll(
                  List.of(AugmentRequest.of(TestImages.noise(8, 6, 1), "t_shirt").withFirstCopy(2)))
              .get(0)
              .orThrow();
      return ManifestLine.copy("t_shirt/a-sgid-2.png", SOURCE, "5a", made);
    }
  }
}
