package dev.sgid.bench;

import java.awt.image.BufferedImage;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;

/**
 * Writes images of Fashion-MNIST that {@code fashion-mini} was not trained on as a data set that
 * sgid reads: the first of the last 10,000 training images, padded to 32 x 32 pixels, a folder of
 * gray PNG files per class. The names are those of {@code sgid-examples/data/fashion}.
 */
final class FashionFolders {
  private static final int FIRST = 50_000; // what comes before trained the pack
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;
  private static final int BORDER = 2;
  private static final List<String> LABELS =
      List.of(
          "t-shirt",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle_boot");

  private FashionFolders() {}

  /**
   * Writes the folders.
   *
   * @param args the folder of the data set's files, the folder to write, how many images
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      throw new IllegalArgumentException("Usage: FashionFolders DATA OUT COUNT");
    }
    write(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]));
  }

  static void write(Path data, Path out, int count) throws IOException {
    try (DataInputStream images = open(data.resolve("train-images-idx3-ubyte.gz"), IMAGES_MAGIC);
        DataInputStream labels = open(data.resolve("train-labels-idx1-ubyte.gz"), LABELS_MAGIC)) {
      int total = images.readInt();
      int height = images.readInt();
      int width = images.readInt();
      if (labels.readInt() != total || count < 1 || count > total - FIRST) {
        throw new IllegalArgumentException(
            "count is " + count + ", must be 1 to " + (total - FIRST) + ", what " + data + " has");
      }
      images.skipNBytes((long) FIRST * height * width);
      labels.skipNBytes(FIRST);
      for (int i = 0; i < count; i++) {
        byte[] pixels = images.readNBytes(height * width);
        Path folder = out.resolve(LABELS.get(labels.readUnsignedByte()));
        Files.createDirectories(folder);
        Path file = folder.resolve("fashion-" + (FIRST + i) + ".png");
        ImageIO.write(padded(pixels, width, height), "png", file.toFile());
      }
    }
  }

  private static DataInputStream open(Path file, int magic) throws IOException {
    InputStream raw = new GZIPInputStream(Files.newInputStream(file), 1 << 16);
    DataInputStream in = new DataInputStream(raw);
    int found = in.readInt();
    if (found != magic) {
      in.close();
      throw new IOException(
          String.format("%s is no idx file: it begins with %#x, not %#x", file, found, magic));
    }
    return in;
  }

  private static BufferedImage padded(byte[] pixels, int width, int height) {
    BufferedImage image =
        new BufferedImage(width + 2 * BORDER, height + 2 * BORDER, BufferedImage.TYPE_BYTE_GRAY);
    // into the raster: setRGB would change the levels of a gray picture
    image.getRaster().setDataElements(BORDER, BORDER, width, height, pixels);
    return image;
  }
}
