package dev.sgid.onnx.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;

/** Expected values, as {@code tools/reference/golden.py} writes them. */
public final class Golden {
  private Golden() {}

  /**
   * The gzipped JSON object of a test resource below {@code dev/sgid/onnx}, {@code
   * random/torch.json.gz} for one.
   */
  public static JsonObject read(String resource) {
    try (InputStream in = open(resource);
        InputStreamReader reader = new InputStreamReader(new GZIPInputStream(in), UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A test resource as a stream; the caller closes it. */
  public static InputStream open(String resource) {
    InputStream in = Golden.class.getResourceAsStream("/dev/sgid/onnx/" + resource);
    if (in == null) {
      throw new AssertionError("No test resource " + resource);
    }
    return in;
  }

  /** The objects of an array. */
  public static List<JsonObject> objects(JsonElement array) {
    return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  /** The bytes of an encoded array. */
  public static byte[] bytes(JsonElement encoded) {
    return Base64.getDecoder().decode(encoded.getAsJsonObject().get("data").getAsString());
  }

  /** The values of an encoded float32 array. */
  public static float[] floats(JsonElement encoded) {
    byte[] bytes = bytes(encoded);
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** The numbers of a plain JSON array. */
  public static long[] longs(JsonElement array) {
    return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
        .mapToLong(JsonElement::getAsLong)
        .toArray();
  }
}
