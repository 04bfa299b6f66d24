package dev.sgid.onnx.internal.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.image.PillowResize.Filter;
import dev.sgid.onnx.internal.image.PillowResize.Part;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Set;

/**
 * A vision model's preprocessing: what transformers' CLIP, BLIP, ViT and SigLIP image processors do
 * as their saved configuration says.
 *
 * <p>Resize (as Pillow) and centre crop (black where the picture is too small), of which the part
 * that is cropped away is never made; rescale in float64, round to float32, normalise in float32.
 * From the rescaling on, a value depends on the byte and the channel alone, so it is looked up.
 * Immutable and thread-safe.
 */
public final class ImageProcessor {
  private static final String ALONE = "preprocessor_config.json";
  private static final String BOTH = "processor_config.json";
  private static final String KEY = "image_processor"; // in the latter
  private static final Set<String> KNOWN_STEPS =
      Set.of("do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb");
  private static final Filter[] PILLOW_FILTERS = {
    null, Filter.LANCZOS, Filter.BILINEAR, Filter.BICUBIC, Filter.BOX, Filter.HAMMING
  };

  private final boolean resize;
  private final Size size;
  private final Filter filter;
  private final boolean crop;
  private final int width;
  private final int height;
  private final float[][] values = new float[3][256]; // by channel and byte

  /**
   * A size in pixels; where {@code shortestEdge}, width and height are both that of the shortest.
   */
  private record Size(int width, int height, boolean shortestEdge) {}

  private ImageProcessor(JsonFile config) {
    ProcessorKind kind = ProcessorKind.of(config);
    refuseUnknownSteps(config);
    resize = config.flag("do_resize", true);
    size = size(config, "size", kind.size(), kind.intIsShortestEdge());
    if (size.shortestEdge && !kind.intIsShortestEdge()) {
      throw config.unexpected("size", "a height and a width for a " + kind.label());
    }
    filter = filter(config, kind.filter());
    crop = config.flag("do_center_crop", kind.crops(config));
    Size given = crop ? size(config, "crop_size", kind.size(), false) : size;
    if (given.shortestEdge || !(resize || crop)) {
      throw config.unexpected("do_center_crop", "true, or the tensor's size is not fixed,");
    }
    width = given.width;
    height = given.height;
    fillValues(config, kind);
  }

  /**
   * Reads the image processor of a model's folder, from where transformers reads it: {@code
   * image_processor} in {@code processor_config.json}, where transformers 5 saves it, else {@code
   * preprocessor_config.json}.
   *
   * @throws SgidException if it is missing or broken, or asks for what is not supported
   */
  public static ImageProcessor read(Path folder) {
    JsonFile both = JsonFile.readOrEmpty(folder.resolve(BOTH));
    return new ImageProcessor(
        both.has(KEY) ? both.object(KEY) : JsonFile.read(folder.resolve(ALONE)));
  }

  /** Whether {@code file} is a configuration that is not read because there is a newer one. */
  public static boolean isReplaced(Path file) {
    return file.endsWith(ALONE) && JsonFile.readOrEmpty(file.resolveSibling(BOTH)).has(KEY);
  }

  /** Width of the tensor. */
  public int width() {
    return width;
  }

  /** Height of the tensor. */
  public int height() {
    return height;
  }

  /**
   * Writes {@code in} as (3, {@link #height()}, {@link #width()}), red first, from {@code out}'s
   * position on. Position and limit stay as they are.
   */
  public void process(RgbImage in, FloatBuffer out) {
    Planes.checkRoom(out, width, height);
    Size whole = resize ? scaled(in) : new Size(in.width(), in.height(), false);
    int offsetX = crop ? cropOffset(whole.width, width) : 0;
    int offsetY = crop ? cropOffset(whole.height, height) : 0;
    Part part =
        new Part(
            Math.max(0, offsetX),
            Math.max(0, offsetY),
            Math.min(whole.width, width),
            Math.min(whole.height, height));
    RgbImage image = PillowResize.resize(in, whole.width, whole.height, filter, part);
    put(image, Math.max(0, -offsetX), Math.max(0, -offsetY), out);
  }

