package dev.sgid.bench;

import static java.util.Objects.requireNonNull;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.Device;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.OutputSize;
import dev.sgid.Sgid;
import dev.sgid.StepListener;
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
  private Img2ImgGenerator generator;
  private List<BufferedImage> pictures;
  private int round;

  @Setup
  public void open() {
    sgid = Sgid.builder(BenchPack.folder()).withDevice(Device.CPU).withBatch(images).build();
    generator = requireNonNull(sgid.pack()).generator();
    pictures = BenchPack.pictures(images, 32, 32);
  }

  private static Img2ImgRequest generation(BufferedImage image, int round) {
    return new Img2ImgRequest(
        image,
        "ankle boot, a black ankle boot " + round,
        "",
        7.5,
        0.5,
        30,
        "DDIMScheduler",
        0,
        null,
        OutputSize.ORIGINAL,
        1);
  }

  @Benchmark
  public List<Augmentation> augment() {
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
  }
}
