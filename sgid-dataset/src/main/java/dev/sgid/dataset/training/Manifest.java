package dev.sgid.dataset.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.internal.out.OutNames;
import dev.sgid.internal.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a folder that was written says of its pictures.
 *
 * @param classes in the order that numbers them; empty where that is not known
 * @param in where the data set lay that it was made from; null where that is not known
 * @param lines of all pictures but those that a review has put aside
 */
record Manifest(List<String> classes, @Nullable Path in, List<ManifestLine> lines) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingSet.class);

  /** A picture: which copy of which original. */
  private record Id(String source, @Nullable Integer copy) {
    static Id of(ManifestLine line) {
      return new Id(line.source(), line.copy());
    }
  }

  /**
   * Reads it.
   *
   * @throws DatasetException if there is none
   */
  static Manifest read(Path out) {
    try {
      Path manifest = out.resolve(OutNames.METADATA);
      boolean unfinished = OutNames.isUnfinished(out);
      if (!Files.isRegularFile(manifest)) {
        throw new DatasetException(
            out
                + (unfinished
                    ? " is not finished, and has no metadata.jsonl yet: let the command that began"
                        + " it go on first"
                    : " holds no metadata.jsonl: it must be a folder that sgid augment wrote (of a"
                        + " split, like OUT/train)"));
      }
      if (unfinished) {
        LOG.warn("{} is not finished: only what its metadata.jsonl tells of is used", out);
      }
      JsonObject job = job(out);
      Set<Id> rejected = new HashSet<>();
      if (Files.isRegularFile(out.resolve(OutNames.REJECTED))) {
        lines(out.resolve(OutNames.REJECTED)).forEach(line -> rejected.add(Id.of(line)));
      }
      List<ManifestLine> lines = new ArrayList<>(lines(manifest));
      lines.removeIf(line -> rejected.contains(Id.of(line))); // where a review was cut short
      List<String> classes = new ArrayList<>();
      if (job.get("classes") instanceof JsonArray labels) {
        labels.forEach(label -> classes.add(label.getAsString()));
      }
      Path in = job.get("in") instanceof JsonPrimitive path ? Path.of(path.getAsString()) : null;
      return new Manifest(classes, in, lines);
    } catch (IOException e) {
      throw new DatasetException(out + " can't be read: " + Reason.of(e), e);
    }
  }

  private static JsonObject job(Path out) throws IOException {
    Path file = out.resolve(OutNames.JOB);
    if (!Files.isRegularFile(file)) {
      return new JsonObject(); // pictures were moved without it
    }
    try {
      JsonElement json = JsonParser.parseString(Files.readString(file));
      return Optional.of(json)
          .filter(JsonElement::isJsonObject)
          .map(JsonElement::getAsJsonObject)
          .orElseThrow(() -> new DatasetException(file + " is not sgid's"));
    } catch (JsonParseException e) {
      throw new DatasetException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private static List<ManifestLine> lines(Path file) throws IOException {
    List<ManifestLine> lines = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file, UTF_8)) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          lines.add(parse(file, number, line));
        }
      }
    }
    return lines;
  }

  private static ManifestLine parse(Path file, int number, String line) {
    try {
      return ManifestLine.parse(line);
    } catch (IllegalArgumentException e) {
      throw new DatasetException(file + ", line " + number + ": " + e.getMessage(), e);
    }
  }
}
