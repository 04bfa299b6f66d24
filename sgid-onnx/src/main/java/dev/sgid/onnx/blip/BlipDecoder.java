package dev.sgid.onnx.blip;

import static java.util.Objects.requireNonNull;

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

/**
 * BLIP's text decoder looking at a batch of images, for the length of one search. The keys and
 * values of earlier tokens are kept and follow the sequences that go on.
 *
 * <p>Not thread-safe.
 */
final class BlipDecoder implements NextTokenLogits, AutoCloseable {
  private final DecoderModel decoder;
  private final Map<String, BlipVision.Seen> seen; // by the vision model's output
  private final Binding binding;
  private int[] images; // per row of the last call
  private boolean seenBound; // for the images
  private int cached; // tokens per row
  private List<FloatBuffer> present = List.of(); // (rows, heads, cached, size) each

  /**
   * @param seen of {@code images} images, by the vision model's output
   */
  BlipDecoder(DecoderModel decoder, Map<String, BlipVision.Seen> seen, int images) {
    this.decoder = decoder;
    this.seen = seen;
    this.binding = decoder.model().bind();
    this.images = IntStream.range(0, images).toArray();
  }

  @Override
  public int vocabulary() {
    return decoder.vocabulary();
  }

  @Override
  public FloatBuffer next(int[] parents, int[][] sequences) {
    int rows = sequences.length;
    int length = sequences[0].length;
    int given = decoder.caches() ? length - cached : length; // tokens per row
    bindIds(sequences, given);
    if (decoder.mask() != null) {
      fillOnes(binding.longInput(decoder.mask(), rows, length));
    }
    bindSeen(parents, rows);
    bindPast(parents, rows);
    FloatBuffer logits = binding.floatOutput(decoder.logits(), rows, given, vocabulary());
    present = new ArrayList<>();
    for (String name : decoder.present()) {
      present.add(binding.floatOutput(name, rows, decoder.heads(), length, decoder.headSize()));
    }
    binding.run();
    cached = decoder.caches() ? length : 0;
    FloatBuffer last = lastOfEachRow(logits, rows, given);
    requireNumbers(last);
    return last;
  }

  /** Of NaN a search would make words like of anything else. */
  private void requireNumbers(FloatBuffer logits) {
    for (int i = 0; i < logits.capacity(); i++) {
      if (Float.isNaN(logits.get(i))) {
        OnnxModel model = decoder.model();
        throw new SgidException(
            model.stage(), model.file(), "The decoder gave logits that are not numbers", null);
      }
    }
  }

  private void bindIds(int[][] sequences, int given) {
    LongBuffer ids = binding.longInput(decoder.ids(), sequences.length, given);
    for (int[] sequence : sequences) {
      for (int i = sequence.length - given; i < sequence.length; i++) {
        ids.put(sequence[i]);
      }
    }
  }

  private void bindSeen(int[] parents, int rows) {
    int[] before = images;
    images = IntStream.of(parents).map(parent -> before[parent]).toArray();
    if (seenBound && Arrays.equals(images, before)) {
      return;
    }
    seenBound = true;
    for (Map.Entry<String, String> entry : decoder.seen().entrySet()) {
      BlipVision.Seen own = requireNonNull(seen.get(entry.getValue()));
      int perRow = own.perImage();
      FloatBuffer bound = binding.floatInput(entry.getKey(), own.shapeOf(rows));
      for (int row = 0; row < rows; row++) {
        bound.put(row * perRow, own.values(), images[row] * perRow, perRow);
      }
      if (decoder.statesMask() != null) {
        long n = own.shape()[own.shape().length - 2];
        fillOnes(binding.longInput(decoder.statesMask(), rows, n));
      }
    }
  }

  private void bindPast(int[] parents, int rows) {
    int perRow = decoder.heads() * cached * decoder.headSize();
    for (int i = 0; i < decoder.past().size(); i++) {
      FloatBuffer past =
          binding.floatInput(
              decoder.past().get(i), rows, decoder.heads(), cached, decoder.headSize());
      for (int row = 0; row < rows && cached > 0; row++) {
        past.put(row * perRow, present.get(i), parents[row] * perRow, perRow);
      }
    }
  }

  private static void fillOnes(LongBuffer mask) {
    while (mask.hasRemaining()) {
      mask.put(1);
    }
  }

  /** The logits of each row's last token, from those of all, (rows, given, vocabulary). */
  private FloatBuffer lastOfEachRow(FloatBuffer logits, int rows, int given) {
    if (given == 1) {
      return logits;
    }
    FloatBuffer last = FloatBuffer.allocate(rows * vocabulary());
    for (int row = 0; row < rows; row++) {
      int from = (row * given + given - 1) * vocabulary();
      last.put(row * vocabulary(), logits, from, vocabulary());
    }
    return last;
  }

  @Override
  public void close() {
    binding.close();
  }
}
