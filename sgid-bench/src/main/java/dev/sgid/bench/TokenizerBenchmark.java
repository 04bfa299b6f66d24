package dev.sgid.bench;

import dev.sgid.onnx.internal.text.TextTokenizer;
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

/** A prompt to token ids. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls @Setup first
public class TokenizerBenchmark {
  private static final String PROMPT =
      "ankle boot, a photo of a black leather ankle boot with a low heel on a white background";

  private TextTokenizer tokenizer;

  @Setup
  public void open() {
    tokenizer = TextTokenizer.open(BenchPack.folder().resolve("clip"), 77);
  }

  @Benchmark
  public TextTokenizer.Encoded encode() {
    return tokenizer.encode(PROMPT);
  }

  @TearDown
  public void close() {
    tokenizer.close();
  }
}
