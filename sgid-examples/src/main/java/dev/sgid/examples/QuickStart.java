package dev.sgid.examples;

import dev.sgid.Augmentation;
import dev.sgid.Sgid;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Makes one new picture of an image: {@code QuickStart IMAGE OUT.png}. */
public final class QuickStart {
  private QuickStart() {}

  /**
   * Augments an ankle boot.
   *
   * @param args the image to read and the PNG file to write
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("Usage: QuickStart IMAGE OUT.png");
    }
    augment(Images.read(new File(args[0])), new File(args[1]));
  }

  static void augment(BufferedImage image, File file) throws IOException {
    // [quickstart]
    try (Sgid sgid = Sgid.open()) { // the embedded pack; Sgid.open(Path) takes yours
      Augmentation a = sgid.augment(image, "ankle boot");
      ImageIO.write(a.image(), "png", file);
      System.out.println(a.prompt()); // a.similarity(), a.guidanceScale(), a.consistency() …
    }
    // [/quickstart]
  }
}
