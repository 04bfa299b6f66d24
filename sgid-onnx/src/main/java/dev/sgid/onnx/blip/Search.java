package dev.sgid.onnx.blip;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The search for one image's words: it names sequences, is told what may come next, and names the
 * longer sequences it wants looked at then. Not thread-safe.
 */
interface Search {
  /** The sequences to go on from, all of one length; none when the search is over. */
  int[][] sequences();

  /** For each of {@link #sequences()}, which one of those before it goes on from; 0 at first. */
  int[] parents();

  /**
   * Takes a step.
   *
   * @param logits per sequence, one for every token; may be overwritten
   */
  void advance(float[][] logits);

  /** What it found, in its own order. */
  List<Hypothesis> result();

  /** Runs several searches to their ends, a model call for each token of all of them. */
  static void run(NextTokenLogits model, List<? extends Search> searches) {
    int[] firstRow = new int[searches.size()]; // of each search in the last call
    for (int i = 0; i < firstRow.length; i++) {
      firstRow[i] = i;
    }
    List<Integer> active = new ArrayList<>();
    for (int i = 0; i < firstRow.length; i++) {
      active.add(i);
    }
    while (true) {
      active.removeIf(i -> searches.get(i).sequences().length == 0);
      if (active.isEmpty()) {
        return;
      }
      List<int[]> rows = new ArrayList<>();
      List<Integer> parents = new ArrayList<>();
      for (int i : active) {
        Search search = searches.get(i);
        for (int parent : search.parents()) {
          parents.add(firstRow[i] + parent);
        }
        firstRow[i] = rows.size();
        rows.addAll(List.of(search.sequences()));
      }
      FloatBuffer logits =
          model.next(
              parents.stream().mapToInt(Integer::intValue).toArray(), rows.toArray(int[][]::new));
      for (int i : active) {
        float[][] own = new float[searches.get(i).sequences().length][model.vocabulary()];
        for (int row = 0; row < own.length; row++) {
          logits.get((firstRow[i] + row) * model.vocabulary(), own[row]);
        }
        searches.get(i).advance(own);
      }
    }
  }
}
