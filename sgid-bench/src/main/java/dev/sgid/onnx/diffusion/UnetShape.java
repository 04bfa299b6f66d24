package dev.sgid.onnx.diffusion;

import dev.sgid.onnx.internal.JsonFile;
import java.nio.file.Path;

/** The shapes a UNet is benchmarked with, from the {@code config.json} beside it. */
record UnetShape(int channels, int side, int tokens, int textWidth) {
  private static final int TOKENS = 77;

  static UnetShape of(Path file) {
    JsonFile config = JsonFile.read(file.resolveSibling("config.json"));
    return new UnetShape(
        config.count("in_channels", 4),
        config.count("sample_size", 64),
        TOKENS,
        config.count("cross_attention_dim", 768));
  }
}
