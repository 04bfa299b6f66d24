package dev.sgid.onnx.diffusion;

import com.google.gson.JsonObject;
import dev.sgid.Device;
import dev.sgid.Fit;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgFeed;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Scheduler;
import dev.sgid.Size;
import dev.sgid.StepListener;
import dev.sgid.bench.BenchPack;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.TorchRandom;
import dev.sgid.onnx.internal.runtime.Placement;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Ten steps of the denoising loop with guidance, against the bare runs of the same UNet on batches
 * of the same shape: what they differ by is what sgid adds to each step. Buffers are made before,
 * as a call makes them once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 5)
@SuppressWarnings("NullAway.Init") // JMH sets parameters and calls @Setup first
public class DenoiseBenchmark {
  private static final int STEPS = 20;
  private static final double NOISE_RATE = 0.5;
  private static final double GUIDANCE_SCALE = 7.5;
  private static final int FACTOR = 4; // the VAE's; no matter to the loop
  private static final int ROWS_EACH = 2; // with and without the text

  /** The pack's, or the path of an ONNX file with its config.json beside it. */
  @Param("pack")
  public String unet;

  /** How many pictures share a call. */
  @Param({"1", "4", "16"})
  public int batch;

  /** Through the library, or around it. */
  @Param({"loop", "bare"})
  public String how;

  private UnetShape shape;
  private UNet model;
  private DenoiseLoop loop;
  private SchedulerRun scheduler;
  private BareUNet bare;
  private float[] text; // (tokens, width)
  private Conditioning given;
  private final BufferedImage image = BenchPack.picture(1, 1, 0); // nobody looks at it
  private float[] noise; // (channels, side, side)

  @Setup
  public void open() throws Exception {
    Path file =
        unet.equals("pack")
            ? BenchPack.folder().resolve("stable-diffusion/unet/model.onnx")
            : Path.of(unet);
    shape = UnetShape.of(file);
    scheduler = scheduler();
    text = random(1, shape.tokens() * shape.textWidth());
    given = Conditioning.ofText(text);
    noise = random(2, shape.channels() * shape.side() * shape.side());
    int threads = Runtime.getRuntime().availableProcessors();
    if (how.equals("loop")) {
      Map<String, long[]> texts =
          Map.of(Conditioning.HIDDEN_STATES, new long[] {shape.tokens(), shape.textWidth()});
      model =
          UNet.open(
              file,
              defaults(),
              ModelFamily.FIRST_AND_SECOND,
              texts,
              Placement.of(Device.CPU, threads));
      loop =
          new DenoiseLoop(
              size -> model.predictor(shape.channels(), size.height(), size.width()),
              batch,
              StepListener.NONE);
    } else {
      bare = new BareUNet(file, shape, ROWS_EACH * batch, threads);
      bare.fill(noise, text);
    }
  }

  private static float[] random(long seed, int length) {
    float[] values = new float[length];
    new TorchRandom(seed).normal(values);
    return values;
  }

  @Benchmark
  public Object denoise() throws Exception {
    return how.equals("loop") ? loop() : bare();
  }

  private Picture picture(int index) {
    Size size = new Size(FACTOR * shape.side(), FACTOR * shape.side());
    GenerationSettings settings =
        GenerationSettings.DEFAULTS.withSteps(STEPS).withNoiseRate(NOISE_RATE);
    Img2ImgRequest request = new Img2ImgRequest(image, "", GUIDANCE_SCALE, settings, index);
    Picture picture =
        new Picture(
            new Img2ImgFeed.Ticket(index, request), size, Fit.none(size), FACTOR, scheduler());
    picture.prompt = new PromptEncoder.Prompt(given, "");
    picture.negativePrompt = picture.prompt;
    picture.latents = noise.clone();
    picture.addNoise();
    return picture;
  }

  private static SchedulerRun scheduler() {
    return Schedulers.of(Scheduler.ddim(), null, SchedulerConfig.of(defaults()), STEPS, NOISE_RATE);
  }

  private static JsonFile defaults() {
    return new JsonFile(Path.of("config.json"), new JsonObject());
  }

  private DenoiseLoop loop() {
    for (int i = 0; i < batch; i++) {
      loop.seat(picture(i));
    }
    while (loop.hasSeated()) {
      List<Picture> ignored = loop.step();
    }
    return loop;
  }

  private BareUNet bare() throws Exception {
    for (int step = 0; step < scheduler.steps(); step++) {
      bare.run((int) scheduler.timestep(step)); // DDIM's are whole
    }
    return bare;
  }

  @TearDown
  public void close() throws Exception {
    if (how.equals("loop")) {
      loop.close();
      model.close();
    } else {
      bare.close();
    }
  }
}
