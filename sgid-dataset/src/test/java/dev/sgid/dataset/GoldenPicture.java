package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.internal.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file and what Pillow shows of it, as the scripts in {@code tools/reference} write them.
 *
 * @param group the kind of file
 * @param name its name, unique in its group
 * @param file its content
 * @param shown the pixels; null where it is refused
 * @param refused a pattern that the reason has; null where it is shown
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record GoldenPicture(
    String group, String name, byte[] file, @Nullable RgbImage shown, @Nullable String refused) {
  /** Rounding of color arithmetic; whatever is wrong is further off, or turned. */
  private static final int LEVELS = 1;

  static List<GoldenPicture> all(String resource) {
    try (InputStream in =
            requireNonNull(GoldenPicture.class.getResourceAsStream(resource), resource);
        InputStreamReader reader = new InputStreamReader(new GZIPInputStream(in), UTF_8)) {
      JsonObject root = JsonParser.parseReader(reader).getAsJsonObject();
      return StreamSupport.stream(root.getAsJsonArray("cases").spliterator(), false)
          .map(golden -> of(golden.getAsJsonObject()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenPicture of(JsonObject golden) {
    boolean isShown = golden.has("pixels");
    RgbImage shown =
        isShown
            ? new RgbImage(
                golden.get("width").getAsInt(),
                golden.get("height").getAsInt(),
                bytes(golden, "pixels"))
            : null;
    return new GoldenPicture(
        golden.get("group").getAsString(),
        golden.get("name").getAsString(),
        bytes(golden, "file"),
        shown,
        isShown ? null : golden.get("refused").getAsString());
  }

  private static byte[] bytes(JsonObject golden, String key) {
    return Base64.getDecoder().decode(golden.get(key).getAsString());
  }

  /** Where another picture shows something else, in words; empty where it doesn't. */
  String difference(RgbImage image) {
    return difference(image, LEVELS);
  }

  /** The same, where {@code levels} are no difference. */
  String difference(RgbImage image, int levels) {
    RgbImage should = requireNonNull(shown, "shown");
    if (image.width() != should.width() || image.height() != should.height()) {
      return "is %dx%d, not %dx%d"
          .formatted(image.width(), image.height(), should.width(), should.height());
    }
    for (int i = 0; i < should.rgb().length; i++) {
      int level = should.rgb()[i] & 0xff;
      int is = image.rgb()[i] & 0xff;
      if (Math.abs(level - is) > levels) {
        int pixel = i / 3;
        return "band %d of (%d, %d) is %d, not %d"
            .formatted(i % 3, pixel % image.width(), pixel / image.width(), is, level);
      }
    }
    return "";
  }

  @Override
  public String toString() {
    return group + "/" + name;
  }
}
