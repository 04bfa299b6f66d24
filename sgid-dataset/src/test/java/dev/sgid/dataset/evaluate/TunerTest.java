package dev.sgid.dataset.evaluate;

import static dev.sgid.dataset.evaluate.AngleStages.cos;
import static dev.sgid.dataset.evaluate.AngleStages.put;
import static dev.sgid.dataset.evaluate.AngleStages.red;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Fit;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.evaluate.Tuning.Cell;
import dev.sgid.testing.CallLog;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An image's embedding stands at as many degrees as its upper left pixel has levels of red, a cat's
 * label at 0, a dog's at 90. The first copy of an image is off by 100 times the noise rate, towards
 * the other label; the second is the image itself.
 */
class TunerTest {
  private final Path in;
  private final FakeGenerator generator = new FakeGenerator().withResult(this::turned);
  private final Map<Integer, Long> firstSeeds = new HashMap<>();

  TunerTest(@TempDir Path folder) {
    in = folder.resolve("in");
  }

  @BeforeEach
  void dataset() {
    put(in.resolve("cat/1.png"), 10);
    put(in.resolve("cat/2.png"), 20);
    put(in.resolve("dog/1.png"), 80);
    put(in.resolve("dog/2.png"), 70);
  }

  private Img2ImgResult turned(Img2ImgRequest request) {
    int angle = request.image().getRGB(0, 0) >> 16 & 0xff;
    long first = firstSeeds.computeIfAbsent(angle, image -> request.seed());
    int turn = (int) Math.round(100 * request.settings().noiseRate());
    int turned = request.seed() != first ? angle : angle < 45 ? angle + turn : angle - turn;
    return FakeGenerator.picture(request, red(turned), Fit.none(new Size(4, 4)));
  }

  private Sgid sgid() {
    return AngleStages.builder().withGenerator(generator).build();
  }

  private Tuner tuner(double... rates) {
    List<Double> all = new ArrayList<>();
    for (double rate : rates) {
      all.add(rate);
    }
    return Tuner.of(DatasetReader.of(in))
        .withNoiseRates(all)
        .withGuidance(List.of(GuidanceSchedule.constant(3)));
  }

  @Test
  void tune_cells_areMeasuredAsEvaluateDoes() {
    Tuning tuning = tuner(0.2, 0.3).tune(sgid());

    Cell cell = tuning.cells().get(1);
    assertThat(cell.noiseRate()).isEqualTo(0.3);
    assertThat(cell.guidance()).isEqualTo("constant:3.0");
    assertThat(cell.scores().copies()).isEqualTo(8);
    // 10 and 20 become 40 and 50, 80 and 70 become 50 and 40: two of eight on the other side
    assertThat(cell.scores().copiesRight()).isEqualTo(0.75);
    assertThat(cell.agreement()).isEqualTo(Interval.ofShare(0.75, 4));
    assertThat(cell.scores().amongCopies()).isCloseTo(1 - cos(30), within(1e-6));
    assertThat(cell.scores().amongCopiesPixels())
        .isCloseTo(30 / 255.0 / Math.sqrt(3), within(1e-9));
    assertThat(cell.scores().consistency()).isCloseTo((1 + cos(30)) / 2, within(1e-6));
    assertThat(cell.rejected()).isEqualTo(0); // four images are too few for bounds
    assertThat(tuning.originals()).isEqualTo(4);
    assertThat(tuning.originalsAgreement()).isEqualTo(1);
    assertThat(tuning.failures()).isEmpty();
  }

  /** Two images of a class are up to 10 degrees apart, the first copies 30. */
  @Test
  void tune_copiesThatKeepWouldNotKeep_areCounted() {
    put(in.resolve("cat/3.png"), 15);
    put(in.resolve("dog/3.png"), 75);

    assertThat(tuner(0.3).tune(sgid()).cells().get(0).rejected()).isEqualTo(0.5);
  }

  @Test
  void tune_noBoundGiven_isALittleBelowTheOriginals() {
    Tuning tuning = tuner(0.1, 0.2, 0.3).tune(sgid());

    assertThat(tuning.leastAgreement()).isEqualTo(0.95);
    assertThat(tuning.chosen().noiseRate()).isEqualTo(0.2);
    assertThat(tuning.choice().reachesBound()).isTrue();
    assertThat(tuning.choice().certain()).isFalse(); // by four images
  }

  @Test
  void tune_lowerBound_allowsMoreDiversity() {
    Tuning tuning = tuner(0.1, 0.2, 0.3).withLeastAgreement(0.7).tune(sgid());

    assertThat(tuning.chosen().noiseRate()).isEqualTo(0.3);
  }

  @Test
  void tune_noneAbove_isTheBestAgreement() {
    Tuning tuning = tuner(0.5, 0.3).tune(sgid());

    assertThat(tuning.choice().reachesBound()).isFalse();
    assertThat(tuning.chosen().noiseRate()).isEqualTo(0.3);
  }

  @Test
  void tune_nothingGiven_triesTheUsualAndTheSettingsOwn() {
    Sgid sgid =
        AngleStages.builder()
            .withGenerator(generator)
            .withGeneration(g -> g.withNoiseRate(0.4))
            .withGuidance(GuidanceSchedule.linear(0.1, 0.3, 2, 4))
            .build();

    Tuning tuning = Tuner.of(DatasetReader.of(in)).withSample(2).tune(sgid);

    assertThat(tuning.cells())
        .extracting(Cell::noiseRate)
        .startsWith(0.3)
        .endsWith(0.9)
        .contains(0.4)
        .hasSize(5 * 6);
    assertThat(tuning.cells().subList(0, 6))
        .extracting(Cell::guidance)
        .containsExactly(
            "constant:1.0",
            "constant:3.0",
            "constant:5.0",
            "constant:7.5",
            "constant:10.0",
            "linear:0.1,0.3,2.0,4.0");
    assertThat(tuning.originals()).isEqualTo(2);
  }

