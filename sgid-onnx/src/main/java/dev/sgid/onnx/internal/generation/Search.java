package dev.sgid.onnx.internal.generation;

import java.util.Arrays;
import java.util.List;

/**
 * The search for the words about one thing: it names sequences, is told what may come next, and
 * names the longer sequences it wants looked at then. Not thread-safe.
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

  /**
   * A search for one thing's words.
   *
   * @param end the token that ends a sequence
   * @param wanted how many sequences are asked for
   */
  static Search of(GenerationOptions options, int end, int[] prompt, int wanted, long seed) {
    Limits limits =
        new Limits(
            end,
            prompt.length,
            prompt.length + options.minNewTokens(),
            prompt.length + options.maxNewTokens(),
            options.repetitionPenalty(),
            options.noRepeatNgram());
    int rows = options.rows(wanted);
    return switch (options.strategy()) {
      case GREEDY -> new GreedySearch(limits, prompt);
      case BEAM -> new BeamSearch(limits, prompt, rows, options);
      case SAMPLE -> new NucleusSampling(limits, prompt, rows, options, seed);
    };
  }

  /** Runs several searches to their ends, a model call for each token of all of them. */
  static void run(NextTokenLogits model, List<? extends Search> searches) {
    int[] firstRow = new int[searches.size()]; // of each search in the last call
    Arrays.setAll(firstRow, i -> i);
    float[][] logits = {};
    while (true) {
      int[][][] asked = searches.stream().map(Search::sequences).toArray(int[][][]::new);
      int rows = Arrays.stream(asked).mapToInt(own -> own.length).sum();
      if (rows == 0) {
        return;
      }
      int[] parents = new int[rows];
      int[][] sequences = new int[rows][];
      int row = 0;
      for (int i = 0; i < asked.length; i++) {
        int first = row;
        int[] own = searches.get(i).parents();
        for (int j = 0; j < asked[i].length; j++, row++) {
          parents[row] = firstRow[i] + own[j];
          sequences[row] = asked[i][j];
        }
        firstRow[i] = first;
      }
      if (logits.length < rows) {
        logits = new float[rows][model.vocabulary()];
      }
      model.next(parents, sequences, logits);
      for (int i = 0; i < asked.length; i++) {
        if (asked[i].length > 0) {
          Search search = searches.get(i);
          search.advance(Arrays.copyOfRange(logits, firstRow[i], firstRow[i] + asked[i].length));
        }
      }
    }
  }
}
