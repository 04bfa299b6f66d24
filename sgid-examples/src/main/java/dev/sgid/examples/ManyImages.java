package dev.sgid.examples;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.AugmentationStream;
import dev.sgid.FailedCopy;
import dev.sgid.Outcome;
import dev.sgid.Sgid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Makes copies of any number of images with little memory: {@code ManyImages FOLDER LABEL OUT},
 * with images in FOLDER that all show LABEL.
 */
public final class ManyImages {
  private ManyImages() {}

  /**
   * Augments a folder.
   *
   * @param args the folder of images, their label and the folder to write
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      throw new IllegalArgumentException("Usage: ManyImages FOLDER LABEL OUT");
    }
    try (Sgid sgid = Sgid.open();
        Stream<Path> files = Files.list(Path.of(args[0]))) {
      Path out = Files.createDirectories(Path.of(args[2]));
      augment(sgid, files.sorted().map(file -> request(file, args[1])).iterator(), out);
    }
  }

  private static AugmentRequest request(Path file, String label) {
    try {
      return AugmentRequest.of(Images.read(file.toFile()), label)
          .withId(file.getFileName().toString())
          .withCopies(2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void augment(Sgid sgid, Iterator<AugmentRequest> requests, Path out) throws IOException {
    // [stream]
    try (AugmentationStream outcomes = sgid.stream(requests)) { // any Iterator<AugmentRequest>
      while (outcomes.hasNext()) {
        Outcome outcome = outcomes.next(); // in the requests' order, copy by copy
        if (outcome instanceof Augmentation a) {
          ImageIO.write(a.image(), "png", out.resolve(a.copy() + "-" + a.id()).toFile());
        } else if (outcome instanceof FailedCopy failed) {
          System.err.println(failed.id() + ": " + failed.reason().getMessage());
        }
      }
    }
    // [/stream]
  }
}
