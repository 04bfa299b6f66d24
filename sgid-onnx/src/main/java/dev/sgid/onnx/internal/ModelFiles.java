package dev.sgid.onnx.internal;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where a model's folder has its graphs. */
public final class ModelFiles {
  private ModelFiles() {}

  /** A model's file: in its folder, or in {@code onnx} below, where published models have it. */
  public static Path find(Path folder, String name) {
    Path below = folder.resolve("onnx").resolve(name);
    Path here = folder.resolve(name);
    return !Files.exists(here) && Files.exists(below) ? below : here;
  }
}
