package dev.sgid.dataset;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Label;
import dev.sgid.PromptTemplate;
import dev.sgid.Settings;
import dev.sgid.dataset.internal.text.CodePointOrder;
import dev.sgid.internal.Require;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a file says of classes: the text of labels that are ids, and settings of a class's own.
 * Immutable and thread-safe.
 *
 * @param byLabel the classes of which it says something, by their label, also those that a data set
 *     does not have (any more)
 */
record Labels(Map<String, OfClass> byLabel) {
  private static final Logger LOG = LoggerFactory.getLogger(Labels.class);
  private static final List<String> COLUMNS =
      List.of("label", "text", "copies", "noise_rate", "guidance", "prompt", "negative_prompt");

  /** Labels are texts, and all classes alike. */
  static final Labels NONE = new Labels(Map.of());

  Labels {
    byLabel = Collections.unmodifiableMap(new TreeMap<>(byLabel));
  }

  /**
   * A class. Null is for what it shares with all others.
   *
   * @param text what stands in prompts
   * @param copies of each of its images, at least 0
   * @param noiseRate see {@link dev.sgid.GenerationSettings}
   * @param guidance from similarity to guidance scale
   * @param prompt from label and caption to prompt
   * @param negativePrompt what its pictures shall not show
   */
  record OfClass(
      @Nullable String text,
      @Nullable Integer copies,
      @Nullable Double noiseRate,
      @Nullable GuidanceSchedule guidance,
      @Nullable PromptTemplate prompt,
      @Nullable String negativePrompt) {

    static OfClass of(Map<String, String> values) {
      String copies = values.get("copies");
      String noiseRate = values.get("noise_rate");
      String guidance = values.get("guidance");
      String prompt = values.get("prompt");
      String text = values.get("text");
      if (text != null && Label.text(text).isEmpty()) {
        throw new IllegalArgumentException("text must not be blank, is \"" + text + "\"");
      }
      OfClass found =
          new OfClass(
              text,
              copies == null ? null : wholeNumber(copies),
              noiseRate == null ? null : number(noiseRate),
              guidance == null ? null : GuidanceSchedule.parse(guidance),
              prompt == null ? null : new PromptTemplate(prompt),
              values.get("negative_prompt"));
      Settings ignored = found.settings(Settings.DEFAULTS); // complains of a rate that is none
      return found;
    }

    private static Integer wholeNumber(String copies) {
      try {
        // a table that was JSON once may have 2.0
        return Require.atLeast(0, new BigDecimal(copies).intValueExact(), "copies");
      } catch (ArithmeticException | NumberFormatException e) {
        throw new IllegalArgumentException(
            "copies must be a whole number from 0 on, is \"" + copies + "\"", e);
      }
    }

    private static Double number(String noiseRate) {
      try {
        return Double.valueOf(noiseRate);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "noise_rate must be a number above 0 up to 1, is \"" + noiseRate + "\"", e);
      }
    }

    boolean hasSettings() {
      return noiseRate != null || guidance != null || prompt != null || negativePrompt != null;
    }

    /** A class's settings, which are these but for what it has of its own. */
    Settings settings(Settings of) {
      Settings settings = of;
      if (noiseRate != null) {
        settings = settings.withGeneration(g -> g.withNoiseRate(noiseRate));
      }
      if (negativePrompt != null) {
        settings = settings.withGeneration(g -> g.withNegativePrompt(negativePrompt));
      }
      if (guidance != null) {
        settings = settings.withGuidance(guidance);
      }
      return prompt == null ? settings : settings.withPrompt(prompt);
    }

    /** What decides its pictures, under the file's names: all but how many there are. */
    Map<String, Object> toMap() {
      Map<String, Object> values = new LinkedHashMap<>();
      put(values, "text", text);
      put(values, "noise_rate", noiseRate);
      put(values, "guidance", guidance == null ? null : guidance.toString());
      put(values, "prompt", prompt == null ? null : prompt.text());
      put(values, "negative_prompt", negativePrompt);
      return values;
    }