  /** Writes {@code image}, whose upper left corner comes to (left, top), on black. */
  private void put(RgbImage image, int left, int top, FloatBuffer out) {
    byte[] rgb = image.rgb();
    int o = out.position();
    for (int c = 0; c < 3; c++) {
      float[] lookup = values[c];
      for (int y = -top; y < height - top; y++) {
        boolean rowInside = y >= 0 && y < image.height();
        for (int x = -left; x < width - left; x++) {
          boolean inside = rowInside && x >= 0 && x < image.width();
          int value = inside ? rgb[3 * (y * image.width() + x) + c] & 0xff : 0;
          out.put(o++, lookup[value]);
        }
      }
    }
  }

  private Size scaled(RgbImage in) {
    if (!size.shortestEdge) {
      return size;
    }
    int shorter = Math.min(in.width(), in.height());
    int longer = Math.max(in.width(), in.height());
    int newLonger = (int) ((double) ((long) size.width * longer) / shorter);
    return in.width() <= in.height()
        ? new Size(size.width, newLonger, false)
        : new Size(newLonger, size.width, false);
  }

  /**
   * Where the crop begins, negative where the picture is too small. Odd differences: a crop leaves
   * the smaller half before it, a padded picture has the larger half before it.
   */
  private static int cropOffset(int have, int want) {
    return Math.floorDiv(have - want, 2);
  }

  private void fillValues(JsonFile config, ProcessorKind kind) {
    boolean rescale = config.flag("do_rescale", true);
    double factor = config.number("rescale_factor", 1 / 255.0);
    boolean normalize = config.flag("do_normalize", true);
    float[] mean = channels(config, "image_mean", kind.mean());
    float[] std = channels(config, "image_std", kind.std());
    for (int c = 0; c < 3; c++) {
      if (std[c] == 0) {
        throw config.unexpected("image_std", "other than 0");
      }
      for (int value = 0; value < 256; value++) {
        float rescaled = rescale ? (float) (value * factor) : value;
        values[c][value] = normalize ? (rescaled - mean[c]) / std[c] : rescaled;
        if (!Float.isFinite(values[c][value])) {
          throw JsonFile.broken(
              config.path(),
              "rescale_factor, image_mean and image_std give no finite number",
              null);
        }
      }
    }
  }

  private static float[] channels(JsonFile config, String key, double[] otherwise) {
    JsonElement value = config.get(key);
    float[] channels = new float[3];
    for (int c = 0; c < 3; c++) {
      if (value == null) {
        channels[c] = (float) otherwise[c];
      } else if (JsonFile.isNumber(value)) {
        channels[c] = (float) value.getAsDouble();
      } else if (value instanceof JsonArray array
          && array.size() == 3
          && JsonFile.isNumber(array.get(c))) {
        channels[c] = (float) array.get(c).getAsDouble();
      } else {
        throw config.unexpected(key, "one number or three");
      }
    }
    return channels;
  }

  private static Size size(JsonFile config, String key, int otherwise, boolean shortestEdge) {
    JsonElement value = config.get(key);
    if (value == null || JsonFile.isNumber(value)) {
      int edge = config.count(key, otherwise);
      return new Size(edge, edge, shortestEdge);
    }
    JsonFile object = config.object(key);
    if (object.has("height") && object.has("width")) {
      return new Size(object.count("width", 1), object.count("height", 1), false);
    }
    if (object.has("shortest_edge") && !object.has("longest_edge") && !key.equals("crop_size")) {
      int edge = object.count("shortest_edge", 1);
      return new Size(edge, edge, true);
    }
    throw config.unexpected(key, "a number, a height and a width, or a shortest_edge alone,");
  }

  private static Filter filter(JsonFile config, Filter otherwise) {
    if (!config.has("resample")) {
      return otherwise;
    }
    double code = config.number("resample", -1);
    if (code < 1 || code >= PILLOW_FILTERS.length || code != Math.rint(code)) {
      throw config.unexpected(
          "resample", "1 (lanczos), 2 (bilinear), 3 (bicubic), 4 (box) or 5 (hamming)");
    }
    return PILLOW_FILTERS[(int) code];
  }

  /** A step that this class knows nothing of would change the tensor in silence. */
  private static void refuseUnknownSteps(JsonFile config) {
    for (String key : config.root().keySet()) {
      if (key.startsWith("do_") && !KNOWN_STEPS.contains(key) && config.flag(key, false)) {
        throw config.unexpected(key, "false (such a step is not supported)");
      }
    }
    if (config.has("crop_pct")) {
      throw config.unexpected("crop_pct", "absent (it is not supported)");
    }
  }
}
