package dev.sgid.onnx.diffusion;

import dev.sgid.onnx.internal.JsonFile;
import java.nio.file.Path;

/** The shapes a UNet is benchmarked with, from its configuration and its text encoder's. */
record UnetShape(int channels, int side, int tokens, int textWidth) {
  static UnetShape of(Path file) {
    JsonFile config = JsonFile.read(file.resolveSibling("config.json"));
    JsonFile textEncoder = JsonFile.readOrEmpty(file.resolveSibling("../text_encoder/config.json"));
    return new UnetShape(
        config.count("in_channels", 4),
        config.count("sample_size", 64),
        textEncoder.count("max_position_embeddings", 77),
        config.count("cross_attention_dim", 768));
  }
}
