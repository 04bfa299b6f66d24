package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import dev.sgid.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Predicts {@code x t / 1000 + text}, each row from what was put there alone; needs no weights. */
final class FakePredictor implements NoisePredictor {
  private static final int CHANNELS = 4;

  final Size size;
  final List<Integer> calls = new ArrayList<>(); // rows of each call
  final List<Set<Float>> timesteps = new ArrayList<>(); // of each call
  int allocated;
  boolean closed;

  private final boolean timestepPerRow;
  private final Consumer<List<Float>> beforeCall;
  private final Map<Integer, FakeRows> byCount = new LinkedHashMap<>();

  /** A predictor for latents of any size. */
  FakePredictor(boolean timestepPerRow) {
    this(new Size(2, 2), timestepPerRow, texts -> {});
  }

  /**
   * A predictor.
   *
   * @param beforeCall hears the texts that a call is about to be made with; what it throws is what
   *     becomes of the call
   */
  FakePredictor(Size size, boolean timestepPerRow, Consumer<List<Float>> beforeCall) {
    this.size = size;
    this.timestepPerRow = timestepPerRow;
    this.beforeCall = beforeCall;
  }

  @Override
  public boolean takesTimestepPerRow() {
    return timestepPerRow;
  }

  @Override
  public Rows rows(int count) {
    return byCount.computeIfAbsent(count, FakeRows::new);
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class FakeRows implements Rows {
    private final int length = CHANNELS * (int) size.area();
    private final float[][] latents;
    private final float[] texts;
    private final float[] at;
    private final float[][] predictions;

    FakeRows(int count) {
      allocated++;
      latents = new float[count][length];
      texts = new float[count];
      at = new float[count];
      predictions = new float[count][length];
    }

    @Override
    public void putLatents(int row, float[] values, float scale, float timestep) {
      for (int i = 0; i < length; i++) {
        latents[row][i] = scale * values[i];
      }
      at[row] = timestep;
    }

    @Override
    public void putConditioning(int row, Conditioning conditioning) {
      float[] embedding = requireNonNull(conditioning.values().get(Conditioning.HIDDEN_STATES));
      texts[row] = embedding[0];
    }

    @Override
    public void predict() {
      List<Float> given = new ArrayList<>();
      Set<Float> seen = new HashSet<>();
      for (int row = 0; row < at.length; row++) {
        given.add(texts[row]);
        seen.add(at[row]);
      }
      calls.add(at.length);
      timesteps.add(seen);
      beforeCall.accept(given);
      for (int row = 0; row < at.length; row++) {
        for (int i = 0; i < length; i++) {
          predictions[row][i] = latents[row][i] * at[row] / 1000 + texts[row];
        }
      }
    }

    @Override
    public void get(int row, float[] prediction) {
      System.arraycopy(predictions[row], 0, prediction, 0, length);
    }
  }
}
