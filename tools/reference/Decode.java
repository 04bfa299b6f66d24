import dev.sgid.dataset.ImageDecoder;
import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes what sgid shows of image files: width and height, each a big-endian 32-bit integer, then the pixels.
 *
 * <p>{@code java -cp sgid-cli/target/sgid.jar tools/reference/Decode.java FILES OUT}; FILES has a {@code file:} URI a line,
 * and the picture of the first one becomes OUT/0.rgb.
 */
final class Decode {
  public static void main(String[] args) throws IOException {
    List<String> files = Files.readAllLines(Path.of(args[0]));
    Path out = Files.createDirectories(Path.of(args[1]));
    ImageDecoder decoder = new ImageDecoder();
    for (int i = 0; i < files.size(); i++) {
      BufferedImage image;
      try {
        image = decoder.read(Path.of(URI.create(files.get(i))));
      } catch (IOException e) {
        System.err.println(files.get(i) + ": " + e.getMessage());
        image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
      }
      try (DataOutputStream to =
          new DataOutputStream(
              new java.io.BufferedOutputStream(Files.newOutputStream(out.resolve(i + ".rgb"))))) {
        to.writeInt(image.getWidth());
        to.writeInt(image.getHeight());
        for (int y = 0; y < image.getHeight(); y++) {
          for (int x = 0; x < image.getWidth(); x++) {
            int rgb = image.getRGB(x, y);
            to.writeByte(rgb >> 16);
            to.writeByte(rgb >> 8);
            to.writeByte(rgb);
          }
        }
      }
    }
  }
}
