package dev.sgid.onnx.diffusion;

import dev.sgid.Device;
import dev.sgid.bench.BenchPack;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.TorchRandom;
import dev.sgid.onnx.internal.runtime.Placement;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** Pictures of 32x32 to latents and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 5)
@SuppressWarnings("NullAway.Init") // JMH sets parameters and calls @Setup first
public class VaeBenchmark {
  private static final int SIDE = 32;

  /** How many pictures share a run. */
  @Param({"1", "4"})
  public int batch;

  private VaeEncoder encoder;
  private VaeDecoder decoder;
  private int latentSide;
  private List<RgbImage> images;
  private final List<float[]> latents = new ArrayList<>();

  @Setup
  public void open() {
    Path folder = BenchPack.folder().resolve("stable-diffusion");
    Placement placement = Placement.of(Device.CPU, 0);
    VaeConfig config =
        VaeConfig.of(
            JsonFile.read(folder.resolve("vae_decoder/config.json")), ModelFamily.FIRST_AND_SECOND);
    encoder = VaeEncoder.open(folder.resolve("vae_encoder/model.onnx"), config, placement);
    decoder = VaeDecoder.open(folder.resolve("vae_decoder/model.onnx"), config, placement);
    latentSide = SIDE / config.factor();
    images = BenchPack.pictures(batch, SIDE, SIDE).stream().map(RgbImage::of).toList();
    for (Posterior posterior : encoder.encode(images)) {
      latents.add(posterior.sample(new TorchRandom(1)));
    }
  }

  @Benchmark
  public List<Posterior> encode() {
    return encoder.encode(images);
  }

  @Benchmark
  public List<float[]> decode() {
    return decoder.decode(latents, latentSide, latentSide);
  }

  @TearDown
  public void close() {
    encoder.close();
    decoder.close();
  }
}
