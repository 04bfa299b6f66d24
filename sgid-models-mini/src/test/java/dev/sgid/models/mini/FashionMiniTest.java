package dev.sgid.models.mini;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.Device;
import dev.sgid.LogitScale;
import dev.sgid.Outcome;
import dev.sgid.Scheduler;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.Size;
import dev.sgid.TimestepSpacing;
import dev.sgid.ZeroShot;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The embedded pack, found and used as a user does, on real images. */
class FashionMiniTest {
  private static final Path PACK = Path.of("src/main/resources/dev/sgid/models/fashion-mini");
  private static final Path IMAGES = Path.of("../sgid-examples/data/fashion");
  private static final long MAX_BYTES = 20_000_000;

  @TempDir static Path cache;

  private static Sgid sgid;
  private static List<Augmentation> oneByOne; // two copies of five images

  @BeforeAll
  static void open() {
    sgid = builder().build();
    oneByOne = new ArrayList<>();
    try (Sgid alone = asOf3d5f060().withLanes(1).withBatch(1).withThreads(1).build()) {
      for (AugmentRequest request : requests(2).subList(0, 5)) {
        oneByOne.addAll(Outcome.pictures(alone.augmentAll(List.of(request))));
      }
    }
  }

  @AfterAll
  static void close() {
    sgid.close();
  }

  private static SgidBuilder builder() {
    return Sgid.builder().withCacheFolder(cache).withDevice(Device.CPU);
  }