    private static void put(Map<String, Object> values, String name, @Nullable Object value) {
      if (value != null) {
        values.put(name, value);
      }
    }
  }

  /** The texts of those labels of a data set that have one. */
  Map<String, String> texts(DatasetReader in) {
    Map<String, String> texts = new TreeMap<>();
    for (Source source : in) {
      OfClass found = byLabel.get(source.label());
      if (found != null && found.text() != null) {
        texts.put(source.label(), found.text());
      }
    }
    return texts;
  }

  /** A line of the file: what stands in it, by column. */
  private record Row(long number, Map<String, String> values) {}

  /**
   * Reads a file: CSV where it is called so, with its columns named in the first line, or of label
   * and text alone; else a JSON object a line.
   *
   * @throws DatasetException naming the line that is wrong, or if it has no class of the data set
   */
  static Labels read(Path file, DatasetReader in) {
    Set<String> classes = new TreeSet<>(CodePointOrder.INSTANCE);
    in.forEach(source -> classes.add(source.label()));
    return read(file, classes, in.folder().toString());
  }

  /** The same for a data set that is known by its classes and what it is called. */
  static Labels read(Path file, Set<String> classes, String in) {
    Map<String, OfClass> known = new LinkedHashMap<>();
    LabelsFile table = new LabelsFile(file);
    for (Row row : rows(table, file)) {
      String label = row.values().remove("label");
      if (label == null) {
        throw table.wrong(row.number(), "has no label", null);
      }
      try {
        if (known.put(label, OfClass.of(row.values())) != null) {
          throw table.wrong(row.number(), "has \"" + label + "\" a second time", null);
        }
      } catch (IllegalArgumentException e) {
        throw table.wrong(row.number(), "is wrong for \"" + label + "\": " + e.getMessage(), e);
      }
    }
    long here = classes.stream().filter(known::containsKey).count();
    if (here == 0 && !classes.isEmpty()) { // without images all are failures
      throw new DatasetException(
          file
              + " says nothing of any class of "
              + in
              + ": each line must have a label of it, like "
              + classes.iterator().next()
              + ", and a text");
    }
    if (known.size() > here) {
      LOG.info("{} has {} classes that are not in {}", file, known.size() - here, in);
    }
    return new Labels(known);
  }

  private static List<Row> rows(LabelsFile table, Path file) {
    try {
      return table.rows();
    } catch (IOException e) {
      throw new DatasetException("The labels in " + file + " can't be read: " + Reason.of(e), e);
    }
  }

  /** The file, whose columns are label and text where its first line does not name them. */
  private static final class LabelsFile extends TableFile<Row> {
    private List<String> columns = List.of("label", "text");

    LabelsFile(Path file) {
      super(file, CSVFormat.DEFAULT.builder());
    }

    @Override
    @Nullable Row row(long line, CSVRecord cells) {
      if (cells.getRecordNumber() == 1 && cells.toList().contains("label")) {
        columns = cells.toList();
        requireKnown(line, columns);
        return null;
      }
      if (cells.size() > columns.size()) {
        throw wrong(line, "has more than " + columns + " in it", null);
      }
      Map<String, String> values = new LinkedHashMap<>();
      for (int i = 0; i < cells.size(); i++) {
        if (!cells.get(i).isEmpty()) {
          values.put(columns.get(i), cells.get(i));
        }
      }
      return values.isEmpty() ? null : new Row(line, values);
    }

    @Override
    Row row(long line, JsonObject json) {
      requireKnown(line, json.keySet());
      Map<String, String> values = new LinkedHashMap<>();
      for (Map.Entry<String, JsonElement> value : json.entrySet()) {
        if (value.getValue() instanceof JsonPrimitive text) {
          values.put(value.getKey(), text.getAsString());
        } else if (!value.getValue().isJsonNull()) {
          throw wrong(line, "is no JSON object of texts and numbers", null);
        }
      }
      return new Row(line, values);
    }

    private void requireKnown(long line, Iterable<String> names) {
      for (String name : names) {
        if (!COLUMNS.contains(name)) {
          throw wrong(
              line, "names \"" + name + "\"; there are " + String.join(", ", COLUMNS), null);
        }
      }
    }
  }

  /** What stands in prompts for a label. */
  String text(String label) {
    OfClass found = byLabel.get(label);
    return found == null || found.text() == null ? label : found.text();
  }

  /** How many copies of each image of a class are made. */
  int copies(String label, int others) {
    OfClass found = byLabel.get(label);
    return found == null || found.copies() == null ? others : found.copies();
  }

  /**
   * The settings of a class.
   *
   * @param others what holds where it has none of its own; null for {@code usual}
   * @return null where it has none of its own and nor have others
   */
  @Nullable Settings settings(String label, @Nullable Settings others, Settings usual) {
    OfClass found = byLabel.get(label);
    return found == null || !found.hasSettings()
        ? others
        : found.settings(others == null ? usual : others);
  }
}
