package dev.sgid.onnx.diffusion;

import java.util.function.IntConsumer;

/**
 * A predictor that somebody watches.
 *
 * @param beforeCall hears of the rows that a call is about to be made with; what it throws is what
 *     becomes of the call
 */
record WatchedPredictor(NoisePredictor own, IntConsumer beforeCall) implements NoisePredictor {
  @Override
  public boolean takesTimestepPerRow() {
    return own.takesTimestepPerRow();
  }

  @Override
  public Rows rows(int count) {
    return new WatchedRows(own.rows(count), count, beforeCall);
  }

  @Override
  public void close() {
    own.close();
  }

  private record WatchedRows(Rows own, int count, IntConsumer beforeCall) implements Rows {
    @Override
    public void putLatents(int row, float[] latents, float scale, float timestep) {
      own.putLatents(row, latents, scale, timestep);
    }

    @Override
    public void putConditioning(int row, Conditioning conditioning) {
      own.putConditioning(row, conditioning);
    }

    @Override
    public void predict() {
      beforeCall.accept(count);
      own.predict();
    }

    @Override
    public void get(int row, float[] prediction) {
      own.get(row, prediction);
    }
  }
}
