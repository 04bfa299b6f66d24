package dev.sgid.onnx.diffusion;

import com.google.gson.JsonObject;
import dev.sgid.Scheduler;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.TorchRandom;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One DDIM step of a latent of (1, 4, 64, 64): the fused loop over floats that sgid uses, and the
 * same linear combination as ND4J operations.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls @Setup first
public class DdimStepBenchmark {
  private static final int SIZE = 4 * 64 * 64;
  private static final float OF_SAMPLE = 0.98f; // factors below 1: x stays bounded
  private static final float OF_OUTPUT = 0.05f;

  private final float[] x = new float[SIZE];
  private final float[] m = new float[SIZE];
  private final float[] z = new float[0];

  private SchedulerRun scheduler;
  private INDArray ndX;
  private INDArray ndM;

  @Setup
  public void make() {
    new TorchRandom(1).normal(m);
    JsonFile defaults = new JsonFile(Path.of("scheduler_config.json"), new JsonObject());
    scheduler = Schedulers.of(Scheduler.ddim(), null, SchedulerConfig.of(defaults), 30, 0.5);
    ndX = Nd4j.createFromArray(x).reshape(1, 4, 64, 64);
    ndM = Nd4j.createFromArray(m).reshape(1, 4, 64, 64);
  }

  @Benchmark
  public float[] fused() {
    scheduler.step(0, x, m, z);
    return x;
  }

  @Benchmark
  public INDArray nd4j() {
    try (INDArray output = ndM.mul(OF_OUTPUT)) {
      return ndX.muli(OF_SAMPLE).addi(output);
    }
  }
}
