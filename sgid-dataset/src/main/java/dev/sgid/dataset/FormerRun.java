package dev.sgid.dataset;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier run wrote into a folder, and only that: the files its manifest or journal lists,
 * and those of its own names.
 *
 * <p>A folder without {@code sgid-job.json} was not written by a run; nothing in it is one's own
 * then, whatever a {@code metadata.jsonl} in it lists.
 */
final class FormerRun {
  private final Path out;

  FormerRun(Path out) {
    this.out = out;
  }

  /**
   * Removes it.
   *
   * @return files that others put there, which stay; relative to the folder, in order
   */
  List<String> remove() throws IOException {
    if (isOurs()) {
      Set<Path> folders = new TreeSet<>();
      for (String manifest : List.of(OutFolder.METADATA, OutFolder.JOURNAL)) {
        for (Path picture : listed(out.resolve(manifest))) {
          Files.deleteIfExists(picture);
          folders.add(picture.getParent());
        }
      }
      for (Path folder : folders) {
        deleteIfEmpty(folder);
      }
      for (Path file : entries()) {
        if (OutFolder.isOwnName(file.getFileName().toString())) {
          Files.deleteIfExists(file);
        }
      }
      // last: a removal that is cut short can be done again
      Files.deleteIfExists(out.resolve(OutFolder.JOB));
    }
    return left();
  }

  private boolean isOurs() throws IOException {
    Path job = out.resolve(OutFolder.JOB);
    if (!Files.isRegularFile(job)) {
      return false;
    }
    JsonObject json = object(Files.readString(job));
    return json != null && json.has("sgid") && json.has("format");
  }

  /** The pictures that a manifest lists, as far as they lie in a class folder of this folder. */
  private List<Path> listed(Path manifest) throws IOException {
    List<Path> pictures = new ArrayList<>();
    if (!Files.isRegularFile(manifest)) {
      return pictures;
    }
    for (String line : Files.readAllLines(manifest)) {
      JsonObject json = object(line); // the last line of a run that was killed may be half a line
      if (json != null && json.has("file_name") && json.has("source_sha256")) {
        Path picture = inside(json.get("file_name"));
        if (picture != null) {
          pictures.add(picture);
        }
      }
    }
    return pictures;
  }

  private @Nullable Path inside(JsonElement fileName) {
    if (!fileName.isJsonPrimitive()) {
      return null;
    }
    try {
      Path picture = out.resolve(fileName.getAsString()).normalize();
      boolean inClassFolder =
          picture.startsWith(out.normalize())
              && picture.getNameCount() == out.normalize().getNameCount() + 2;
      return inClassFolder && !Files.isDirectory(picture) ? picture : null;
    } catch (InvalidPathException e) {
      return null; // a name from another platform: it can't be here
    }
  }

  private static @Nullable JsonObject object(String text) {
    try {
      JsonElement json = JsonParser.parseString(text);
      return json.isJsonObject() ? json.getAsJsonObject() : null;
    } catch (JsonParseException e) {
      return null;
    }
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      return; // somebody else's files are in it, or it never came to be
    }
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(out)) {
      return entries.toList();
    }
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(file -> !Files.isDirectory(file))
          .map(file -> out.relativize(file).toString().replace('\\', '/'))
          .sorted(CodePointOrder.INSTANCE)
          .toList();
    }
  }
}
