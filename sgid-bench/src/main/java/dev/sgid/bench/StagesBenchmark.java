package dev.sgid.bench;

import dev.sgid.BackendOptions;
import dev.sgid.OpenPack;
import dev.sgid.onnx.OnnxBackend;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Captioning an image by beam search, and scoring three texts that were never seen before. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 5)
@SuppressWarnings("NullAway.Init") // JMH sets parameters and calls @Setup first
public class StagesBenchmark {
  private final BufferedImage image = BenchPack.picture(32, 32, 1);

  private OpenPack pack;
  private int round;

  @Setup
  public void open() {
    pack = new OnnxBackend().open(BenchPack.folder(), BackendOptions.DEFAULTS);
  }

  @Benchmark
  public List<String> caption() {
    return pack.captioner().caption(image, 3, 0);
  }

  @Benchmark
  public double[] score() {
    round++; // embeddings of texts are remembered
    return pack.scorer().score(image, List.of("bag " + round, "coat " + round, "dress " + round));
  }

  @TearDown
  public void close() {
    pack.close();
  }
}
