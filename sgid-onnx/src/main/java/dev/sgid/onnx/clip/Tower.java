package dev.sgid.onnx.clip;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/** What towers of their own and a combined graph have in common: their inputs and outputs. */
final class Tower {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";

  /** What a graph's text side is given; the mask where it wants one. */
  static final List<String> TEXT_INPUTS = List.of(IDS, MASK);

  private Tower() {}

  /**
   * Checks a graph's text side.
   *
   * @return the output with the embeddings
   */
  static String requireTexts(OnnxModel model, ClipFamily family, int length) {
    Port ids = model.requireInput(IDS);
    boolean fits = ids.dimension(1) == -1 || ids.dimension(1) == length;
    if (ids.rank() != 2 || ids.dimension(0) != -1 || !fits) {
      throw model.mismatch("an input " + IDS + " (batch, " + length + ")", ids.toString());
    }
    model.requireNumbers(ids);
    return requireEmbeddings(model, family.embeddings(model, "text_embeds"));
  }

  /**
   * Checks a graph's image side.
   *
   * @return the output with the embeddings
   */
  static String requireImages(OnnxModel model, ClipFamily family) {
    return requireEmbeddings(model, family.embeddings(model, "image_embeds"));
  }

  private static String requireEmbeddings(OnnxModel model, String name) {
    Port output = model.requireOutput(name);
    if (output.rank() != 2) {
      throw model.mismatch("an output " + name + " (batch, width)", output.toString());
    }
    model.requireFloats(output);
    return name;
  }

  static void bindTexts(
      OnnxModel model, ClipFamily family, Binding binding, List<TextTokenizer.Encoded> texts) {
    int length = texts.get(0).ids().length;
    LongBuffer ids = binding.longInput(IDS, texts.size(), length);
    texts.forEach(text -> ids.put(text.ids()));
    if (model.input(MASK).isPresent()) {
      LongBuffer mask = binding.longInput(MASK, texts.size(), length);
      for (TextTokenizer.Encoded text : texts) {
        for (long one : text.attentionMask()) {
          mask.put(family.masksPadding() ? one : 1);
        }
      }
    }
  }

  /** The rows of an output (count, width), each brought to length 1. */
  static List<float[]> unitRows(OnnxModel model, Binding.Fetched output, int count) {
    int width = Math.toIntExact(output.shape()[1]);
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[width];
      output.values().get(i * width, row);
      normalize(row, model);
      rows.add(row);
    }
    return rows;
  }

  private static void normalize(float[] row, OnnxModel model) {
    double squares = 0;
    for (float value : row) {
      squares += (double) value * value;
    }
    double length = Math.sqrt(squares);
    if (!(length > 0) || Double.isInfinite(length)) {
      throw new SgidException(
          model.stage(), model.file(), "An embedding has length " + length, null);
    }
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) (row[i] / length);
    }
  }
}
