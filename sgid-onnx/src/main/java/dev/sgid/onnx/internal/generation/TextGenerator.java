package dev.sgid.onnx.internal.generation;

import dev.sgid.onnx.internal.generation.GenerationOptions.Strategy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds what a decoder says about things it looks at, token for token as transformers' {@code
 * generate} with the same options.
 *
 * <p>Thread-safe.
 */
public final class TextGenerator {
  /** Of what is looked at, copied for each row of a call: 144 rows of a ViT base's states. */
  private static final long MOST_BYTES = 1 << 28;

  private final DecoderModel first;
  private final DecoderModel next;
  private final GenerationOptions options;
  private final int[] prompt;
  private final int end;

  /**
   * A generator whose sequences begin with {@code prompt}.
   *
   * @param end the token that ends a sequence
   * @param positions the longest sequence that the decoder takes, in tokens
   * @throws IllegalArgumentException if prompt and new tokens together may be more
   */
  public TextGenerator(
      DecoderModel decoder, GenerationOptions options, int[] prompt, int end, int positions) {
    this(decoder, decoder, options, prompt, end, positions);
  }

  /**
   * The same, of a decoder in two graphs.
   *
   * @param first for the prompt, which gives a cache
   * @param next for all tokens after it
   * @throws IllegalArgumentException as with one
   */
  public TextGenerator(
      DecoderModel first,
      DecoderModel next,
      GenerationOptions options,
      int[] prompt,
      int end,
      int positions) {
    options.requireRoom(prompt.length, positions);
    this.first = first;
    this.next = next;
    this.options = options;
    this.prompt = prompt.clone();
    this.end = end;
  }

  /**
   * What the searches find, per thing, in their own order; as many things are looked at at a time
   * as fit.
   *
   * @param context of all things, by the decoder's input
   * @param wanted how many sequences to find for each
   * @param seeds per thing; only sampling uses them: each is that of {@code torch.manual_seed}
   *     before a call with this thing alone
   */
  public List<List<Hypothesis>> generate(
      Map<String, Context> context, int wanted, List<Long> seeds) {
    long floats = context.values().stream().mapToLong(Context::perThing).sum();
    int perCall = thingsPerCall(options.rows(wanted), Float.BYTES * floats);
    List<List<Hypothesis>> found = new ArrayList<>();
    for (int from = 0; from < seeds.size(); from += perCall) {
      int begin = from;
      int to = Math.min(from + perCall, seeds.size());
      Map<String, Context> some = new LinkedHashMap<>();
      context.forEach((input, all) -> some.put(input, all.of(begin, to)));
      List<Search> searches =
          seeds.subList(begin, to).stream()
              .map(seed -> Search.of(options, end, prompt, wanted, seed))
              .toList();
      try (CachedDecoder looking = new CachedDecoder(first, next, some, searches.size())) {
        Search.run(looking, searches);
      }
      searches.forEach(search -> found.add(search.result()));
    }
    return found;
  }

  /** Whether things that share a call change one another's tokens. */
  public boolean dependsOnBatch() {
    return first.model().dependsOnBatch() || next.model().dependsOnBatch();
  }

  /** How many things share a call where each has {@code rows} sequences; a thing is not split. */
  static int thingsPerCall(int rows, long bytesPerRow) {
    long bytes = Math.max(1, rows * bytesPerRow);
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, MOST_BYTES / bytes));
  }

  /**
   * The distinct texts of what was found for one thing, best first: a beam search's in its order,
   * sampling's by their mean log-probability. Blank ones only where there is nothing else.
   *
   * @param most how many to give, at least 1
   * @param text makes a sequence's text
   */
  public List<String> texts(List<Hypothesis> found, int most, Function<Hypothesis, String> text) {
    List<Hypothesis> likeliest = new ArrayList<>(found);
    if (options.strategy() == Strategy.SAMPLE) {
      likeliest.sort(Comparator.comparing(Hypothesis::score).reversed());
    }
    Set<String> texts = new LinkedHashSet<>();
    for (Hypothesis hypothesis : likeliest) {
      String own = text.apply(hypothesis);
      if (!own.isEmpty() && texts.size() < most) {
        texts.add(own);
      }
    }
    return texts.isEmpty() ? List.of("") : List.copyOf(texts);
  }
}
