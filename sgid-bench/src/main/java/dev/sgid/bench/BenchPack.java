package dev.sgid.bench;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the benchmarks work on: a model pack on disk, and made-up pictures. */
public final class BenchPack {
  static final String PACK = "sgid.bench.pack";
  static final String UNET = "sgid.bench.unet";

  private BenchPack() {}

  /**
   * The pack that {@code -Dsgid.bench.pack} names.
   *
   * @throws IllegalStateException if it names none, or no folder
   */
  public static Path folder() {
    String folder = System.getProperty(PACK);
    if (folder == null || !Files.isDirectory(Path.of(folder))) {
      throw new IllegalStateException(
          "-D" + PACK + " must name the folder of a model pack, is " + folder);
    }
    return Path.of(folder);
  }

  /** A noisy picture, the same for the same seed. */
  public static BufferedImage picture(int width, int height, long seed) {
    Random random = new Random(seed);
    int base = random.nextInt(0x1000000);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int ramp = 0x010101 * (128 * x / width + 64 * y / height + random.nextInt(32));
        image.setRGB(x, y, (base & 0x1f1f1f) | ramp);
      }
    }
    return image;
  }

  /** Pictures of one size, all different. */
  public static List<BufferedImage> pictures(int count, int width, int height) {
    List<BufferedImage> pictures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pictures.add(picture(width, height, i));
    }
    return pictures;
  }
}
