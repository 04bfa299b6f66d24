package dev.sgid.onnx.diffusion;

/** What diffusers' own tests of schedulers start from. */
final class DummyPicture {
  private static final int LENGTH = 768;

  private DummyPicture() {}

  /** arange(768) / 768, of shape (3, 8, 8, 4), its last axis put first. */
  static float[] sample() {
    float[] sample = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      sample[(i % 4) * 192 + i / 4] = i / (float) LENGTH;
    }
    return sample;
  }

  /** The same counted downwards. */
  static float[] noise() {
    float[] noise = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      noise[(i % 4) * 192 + i / 4] = (LENGTH - 1 - i) / (float) LENGTH;
    }
    return noise;
  }
}