  /** The first image of each of the ten classes, with its label. */
  private static List<AugmentRequest> requests(int copies) {
    try (Stream<Path> folders = Files.list(IMAGES)) {
      return folders.filter(Files::isDirectory).sorted().map(f -> request(f, copies)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AugmentRequest request(Path folder, int copies) {
    try (Stream<Path> files = Files.list(folder)) {
      return requestOf(files.sorted().findFirst().orElseThrow(), copies);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AugmentRequest requestOf(Path file, int copies) {
    try {
      BufferedImage image = ImageIO.read(file.toFile());
      String label = file.resolveSibling("").getFileName().toString();
      return AugmentRequest.of(image, label).withId(file.toString()).withCopies(copies);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void index_listsExactlyThePacksFiles() throws IOException {
    TreeSet<String> listed = new TreeSet<>();
    try (InputStream in = FashionMiniTest.class.getResourceAsStream("/META-INF/sgid/pack.index")) {
      assertThat(in).isNotNull();
      new String(in.readAllBytes(), UTF_8)
          .lines()
          .skip(2)
          .forEach(line -> listed.add(line.split(" ", 3)[2]));
    }
    try (Stream<Path> files = Files.walk(PACK)) {
      assertThat(files.filter(Files::isRegularFile).map(f -> PACK.relativize(f).toString()))
          .containsExactlyInAnyOrderElementsOf(listed);
    }
  }

  @Test
  void files_takeAtMostTwentyMegabytes() throws IOException {
    try (Stream<Path> files = Files.walk(PACK)) {
      assertThat(files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum())
          .isLessThanOrEqualTo(MAX_BYTES);
    }
  }

  @Test
  void augment_everyClass_explainsItself() {
    List<AugmentRequest> requests = requests(1);
    assertThat(requests).hasSize(10);
    List<Augmentation> augmentations = Outcome.pictures(sgid.augmentAll(requests));

    assertThat(augmentations).hasSize(10);
    for (int i = 0; i < augmentations.size(); i++) {
      Augmentation a = augmentations.get(i);
      assertThat(a.label()).isEqualTo(requests.get(i).label().replace('_', ' '));
      assertThat(a.caption()).isNotBlank();
      assertThat(a.prompt()).isEqualTo(a.label() + ", " + a.caption());
      assertThat(a.cutText()).as("cut off \"%s\"", a.prompt()).isEmpty();
      assertThat(a.similarity()).isBetween(-1.0, 1.0);
      assertThat(a.guidanceScale())
          .isEqualTo(Math.rint(100 * sgid.settings().guidance().scaleFor(a.similarity())) / 100)
          .isGreaterThan(1);
      assertThat(a.size()).isEqualTo(new Size(32, 32));
      assertThat(a.picture().reproducible()).isTrue();
      assertThat(a.pack().name()).isEqualTo("fashion-mini");
      assertThat(a.pack().dtype()).isEqualTo("float32");
      assertThatImage(a.image()).hasSize(32, 32);
      assertThatImage(a.image()).hasOtherPixelsThan(requests.get(i).image());
    }
  }

  @Test
  void augment_severalCopies_differ() {
    AugmentRequest request = requests(3).get(0);
    List<Augmentation> copies = sgid.augment(request.image(), request.label(), 3);

    assertThatImage(copies.get(0).image()).hasOtherPixelsThan(copies.get(1).image());
    assertThatImage(copies.get(1).image()).hasOtherPixelsThan(copies.get(2).image());
  }

  /** The embedded pack at the settings that were its defaults then. */
  private static SgidBuilder asOf3d5f060() {
    return builder()
        .withGeneration(
            g ->
                g.withNoiseRate(0.5)
                    .withSteps(30)
                    .withScheduler(Scheduler.ddim())
                    .withTimestepSpacing(TimestepSpacing.LEADING));
  }

  /**
   * The pictures of that commit by class, name and copy, just as it wrote them: {@code ./sgid
   * augment --device cpu --copies 2 sgid-examples/data/fashion OUT}, and what is in OUT zipped.
   */
  private static Map<String, BufferedImage> picturesOf3d5f060() throws IOException {
    Map<String, BufferedImage> pictures = new HashMap<>();
    try (InputStream in = FashionMiniTest.class.getResourceAsStream("pictures-of-3d5f060.zip")) {
      assertThat(in).isNotNull();
      ZipInputStream zip = new ZipInputStream(in);
      for (ZipEntry next = zip.getNextEntry(); next != null; next = zip.getNextEntry()) {
        pictures.put(next.getName(), ImageIO.read(new ByteArrayInputStream(zip.readAllBytes())));
      }
    }
    return pictures;
  }

  /**
   * By how many levels a picture may be off. They were made where ONNX Runtime takes its kernels
   * for AVX-512; those for other processors round in other places, which may move a pixel by one
   * level.
   */
  private static int levels() throws IOException {
    Path processors = Path.of("/proc/cpuinfo");
    boolean same = Files.exists(processors) && Files.readString(processors).contains("avx512f");
    return same ? 0 : 1;
  }

  private static String name(Augmentation a) {
    Path file = Path.of(a.id());
    String name = file.getFileName().toString().replace(".png", "");
    return file.resolveSibling("").getFileName() + "/" + name + "-sgid-" + a.copy() + ".png";
  }

  /** Every image and copy of that commit's run. */
  @Test
  void augment_settingsOf3d5f060_everyPictureIsThatCommits() throws IOException {
    Map<String, BufferedImage> expected = picturesOf3d5f060();
    List<Augmentation> pictures;
    try (Sgid other = asOf3d5f060().build()) {
      pictures = Outcome.pictures(other.augmentAll(allRequests(2)));
    }
    assertThat(pictures).hasSize(80).hasSameSizeAs(expected.keySet());
    for (Augmentation a : pictures) {
      BufferedImage of = requireNonNull(expected.get(name(a)), name(a));
      assertThatImage(a.image()).as(name(a)).isWithin(levels()).of(of);
    }
  }

  private static List<AugmentRequest> allRequests(int copies) {
    try (Stream<Path> files = Files.walk(IMAGES)) {
      return files
          .filter(file -> file.toString().endsWith(".png"))
          .sorted()
          .map(file -> requestOf(file, copies))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bit-equal and with the same facts: whatever the lanes, the batch and the threads. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1", "1, 2, 1", "1, 3, 1", "1, 4, 1", "1, 5, 1",
    "1, 1, 2", "1, 2, 2", "1, 3, 2", "1, 4, 2", "1, 5, 2",
    "2, 1, 2", "2, 2, 2", "2, 3, 2", "2, 4, 2", "2, 5, 2",
    "3, 1, 3", "3, 3, 3", "3, 5, 3", "1, 16, 2"
  })
  void augment_anyLanesBatchAndThreads_isBitEqual(int lanes, int batch, int threads) {
    List<AugmentRequest> requests = requests(2).subList(0, 5);
    List<Augmentation> pictures;
    try (Sgid other =
        asOf3d5f060().withLanes(lanes).withBatch(batch).withThreads(threads).build()) {
      pictures = Outcome.pictures(other.augmentAll(requests));
    }
    assertThat(pictures).hasSize(10);
    for (int i = 0; i < pictures.size(); i++) {
      Augmentation a = pictures.get(i);
      Augmentation alone = oneByOne.get(i);
      assertThatImage(a.image()).as(name(a)).hasPixelsOf(alone.image());
      assertThat(a.similarity()).as(name(a)).isEqualTo(alone.similarity());
      assertThat(a.consistency()).as(name(a)).isEqualTo(alone.consistency());
    }
  }

  @Test
  void augment_oneCopyAskedForByItsIndex_isThatOfTheWhole() {
    List<AugmentRequest> requests = requests(2);
    Augmentation whole = Outcome.pictures(sgid.augmentAll(requests)).get(19);
    AugmentRequest second = requests.get(9).withFirstCopy(1).withCopies(1);

    assertThatImage(sgid.augmentAll(List.of(second)).get(0).orThrow().image())
        .hasPixelsOf(whole.image());
  }

  @Test
  void zeroShot_originals_mostlyTheirLabels() throws IOException {
    Path data = Path.of("../sgid-examples/data/fashion");
    List<String> labels;
    try (Stream<Path> folders = Files.list(data)) {
      labels =
          folders.filter(Files::isDirectory).map(f -> f.getFileName().toString()).sorted().toList();
    }
    int right = 0;
    int all = 0;
    try (Sgid sgid = Sgid.open()) {
      ZeroShot zeroShot = sgid.zeroShot(labels);
      assertThat(zeroShot.scale()).isEqualTo(new LogitScale(18.2525, "sgid.json"));
      for (String label : labels) {
        try (Stream<Path> files = Files.list(data.resolve(label))) {
          for (Path file : files.sorted().toList()) {
            float[] embedded = sgid.embedImages(List.of(ImageIO.read(file.toFile()))).get(0);
            double[] p = zeroShot.probabilities(embedded);
            double most = Arrays.stream(p).max().orElseThrow();
            right += p[labels.indexOf(label)] == most ? 1 : 0;
            all++;
          }
        }
      }
    }
    assertThat(right).as("of %d", all).isGreaterThan(all * 8 / 10); // its card says 85 percent
  }
}
