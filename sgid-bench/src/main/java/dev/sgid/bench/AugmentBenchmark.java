package dev.sgid.bench;

import dev.sgid.AugmentRequest;
import dev.sgid.Device;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Outcome;
import dev.sgid.Sgid;
import dev.sgid.StepListener;
import dev.sgid.onnx.diffusion.StableDiffusionImg2Img;
import java.awt.image.BufferedImage;
import java.util.List;
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
 * The whole method, and image-to-image alone, on images of the pack's own size: 15 of 30 steps,
 * with guidance. Every call has prompts of its own, because embeddings are remembered. A score is
 * the time for all images of a call.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 5)
@SuppressWarnings("NullAway.Init") // JMH sets parameters and calls @Setup first
public class AugmentBenchmark {
  /** How many images a call is given. */
  @Param({"1", "8"})
  public int images;

  private Sgid sgid;
  private StableDiffusionImg2Img generator;
  private List<BufferedImage> pictures;
  private int round;

  @Setup
  public void open() {
    sgid = Sgid.builder(BenchPack.folder()).withDevice(Device.CPU).withBatch(images).build();
    generator =
        StableDiffusionImg2Img.open(
            BenchPack.folder().resolve("stable-diffusion"), Device.CPU, 0, 1, images);
    pictures = BenchPack.pictures(images, 32, 32);
  }

  private static Img2ImgRequest generation(BufferedImage image, int round) {
    return Img2ImgRequest.of(image, "ankle boot, a black ankle boot " + round);
  }

  @Benchmark
  public List<Outcome> augment() {
    String label = "ankle boot " + round++;
    return sgid.augmentAll(
        pictures.stream().map(image -> AugmentRequest.of(image, label)).toList());
  }

  @Benchmark
  public List<Img2ImgResult> imageToImage() {
    int now = round++;
    return generator.generate(
        pictures.stream().map(image -> generation(image, now)).toList(), StepListener.NONE);
  }

  @TearDown
  public void close() {
    sgid.close();
    generator.close();
  }
}
