import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Fails unless a folder holds exactly so many pictures in class folders, each readable, of the right
 * size and not of one color, and as many lines in metadata.jsonl: {@code java CheckPictures.java
 * FOLDER COUNT WIDTH HEIGHT}.
 */
final class CheckPictures {
  private CheckPictures() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    int count = Integer.parseInt(args[1]);
    int width = Integer.parseInt(args[2]);
    int height = Integer.parseInt(args[3]);

    List<String> wrong = new ArrayList<>();
    List<Path> pictures;
    try (Stream<Path> files = Files.find(folder, 2, (path, a) -> path.toString().endsWith(".png"))) {
      pictures = files.sorted().toList();
    }
    for (Path picture : pictures) {
      String problem = problem(picture, width, height);
      if (!problem.isEmpty()) {
        wrong.add(folder.relativize(picture) + ": " + problem);
      }
    }
    if (pictures.size() != count) {
      wrong.add(count + " pictures expected, there are " + pictures.size());
    }
    int lines = Files.readAllLines(folder.resolve("metadata.jsonl")).size();
    if (lines != count) {
      wrong.add(count + " lines expected in metadata.jsonl, there are " + lines);
    }
    if (!wrong.isEmpty()) {
      wrong.forEach(System.err::println);
      System.exit(1);
    }
    System.out.println(count + " pictures of " + width + "x" + height + ", all readable");
  }

  private static String problem(Path picture, int width, int height) throws IOException {
    BufferedImage image = ImageIO.read(picture.toFile());
    if (image == null) {
      return "not readable";
    }
    if (image.getWidth() != width || image.getHeight() != height) {
      return "is " + image.getWidth() + "x" + image.getHeight();
    }
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    for (int pixel : pixels) {
      if (pixel != pixels[0]) {
        return "";
      }
    }
    return "all one color";
  }
}