  @Test
  void tune_imageAndCopyThatFail_areListedAndDoNotCount() throws IOException {
    Files.write(in.resolve("dog/2.png"), new byte[0]);
    generator.withBroken(
        request ->
            request.settings().noiseRate() == 0.3
                && (request.image().getRGB(0, 0) >> 16 & 0xff) == 10);
    List<JobProgress> heard = new ArrayList<>();

    Tuning tuning = tuner(0.2, 0.3).withListener(heard::add).tune(sgid());

    assertThat(tuning.originals()).isEqualTo(3);
    assertThat(tuning.cells()).extracting(Cell::failed).containsExactly(0, 2);
    assertThat(tuning.cells().get(1).scores().copies()).isEqualTo(4);
    assertThat(tuning.failures())
        .containsExactlyInAnyOrder(
            new Failure("dog/2.png", "the file is empty"),
            new Failure("cat/1.png", "noise rate 0.3, constant:3.0: The picture came out black"),
            new Failure("cat/1.png", "noise rate 0.3, constant:3.0: The picture came out black"));
    JobProgress last = heard.get(heard.size() - 1);
    assertThat(last.total()).isEqualTo(16);
    assertThat(last.done()).isEqualTo(10);
    assertThat(last.failed()).isEqualTo(6);
  }

  @Test
  void tune_oneClass_isRefused() {
    Tuner tuner = Tuner.of(DatasetReader.classFolders(only("cat")));

    assertThatThrownBy(() -> tuner.tune(sgid()))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("There must be two classes or more")
        .hasMessageEndingWith("has only \"cat\"");
  }

  private Path only(String label) {
    Path folder = in.resolveSibling("only");
    put(folder.resolve(label + "/1.png"), 10);
    return folder;
  }

  @Test
  void tune_noCopyAtAll_saysWhy() {
    generator.withBroken(request -> true);

    assertThatThrownBy(() -> tuner(0.2).tune(sgid()))
        .isInstanceOfAny(DatasetException.class, SgidException.class)
        .hasMessageContaining("The picture came out black");
  }

  @Test
  void tune_interrupted_ends() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> tuner(0.2).tune(sgid()))
        .isInstanceOfSatisfying(SgidException.class, e -> assertThat(e.isCancelled()).isTrue());
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void tune_image_isCaptionedOnce() {
    CallLog log = new CallLog();
    Sgid sgid =
        AngleStages.builder()
            .withCaptioner(new FakeCaptioner(log))
            .withGenerator(generator)
            .build();

    Tuning ignored = tuner(0.1, 0.2, 0.3).tune(sgid);

    assertThat(log.calls()).hasSizeBetween(1, 4);
    assertThat(generator.calls().stream().mapToInt(List::size).sum()).isEqualTo(4 * 3 * 2);
  }

  @Test
  void toJson_andSettings_haveTheNamesOfFiles() {
    Tuning tuning = tuner(0.1, 0.2).tune(sgid());

    JsonObject json = JsonParser.parseString(tuning.toJson()).getAsJsonObject();
    assertThat(json.get("least_agreement").getAsDouble()).isEqualTo(0.95);
    assertThat(json.getAsJsonObject("choice").get("cell").getAsInt()).isEqualTo(1);
    assertThat(json.getAsJsonArray("cells")).hasSize(2);
    JsonObject cell = json.getAsJsonArray("cells").get(1).getAsJsonObject();
    assertThat(cell.getAsJsonObject("scores").get("among_copies").getAsDouble())
        .isCloseTo(1 - cos(20), within(1e-6));
    assertThat(cell.getAsJsonObject("agreement_interval").get("high").getAsDouble()).isEqualTo(1);
    JsonObject settings = JsonParser.parseString(tuning.settingsJson()).getAsJsonObject();
    assertThat(settings.keySet()).containsExactlyElementsOf(Settings.DEFAULTS.toMap().keySet());
    assertThat(settings.get("noise_rate").getAsDouble()).isEqualTo(0.2);
    assertThat(settings.get("guidance").getAsString()).isEqualTo("constant:3.0");
  }

  @Test
  void chart_isAPicture() throws IOException {
    Chart chart = tuner(0.1, 0.2).tune(sgid()).chart();

    assertThat(chart.name()).isEqualTo("tuning");
    assertThat(ImageIO.read(new ByteArrayInputStream(chart.png())).getWidth()).isEqualTo(2000);
  }

  @Test
  void tuner_valuesOutOfRange_areRefused() {
    assertThatThrownBy(() -> tuner().withCopies(1)).hasMessage("copies must be at least 2, is 1");
    assertThatThrownBy(() -> tuner().withSample(0)).hasMessage("sample must be at least 1, is 0");
    assertThatThrownBy(() -> tuner().withLeastAgreement(1.5))
        .hasMessageContaining("leastAgreement must be")
        .hasMessageContaining("1.5");
    assertThatThrownBy(() -> tuner(1.5).tune(sgid())).hasMessageContaining("1.5");
  }
}
