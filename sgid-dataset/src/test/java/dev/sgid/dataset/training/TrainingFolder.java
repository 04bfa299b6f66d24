package dev.sgid.dataset.training;

import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** A data set of plain pictures, each of a color of its own, and stages that augment it. */
final class TrainingFolder {
  final Path in;
  final Path out;
  final Path cache;
  final FakeGenerator generator = new FakeGenerator();

  TrainingFolder(Path folder) {
    in = folder.resolve("in");
    out = folder.resolve("out");
    cache = folder.resolve("cache");
  }

  /** Five images of three classes, two of which have the same pixels. */
  TrainingFolder withImages() {
    put("bag/1.png", 0x100000);
    put("bag/2.png", 0x200000);
    put("bag/same.png", 0x100000);
    put("coat/1.png", 0x001000);
    put("coat/2.png", 0x002000);
    put("ankle_boot/1.png", 0x000010);
    put("ankle_boot/2.png", 0x000020);
    return this;
  }

  /** Writes an image of one color. */
  void put(String name, int rgb) {
    put(name, rgb, 4);
  }

  void put(String name, int rgb, int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      image.setRGB(i % side, i / side, rgb);
    }
    try {
      Path file = in.resolve(name);
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SgidBuilder builder() {
    return Sgid.builder(new FakeCaptioner(), new FakeScorer(), generator);
  }

  Sgid sgid() {
    return builder().build();
  }

  /** How many pictures were made. */
  int made() {
    return generator.calls().stream().mapToInt(List::size).sum();
  }

  AugmentJob.Builder job() {
    return AugmentJob.builder(in, out).withCopies(2);
  }

  /** Augments the data set, two copies of each image. */
  void augment(AugmentJob.Builder job) {
    try (Sgid sgid = sgid()) {
      job.build().run(sgid);
    }
  }
}
