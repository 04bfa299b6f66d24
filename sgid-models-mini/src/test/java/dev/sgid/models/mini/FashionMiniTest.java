package dev.sgid.models.mini;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.Size;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
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

  @BeforeAll
  static void open() {
    sgid = builder().build();
  }

  @AfterAll
  static void close() {
    sgid.close();
  }

  private static Sgid.Builder builder() {
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
      Path file = files.sorted().findFirst().orElseThrow();
      BufferedImage image = ImageIO.read(file.toFile());
      String label = folder.getFileName().toString();
      return new AugmentRequest(image, label, file.toString(), 0, copies, null, null);
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
    List<Augmentation> augmentations = sgid.augmentAll(requests);

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
      assertThat(a.result().reproducible()).isTrue();
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

  /** Bit-equal: whatever the batch and the threads, and whichever way a copy was asked for. */
  @ParameterizedTest
  @CsvSource({"1, 1", "3, 2", "8, 1", "16, 2"})
  void augment_anyBatchAndThreads_isBitEqual(int batch, int threads) {
    List<AugmentRequest> requests = requests(2);
    List<Augmentation> expected = sgid.augmentAll(requests);
    try (Sgid other = builder().withBatch(batch).withThreads(threads).build()) {
      List<Augmentation> augmentations = other.augmentAll(requests);
      for (int i = 0; i < expected.size(); i++) {
        assertThatImage(augmentations.get(i).image())
            .as("picture %d", i)
            .hasPixelsOf(expected.get(i).image());
      }
    }
    AugmentRequest last = requests.get(9);
    AugmentRequest second =
        new AugmentRequest(last.image(), last.label(), "", 1, 1, null, null); // alone, by its index
    assertThatImage(sgid.augmentAll(List.of(second)).get(0).image())
        .hasPixelsOf(expected.get(19).image());
  }
}
