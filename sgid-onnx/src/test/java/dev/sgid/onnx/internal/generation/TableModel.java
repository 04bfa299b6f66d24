package dev.sgid.onnx.internal.generation;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;

/** The table of {@code tools/reference/clip_blip_reference.py} that plays the language model. */
final class TableModel implements NextTokenLogits {
  private final float[][] last;
  private final float[][] before;
  private final float[][] position;
  private final int pad;
  private int[][] sequences = {};

  TableModel(JsonObject golden) {
    last = table(golden.getAsJsonArray("last"));
    before = table(golden.getAsJsonArray("before"));
    position = table(golden.getAsJsonArray("position"));
    pad = golden.get("pad").getAsInt();
  }

  private static float[][] table(JsonArray rows) {
    float[][] table = new float[rows.size()][];
    for (int i = 0; i < table.length; i++) {
      JsonArray row = rows.get(i).getAsJsonArray();
      table[i] = new float[row.size()];
      for (int j = 0; j < row.size(); j++) {
        table[i][j] = row.get(j).getAsFloat();
      }
    }
    return table;
  }

  @Override
  public int vocabulary() {
    return last.length;
  }

  @Override
  public void next(int[] parents, int[][] asked, float[][] logits) {
    for (int row = 0; row < asked.length; row++) {
      int[] ids = asked[row];
      requireGrownFrom(parents[row], ids);
      int length = ids.length;
      int previous = length > 1 ? ids[length - 2] : pad;
      for (int token = 0; token < vocabulary(); token++) {
        logits[row][token] =
            last[ids[length - 1]][token] + before[previous][token] + position[length - 1][token];
      }
    }
    sequences = asked;
  }

  private void requireGrownFrom(int parent, int[] ids) {
    if (sequences.length > 0
        && !Arrays.equals(sequences[parent], Arrays.copyOf(ids, ids.length - 1))) {
      throw new AssertionError(
          Arrays.toString(ids) + " does not go on from " + Arrays.toString(sequences[parent]));
    }
  }
}
