package dev.sgid.onnx.internal.generation;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A decoder that looks at a batch of things, for the length of one search. The keys and values of
 * earlier tokens are kept and follow the sequences that go on. Sequences about the same thing with
 * the same tokens are run once: all of a search are the same at first.
 *
 * <p>Not thread-safe.
 */
final class CachedDecoder implements NextTokenLogits, AutoCloseable {
  private final DecoderModel first; // for tokens before which none are cached
  private final DecoderModel next; // for all others; most often the same
  private final Map<String, Context> context; // by input
  private final Binding binding;
  private final Binding firstBinding;
  private int[] rowOf; // of the last call's sequences, its row; at first a row is a thing
  private int[] things; // per row of the last call, what it is about
  private @Nullable Binding contextBound; // which has what those things look like
  private int cached; // tokens per row
  private List<FloatBuffer> present = List.of(); // (rows, heads, cached, size) each

  /**
   * @param context of {@code things} things, by the decoder's input
   */
  CachedDecoder(DecoderModel first, DecoderModel next, Map<String, Context> context, int things) {
    this.first = first;
    this.next = next;
    this.context = context;
    this.binding = next.model().bind();
    this.firstBinding = first.model() == next.model() ? binding : first.model().bind();
    this.rowOf = IntStream.range(0, things).toArray();
    this.things = rowOf.clone();
  }

  @Override
  public int vocabulary() {
    return next.vocabulary();
  }

  @Override
  public void next(int[] parents, int[][] sequences, float[][] logits) {
    int length = sequences[0].length;
    DecoderModel decoder = cached == 0 ? first : next;
    Binding call = cached == 0 ? firstBinding : binding;
    int given = length - cached; // tokens per row
    int[] parentRows = IntStream.of(parents).map(parent -> rowOf[parent]).toArray();
    int[] sequenceOf = distinct(parentRows, sequences); // per row
    int[] parentOf = IntStream.of(sequenceOf).map(i -> parentRows[i]).toArray(); // per row
    int rows = sequenceOf.length;
    bindIds(call.longInput(decoder.ids(), rows, given), sequences, sequenceOf, given);
    if (decoder.mask() != null) {
      fillOnes(call.longInput(decoder.mask(), rows, length));
    }
    if (decoder.branch() != null) {
      call.longInput(decoder.branch(), 1).put(cached == 0 ? 0 : 1);
    }
    bindContext(decoder, call, parentOf);
    bindPast(decoder, call, parentOf);
    FloatBuffer all = call.floatOutput(decoder.logits(), rows, given, vocabulary());
    List<FloatBuffer> longer = new ArrayList<>();
    if (next.caches()) {
      for (String name : decoder.present()) {
        longer.add(call.floatOutput(name, rows, next.heads(), length, next.headSize()));
      }
    }
    call.run();
    present = longer;
    cached = next.caches() ? length : 0;
    for (int i = 0; i < sequences.length; i++) {
      int lastToken = rowOf[i] * given + given - 1;
      all.get(lastToken * vocabulary(), logits[i]);
      requireNumbers(decoder.model(), logits[i]);
    }
  }

  /** Finds the sequences that differ, and says in {@link #rowOf} which row each one is. */
  private int[] distinct(int[] parentRows, int[][] sequences) {
    int[] found = new int[sequences.length];
    int[] rowOfEach = new int[sequences.length];
    int rows = 0;
    for (int i = 0; i < sequences.length; i++) {
      int row = 0;
      while (row < rows
          && !(parentRows[found[row]] == parentRows[i]
              && Arrays.equals(sequences[found[row]], sequences[i]))) {
        row++;
      }
      if (row == rows) {
        found[rows++] = i;
      }
      rowOfEach[i] = row;
    }
    rowOf = rowOfEach;
    return Arrays.copyOf(found, rows);
  }

  /** Of NaN a search would make words like of anything else. */
  private static void requireNumbers(OnnxModel model, float[] logits) {
    for (float logit : logits) {
      if (Float.isNaN(logit)) {
        throw new SgidException(
            model.stage(), model.file(), "The decoder gave logits that are not numbers", null);
      }
    }
  }

  private static void bindIds(LongBuffer ids, int[][] sequences, int[] sequenceOf, int given) {
    for (int i : sequenceOf) {
      int[] sequence = sequences[i];
      for (int j = sequence.length - given; j < sequence.length; j++) {
        ids.put(sequence[j]);
      }
    }
  }

  private void bindContext(DecoderModel decoder, Binding call, int[] parentOf) {
    int[] before = things;
    things = IntStream.of(parentOf).map(parent -> before[parent]).toArray();
    if (call == contextBound && Arrays.equals(things, before)) {
      return;
    }
    contextBound = call;
    context.forEach(
        (input, own) -> {
          copyRows(
              own.values(),
              things,
              own.perThing(),
              call.floatInput(input, own.shapeOf(things.length)));
          if (decoder.contextMask() != null) {
            long n = own.shape()[own.shape().length - 2];
            fillOnes(call.longInput(decoder.contextMask(), things.length, n));
          }
        });
  }

  private void bindPast(DecoderModel decoder, Binding call, int[] parentOf) {
    int rows = parentOf.length;
    for (int i = 0; i < decoder.past().size(); i++) {
      FloatBuffer past =
          call.floatInput(decoder.past().get(i), rows, decoder.heads(), cached, decoder.headSize());
      if (cached > 0) {
        copyRows(present.get(i), parentOf, decoder.heads() * cached * decoder.headSize(), past);
      }
    }
  }

  /** Copies rows of {@code from} that {@code which} names; those side by side in one go. */
  private static void copyRows(FloatBuffer from, int[] which, int perRow, FloatBuffer to) {
    for (int first = 0, last = 1; first < which.length; first = last++) {
      while (last < which.length && which[last] == which[last - 1] + 1) {
        last++;
      }
      to.put(first * perRow, from, which[first] * perRow, (last - first) * perRow);
    }
  }

  private static void fillOnes(LongBuffer mask) {
    while (mask.hasRemaining()) {
      mask.put(1);
    }
  }

  @Override
  public void close() {
    binding.close();
    if (firstBinding != binding) {
      firstBinding.close();
    }
  }
}
