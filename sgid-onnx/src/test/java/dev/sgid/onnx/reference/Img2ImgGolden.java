package dev.sgid.onnx.reference;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgRequest;
import dev.sgid.OutputSize;
import dev.sgid.Scheduler;
import dev.sgid.Size;
import dev.sgid.TimestepSpacing;
import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One picture made by diffusers, as {@code tools/reference/diffusion_img2img.py} writes it: what it
 * was made from, and what it should be.
 */
public final class Img2ImgGolden {
  private static final double BOUND = 1e-4;
  private static final double TRUSTED_GUIDANCE = 7.5;

  private final JsonObject golden;
  private final RgbImage image;

  private Img2ImgGolden(JsonObject golden, RgbImage image) {
    this.golden = golden;
    this.image = image;
  }

  /** All cases of DDIM with its usual spacing. */
  public static List<Img2ImgGolden> all() {
    return read("diffusion/img2img.json.gz");
  }

  /**
   * The cases of {@code diffusion_solvers_img2img.py}, {@code diffusion_lcm_img2img.py} and {@code
   * diffusion_xl_img2img.py}: every scheduler, options and spacings, a UNet that is given the
   * guidance scale, and Stable Diffusion XL.
   */
  public static List<Img2ImgGolden> ofEveryScheduler() {
    List<String> resources =
        List.of("diffusion/img2img-solvers.json.gz", "diffusion/img2img-lcm.json.gz");
    return Stream.concat(
            resources.stream().flatMap(resource -> read(resource).stream()), ofXl().stream())
        .toList();
  }

  /** The cases of Stable Diffusion XL. */
  public static List<Img2ImgGolden> ofXl() {
    return read("diffusion/img2img-xl.json.gz");
  }

  /** The cases of {@code quantized_models.py}: graphs in 8 bits. */
  public static List<Img2ImgGolden> ofEightBits() {
    return read("diffusion/img2img-int8.json.gz");
  }

  private static List<Img2ImgGolden> read(String resource) {
    JsonObject file = Golden.read(resource);
    JsonObject images = file.getAsJsonObject("images");
    return Golden.objects(file.get("cases")).stream()
        .map(c -> new Img2ImgGolden(c, image(images.getAsJsonObject(c.get("image").getAsString()))))
        .toList();
  }

  /** The case of that name. */
  public static Img2ImgGolden named(String name) {
    return all().stream()
        .filter(golden -> golden.toString().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No img2img case " + name));
  }

  private static RgbImage image(JsonObject encoded) {
    long[] shape = Golden.longs(encoded.get("shape")); // (height, width, 3)
    return new RgbImage((int) shape[1], (int) shape[0], Golden.bytes(encoded));
  }

  /** The names to give to {@link TinyPacks#assemble}. */
  public List<String> pack() {
    return StreamSupport.stream(golden.getAsJsonArray("pack").spliterator(), false)
        .map(JsonElement::getAsString)
        .toList();
  }

  /** The request that makes the same picture, in the size the original comes in. */
  public Img2ImgRequest request() {
    GenerationSettings settings =
        GenerationSettings.DEFAULTS
            .withNoiseRate(golden.get("noiseRate").getAsDouble())
            .withSteps(golden.get("steps").getAsInt())
            .withScheduler(scheduler())
            .withTimestepSpacing(spacing())
            .withNegativePrompt(golden.get("negativePrompt").getAsString())
            .withSize(new Size(image.width(), image.height()))
            .withOutputSize(OutputSize.GENERATED);
    return Img2ImgRequest.of(image.toBufferedImage(), golden.get("prompt").getAsString())
        .withGuidanceScale(guidanceScale())
        .withSettings(settings)
        .withSeed(golden.get("seed").getAsLong());
  }

  private double guidanceScale() {
    return golden.get("guidanceScale").getAsDouble();
  }

  private Scheduler scheduler() {
    if (!golden.has("scheduler")) {
      return Scheduler.ddim(golden.get("eta").getAsDouble());
    }
    Map<String, Object> options = new HashMap<>();
    golden
        .getAsJsonObject("options")
        .asMap()
        .forEach((key, value) -> options.put(key, value.getAsString()));
    if (golden.get("eta").getAsDouble() > 0) {
      options.put("eta", golden.get("eta").getAsDouble());
    }
    return Scheduler.of(golden.get("scheduler").getAsString(), options);
  }

  /** Null for what the pack says. */
  private @Nullable TimestepSpacing spacing() {
    JsonElement spacing = golden.get("spacing");
    return spacing == null || spacing.isJsonNull()
        ? null
        : TimestepSpacing.parse(spacing.getAsString());
  }

  /** How many of the steps are run. */
  public int stepsRun() {
    return golden.get("stepsRun").getAsInt();
  }

  /** The picture in [0, 1], {@code (height, width, 3)}. */
  public float[] expected() {
    return Golden.floats(golden.get("expected"));
  }

  /** The picture rounded half to even, {@code (height, width, 3)}. */
  public byte[] expectedBytes() {
    return Golden.bytes(golden.get("expectedBytes"));
  }

  /**
   * Of graphs in 8 bits: by how many of 255 levels the picture moves in the reference itself when
   * what the UNet is given is off by 1e-6; an 8-bit number then falls the other way.
   */
  public int tremorLevels() {
    return (int) Math.ceil(255 * golden.get("tremorGap").getAsDouble());
  }

  /** The same as a picture. */
  public BufferedImage expectedImage() {
    return image(golden.getAsJsonObject("expectedBytes")).toBufferedImage();
  }

  /**
   * How far a float of the picture may be off: 1e-4; where w passes 7.5, five times the reference's
   * own gap between float32 and float64 if that is more and noted: guidance that the UNet is given
   * amplifies nothing.
   */
  public double bound() {
    boolean trusted = guidanceScale() <= TRUSTED_GUIDANCE || !golden.has("float64Gap");
    return trusted ? BOUND : Math.max(BOUND, 5 * golden.get("float64Gap").getAsDouble());
  }

  /** The names of the tensors between the stages; empty for most cases. */
  public Set<String> traced() {
    return golden.getAsJsonObject("trace").keySet();
  }

  /** A tensor between the stages. */
  public float[] trace(String name) {
    return Golden.floats(golden.getAsJsonObject("trace").get(name));
  }

  /** The case's name. */
  @Override
  public String toString() {
    return golden.get("name").getAsString();
  }
}
