package dev.sgid.dataset.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.testing.Concurrent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MadeCopiesTest {
  private final TrainingFolder folder;

  MadeCopiesTest(@TempDir Path temporary) {
    folder = new TrainingFolder(temporary).withImages();
  }

  private TrainingSet set(Sgid sgid) {
    return TrainingSet.of(DatasetReader.of(folder.in), sgid, 2, folder.cache);
  }

  /** All pictures of an epoch, by name, as their pixels. */
  private static Map<String, List<Integer>> epoch(TrainingSet set, int epoch) {
    Map<String, List<Integer>> pixels = new LinkedHashMap<>();
    try (Pictures pictures = set.pictures(set.epoch(Mix.all(), 7, epoch), 3)) {
      while (pictures.hasNext()) {
        Example example = pictures.next();
        int[] argb = example.image().getRGB(0, 0, 4, 4, null, 0, 4);
        pixels.put(example.sample().name(), Arrays.stream(argb).boxed().toList());
      }
    }
    return pixels;
  }

  private List<Path> cached(String extension) throws IOException {
    try (Stream<Path> files = Files.walk(folder.cache)) {
      return files.filter(file -> file.toString().endsWith(extension)).sorted().toList();
    }
  }

  @Test
  void pictures_secondEpochAndSecondRun_makeNothing() throws IOException {
    Map<String, List<Integer>> first;
    try (Sgid sgid = folder.sgid()) {
      TrainingSet set = set(sgid);
      assertThat(folder.made()).isZero();
      first = epoch(set, 0);
      assertThat(first).hasSize(21);
      assertThat(folder.made()).isEqualTo(12); // two images have the same pixels
      assertThat(epoch(set, 1)).containsExactlyInAnyOrderEntriesOf(first);
    }
    try (Sgid sgid = folder.sgid()) {
      assertThat(epoch(set(sgid), 2)).containsExactlyInAnyOrderEntriesOf(first);
    }
    assertThat(folder.made()).isEqualTo(12);
    assertThat(cached(".png")).hasSize(12);
    assertThat(cached(".tmp")).isEmpty();
  }

  @Test
  void makeCopies_someAreThere_makesTheRest() throws IOException {
    try (Sgid sgid = folder.sgid()) {
      TrainingSet set = set(sgid);
      set.makeCopies(set.samples().subList(0, 3)); // an original and its two copies
      assertThat(folder.made()).isEqualTo(2);
      set.makeCopies(set.samples());
      assertThat(folder.made()).isEqualTo(12);
      assertThat(cached(".png")).hasSize(12);
      assertThat(epoch(set, 0)).hasSize(21);
      assertThat(folder.made()).isEqualTo(12);
    }
  }

  @Test
  void pictures_copies_areThoseOfAugment() {
    try (Sgid sgid = folder.sgid()) {
      TrainingSet set = set(sgid);
      Sample copy = set.samples().get(2);
      assertThat(copy.name()).isEqualTo("ankle_boot/1.png, copy 1");
      int[] made =
          sgid.augment(set.image(set.samples().get(0)), "ankle_boot", 2)
              .get(1)
              .image()
              .getRGB(0, 0, 4, 4, null, 0, 4);
      assertThat(set.image(copy).getRGB(0, 0, 4, 4, null, 0, 4)).isEqualTo(made);
    }
  }

  @Test
  void pictures_mixOfSome_makesWhatItNeedsOnly() {
    try (Sgid sgid = folder.sgid()) {
      TrainingSet set = set(sgid);
      List<Sample> order = set.epoch(Mix.synthetic(0.5), 1, 0);
      long copies = order.stream().filter(Sample::isCopy).map(Sample::name).distinct().count();
      try (Pictures pictures = set.pictures(order, 4)) {
        pictures.forEachRemaining(example -> assertThat(example.image()).isNotNull());
      }
      assertThat(copies).isPositive();
      assertThat((long) folder.made()).isLessThanOrEqualTo(copies);
    }
  }

  @Test
  void pictures_otherSettingsOrSeed_areMadeAnew() {
    try (Sgid sgid = folder.sgid();
        Sgid seeded = folder.builder().withSeed(5).build();
        Sgid set = folder.builder().withGeneration(g -> g.withNoiseRate(0.7)).build()) {
      for (Sgid each : List.of(sgid, seeded, set)) {
        int before = folder.made();
        assertThat(epoch(set(each), 0)).hasSize(21);
        assertThat(folder.made()).isEqualTo(before + 12);
      }
    }
  }

  @Test
  void pictures_damagedFiles_areMadeAgain() throws IOException {
    try (Sgid sgid = folder.sgid()) {
      TrainingSet set = set(sgid);
      Map<String, List<Integer>> first = epoch(set, 0);
      List<Path> pngs = cached(".png");
      Files.write(pngs.get(0), new byte[] {1, 2, 3});
      Files.write(pngs.get(1), new byte[0]);
      Files.delete(pngs.get(2));
      List<Path> lines = cached(".json");
      Files.writeString(lines.get(3), "{");
      Files.write(lines.get(4), new byte[] {(byte) 0xff, 10});
      Files.delete(lines.get(5));

      assertThat(epoch(set, 0)).isEqualTo(first);
      assertThat(folder.made()).isEqualTo(12 + 6);
      assertThat(epoch(set, 0)).isEqualTo(first);
      assertThat(folder.made()).isEqualTo(12 + 6);
    }
  }

  @Test
  void pictures_copyThatFails_isNamed() {
    folder.generator.withBroken(request -> (request.image().getRGB(0, 0) & 0xffffff) == 0x002000);
    try (Sgid sgid = folder.sgid()) {
      TrainingSet set = set(sgid);
      assertThatThrownBy(() -> epoch(set, 0))
          .isInstanceOf(DatasetException.class)
          .hasMessageMatching("Copy [01] of .*")
          .hasMessageEndingWith(
              folder.in.resolve("coat/2.png")
                  + " can't be trained on: it can't be made: The picture came out black");
    }
  }

  @Test
  void pictures_originalChanged_isNamed() {
    try (Sgid sgid = folder.sgid()) {
      TrainingSet set = set(sgid);
      folder.put("coat/2.png", 0x003000);
      assertThatThrownBy(() -> set.image(set.samples().get(20)))
          .isInstanceOf(DatasetException.class)
          .hasMessageContaining(folder.in.resolve("coat/2.png").toString())
          .hasMessageEndingWith("it has changed since the set was opened");
    }
  }

  @Test
  void pictures_twoAtATime_shareTheFolder() throws Exception {
    List<Map<String, List<Integer>>> both =
        Concurrent.call(
            2,
            () -> {
              try (Sgid sgid = folder.sgid()) {
                return epoch(set(sgid), 0);
              }
            });
    assertThat(both.get(0)).isEqualTo(both.get(1));
    assertThat(cached(".png")).hasSize(12);
    assertThat(cached(".tmp")).isEmpty();
  }

  @Test
  void withConsistencyAtLeast_makesThemAllFirst() {
    try (Sgid sgid = folder.sgid()) {
      TrainingSet set = set(sgid);
      assertThat(set.samples().stream().map(Sample::consistency)).allMatch(Objects::isNull);
      TrainingSet all = set.withConsistencyAtLeast(-1);
      assertThat(folder.made()).isEqualTo(12);
      assertThat(all.samples()).hasSize(21);
      assertThat(all.samples().stream().filter(Sample::isCopy))
          .allMatch(copy -> copy.consistency() != null);
      assertThat(set.withConsistencyAtLeast(0).samples()).hasSizeBetween(8, 20);
      assertThat(folder.made()).isEqualTo(12);
    }
  }
}
