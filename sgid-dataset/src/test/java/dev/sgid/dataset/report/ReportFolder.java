package dev.sgid.dataset.report;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.internal.Sha256;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/** A data set and what was made of it, written by hand as the docs have it. */
final class ReportFolder {
  final Path in;
  final Path out;

  ReportFolder(Path folder) throws IOException {
    this.in = Files.createDirectories(folder.resolve("photos"));
    this.out = Files.createDirectories(folder.resolve("out"));
    JsonObject job = new JsonObject();
    job.addProperty("format", 1);
    job.addProperty("sgid", "0.1.0");
    job.addProperty("in", in.toString());
    job.addProperty("seed", 0);
    job.addProperty("copies", 2);
    Files.writeString(out.resolve("sgid-job.json"), job.toString());
    Files.createFile(out.resolve("metadata.jsonl"));
  }

  static byte[] png(int width, int height, Color color) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assert ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  /** Puts an original into the data set. */
  byte[] original(String source) throws IOException {
    byte[] bytes = png(8, 6, Color.RED);
    put(in.resolve(source), bytes);
    return bytes;
  }

  /** The line of a copy, which is written by {@link #add}. */
  JsonObject line(String label, String source, int copy, double consistency) throws IOException {
    JsonObject line = new JsonObject();
    line.addProperty("file_name", source.replace(".png", "-sgid-" + copy + ".png"));
    line.addProperty("label", label);
    line.addProperty("source", source);
    Path original = in.resolve(source);
    line.addProperty(
        "source_sha256", Files.exists(original) ? Sha256.hex(Files.readAllBytes(original)) : "0");
    line.addProperty("copy", copy);
    line.addProperty("caption", "a caption");
    line.addProperty("prompt", label + ", a caption");
    line.addProperty("similarity", 0.25);
    line.addProperty("guidance_scale", 5.5);
    line.addProperty("steps", 30);
    line.addProperty("consistency", consistency);
    return line;
  }

  /** Adds a copy with its picture. */
  void add(JsonObject line) throws IOException {
    byte[] bytes = png(8, 6, Color.BLUE);
    put(out.resolve(line.get("file_name").getAsString()), bytes);
    addLine("metadata.jsonl", line);
  }

  void addLine(String file, JsonObject line) throws IOException {
    Files.writeString(
        out.resolve(file), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Three copies of two originals in two classes. */
  ReportFolder withCats() throws IOException {
    byte[] ignored = original("cat/1.png");
    byte[] unused = original("dog/2.png");
    add(line("cat", "cat/1.png", 0, 0.9));
    add(line("cat", "cat/1.png", 1, 0.5));
    add(line("dog", "dog/2.png", 0, 0.7));
    return this;
  }

  /** The data in a report. */
  static JsonObject data(String html) {
    return JsonParser.parseString(blocks(html).get(0)).getAsJsonObject();
  }

  /**
   * The contents of all blocks of data, as a browser finds them: up to the next end of a script.
   */
  static List<String> blocks(String html) {
    Matcher matcher =
        Pattern.compile("<script type=\"application/json\"[^>]*>(.*?)</script", Pattern.DOTALL)
            .matcher(html);
    List<String> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }
}
