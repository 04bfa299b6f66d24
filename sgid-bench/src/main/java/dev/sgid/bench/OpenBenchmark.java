package dev.sgid.bench;

import dev.sgid.Device;
import dev.sgid.PackInfo;
import dev.sgid.Sgid;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Opening the pack and closing it again. The first in a JVM also starts ONNX Runtime, and is left
 * to the warm-up.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 15)
public class OpenBenchmark {
  @Benchmark
  public PackInfo open() {
    try (Sgid sgid = Sgid.builder(BenchPack.folder()).withDevice(Device.CPU).build()) {
      return sgid.pack();
    }
  }
}
