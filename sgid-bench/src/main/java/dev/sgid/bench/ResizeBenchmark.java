package dev.sgid.bench;

import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.image.PillowResize;
import dev.sgid.onnx.internal.image.PillowResize.Filter;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
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

/** 512x512 to CLIP's 224x224: Pillow's filters, and Java2D's, which looks at 16 pixels only. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ResizeBenchmark {
  private static final int TO = 224;

  private final BufferedImage image = BenchPack.picture(512, 512, 1);
  private final RgbImage rgb = RgbImage.of(image);

  @Benchmark
  public RgbImage pillowBicubic() {
    return PillowResize.resize(rgb, TO, TO, Filter.BICUBIC);
  }

  @Benchmark
  public RgbImage pillowLanczos() {
    return PillowResize.resize(rgb, TO, TO, Filter.LANCZOS);
  }

  @Benchmark
  public BufferedImage java2dBicubic() {
    BufferedImage scaled = new BufferedImage(TO, TO, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(image, 0, 0, TO, TO, null);
    graphics.dispose();
    return scaled;
  }
}
