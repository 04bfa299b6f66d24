package dev.sgid.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.BackendOptions;
import dev.sgid.BackendOptions.Part;
import dev.sgid.Domain;
import dev.sgid.LogitScale;
import dev.sgid.PackCheck;
import dev.sgid.PromptTemplate;
import dev.sgid.Settings;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.ZeroShot;
import dev.sgid.internal.Embeddings;
import dev.sgid.internal.Reason;
import dev.sgid.internal.Sha256;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.recognition.Recognition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sgid.json} says of a pack; all of it may be absent, and so may the file.
 *
 * @param folder the pack's
 * @param json the file's content
 */
record PackManifest(Path folder, JsonFile json) {
  private static final int FORMAT = 1;
  private static final double LENGTH_ROUNDING = 1e-3; // of a squared length

  /**
   * Reads a pack's manifest.
   *
   * @throws SgidException if there is no such folder, or its manifest is broken
   */
  static PackManifest read(Path folder) {
    Recognition.requireFolderOfPack(folder);
    JsonFile json = JsonFile.readOrEmpty(folder.resolve("sgid.json"));
    if (json.count("format", FORMAT) != FORMAT) {
      throw json.unexpected("format", FORMAT + ", the only one that this version reads,");
    }
    return new PackManifest(folder, json);
  }

  /**
   * Checks that what the pack is to bring is there at all.
   *
   * @throws SgidException saying what the folder is in its place
   */
  void checkParts(BackendOptions options) {
    Set<Path> own = new HashSet<>();
    for (Part part : Part.values()) {
      if (!options.replaced().contains(part) && !options.folders().containsKey(part)) {
        own.add(partFolder(part));
      }
    }
    Recognition.requireParts(folder, own);
  }

  /**
   * Checks that the files that are listed, but for those of replaced parts, are there and whole.
   *
   * @throws SgidException naming the file that is not
   */
  void checkFiles(Set<Part> replaced) {
    forEachListed(replaced, (path, entry) -> checkFile(folder.resolve(path), bytes(entry)));
  }

  /**
   * Holds the files that are listed, but for those of replaced parts, against their SHA-256.
   *
   * @throws SgidException if the folder or the list is none, or the thread is interrupted
   */
  PackCheck.Verified verify(BackendOptions options) {
    checkParts(options);
    Set<Part> elsewhere = new HashSet<>(options.replaced());
    elsewhere.addAll(options.folders().keySet());
    List<String> damage = new ArrayList<>();
    int[] verified = {0};
    forEachListed(
        elsewhere,
        (path, entry) -> {
          Path file = folder.resolve(path);
          try {
            checkFile(file, bytes(entry));
            verified[0] += verify(path, entry, damage) ? 1 : 0;
          } catch (SgidException e) {
            damage.add(String.valueOf(e.getMessage()));
          }
        });
    return new PackCheck.Verified(verified[0], damage);
  }

  private boolean verify(Path path, JsonElement entry, List<String> damage) {
    Path file = folder.resolve(path);
    if (!entry.getAsJsonObject().has("sha256") || !Files.exists(file)) {
      return false;
    }
    String listed = new JsonFile(json.path(), entry.getAsJsonObject()).string("sha256", "");
    try (InputStream in = Files.newInputStream(file)) {
      String found = Sha256.hex(in);
      if (!found.equals(listed)) {
        damage.add(
            "A file of the pack has another content than sgid.json says (SHA-256 "
                + found
                + "): "
                + file);
      }
      return true;
    } catch (ClosedByInterruptException e) {
      throw SgidException.cancelled(Stage.OPEN);
    } catch (IOException e) {
      damage.add("A file of the pack can't be read (" + Reason.of(e) + "): " + file);
      return false;
    }
  }

  /** Does something with the files that are listed, but for those of replaced parts. */
  private void forEachListed(Set<Part> replaced, BiConsumer<Path, JsonElement> use) {
    if (!json.has("files")) {
      return;
    }
    // compared as they are written: normalizing what lies above would make "." empty, and take
    // another way where a link is followed by ".."
    List<Path> unused = replaced.stream().map(this::partPath).map(Path::normalize).toList();
    for (Map.Entry<String, JsonElement> entry : json.object("files").root().entrySet()) {
      Path path = path("files", entry.getKey()).normalize();
      if (path.isAbsolute() || path.startsWith("..") || path.toString().isEmpty()) {
        throw json.unexpected("files", "a list of files below the pack's folder");
      }
      if (unused.stream().anyMatch(path::startsWith)) {
        continue;
      }
      use.accept(path, entry.getValue());
    }
  }

  /**
   * Checks that there is a folder for each part that the pack is to bring.
   *
   * @throws SgidException saying what to do without it
   */
  void requireParts(BackendOptions options) {
    for (Part part : Part.values()) {
      Path own = partFolder(part);
      boolean wanted = !options.replaced().contains(part) && !options.folders().containsKey(part);
      if (wanted && !Files.exists(own)) { // of a file, who opens it says what it is
        throw missing(part, own);
      }
    }
  }

  private static SgidException missing(Part part, Path own) {
    String name = part.name().toLowerCase(Locale.ROOT);
    String none =
        part == Part.CAPTIONER ? "--captioner none makes prompts of the labels alone, " : "";
    return new SgidException(
        Stage.OPEN,
        own,
        "The pack has no " + name + "; " + none + "--" + name + " DIR takes one from elsewhere",
        null);
  }

  private static void checkFile(Path file, long bytes) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      if (!found.isRegularFile()) {
        throw new SgidException(Stage.OPEN, file, "A file of the pack is no file", null);
      }
      if (found.size() != bytes) {
        throw new SgidException(
            Stage.OPEN,
            file,
            "A file of the pack should have " + bytes + " bytes, has " + found.size(),
            null);
      }
    } catch (NoSuchFileException e) {
      if (!ImageProcessor.isReplaced(file)) { // a pack whose part was saved anew
        throw new SgidException(Stage.OPEN, file, "A file of the pack is missing", e);
      }
    } catch (IOException e) {
      throw new SgidException(
          Stage.OPEN, file, "A file of the pack can't be read (" + Reason.of(e) + ")", e);
    }
  }

  private long bytes(JsonElement entry) {
    if (entry instanceof JsonObject file
        && file.has("bytes")
        && JsonFile.isNumber(file.get("bytes"))) {
      return file.get("bytes").getAsLong();
    }
    throw json.unexpected("files", "a list of files with their bytes");
  }

  String name() {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    return json.string("name", last == null ? folder.toString() : last.toString());
  }

  String version() {
    return json.string("version", "");
  }

  Path captioner(BackendOptions options) {
    return folder(Part.CAPTIONER, options);
  }

  Path scorer(BackendOptions options) {
    return folder(Part.SCORER, options);
  }

  Path generator(BackendOptions options) {
    return folder(Part.GENERATOR, options);
  }

  /** The folders of all parts that are opened. */
  List<Path> folders(BackendOptions options) {
    return Stream.of(Part.values())
        .filter(part -> !options.replaced().contains(part))
        .map(part -> folder(part, options))
        .toList();
  }

  private Path folder(Part part, BackendOptions options) {
    Path elsewhere = options.folders().get(part);
    return elsewhere != null ? elsewhere : partFolder(part);
  }

  /** Where the pack's own part is. */
  private Path partFolder(Part part) {
    return folder.resolve(partPath(part));
  }

  /** The same, from the pack's folder on. */
  private Path partPath(Part part) {
    return switch (part) {
      case CAPTIONER -> path("blip", json.string("blip", "blip"));
      case SCORER -> path("clip", json.string("clip", "clip"));
      case GENERATOR -> path("stableDiffusion", json.string("stableDiffusion", "stable-diffusion"));
    };
  }

  /** A path that {@code key} names. */
  private Path path(String key, String path) {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw json.unexpected(key, "a path (" + e.getReason() + ")");
    }
  }

  /** What the pack wants of its own captioner; null where there is nothing, or another's. */
  @Nullable JsonFile caption(BackendOptions options) {
    return options.folders().containsKey(Part.CAPTIONER) || !json.has("caption")
        ? null
        : json.object("caption");
  }

  /** What is usual with the manifest's word over it. */
  Settings defaults(Settings usual) {
    if (!json.has("defaults")) {
      return usual;
    }
    JsonFile own = json.object("defaults");
    if (own.get("guidance") instanceof JsonObject) { // as packs had it before
      throw own.unexpected(
          "guidance",
          "a text like \"" + Settings.DEFAULTS.guidance() + "\", as --guidance takes it,");
    }
    try {
      Map<String, ?> values = own.values();
      values.keySet().forEach(PackManifest::requireNoOldName);
      return usual.with(values);
    } catch (IllegalArgumentException e) {
      throw new SgidException(
          Stage.OPEN, own.path(), "A default is wrong (" + e.getMessage() + ")", e);
    }
  }

  /** Settings had the names of Java's components before: noiseRate, for one. */
  private static void requireNoOldName(String key) {
    String name = key.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    if (!name.equals(key) && Settings.DEFAULTS.toMap().containsKey(name)) {
      throw new IllegalArgumentException("\"" + key + "\" is called \"" + name + "\"");
    }
  }

  /** What the pack knows, where it says so. */
  Optional<Domain> domain() {
    if (!json.has("domain")) {
      return Optional.empty();
    }
    JsonFile own = json.object("domain");
    if (!(own.get("centres") instanceof JsonArray rows) || rows.isEmpty()) {
      throw own.unexpected("centres", "a list of at least one embedding");
    }
    List<float[]> centres = rows.asList().stream().map(row -> centre(own, row)).toList();
    if (!own.has("far")) {
      throw own.unexpected("far", "a distance in [0, 2]");
    }
    try {
      return Optional.of(new Domain(centres, own.number("far", 0)));
    } catch (IllegalArgumentException e) {
      throw notADomain(e);
    }
  }

  /** What multiplies the own scorer's cosines before a softmax; empty where it is not said. */
  Optional<LogitScale> logitScale() {
    JsonFile own = zeroShot();
    if (own == null || !own.has("logit_scale")) {
      return Optional.empty();
    }
    double value = own.number("logit_scale", 0);
    if (!(value > 0)) {
      throw own.unexpected("logit_scale", "a number above 0");
    }
    return Optional.of(new LogitScale(value, "sgid.json"));
  }

  /** What a label is put into to be compared with images. */
  PromptTemplate zeroShotPrompt() {
    JsonFile own = zeroShot();
    if (own == null || !own.has("prompt")) {
      return ZeroShot.USUAL_PROMPT;
    }
    try {
      return new PromptTemplate(own.string("prompt", ""));
    } catch (IllegalArgumentException e) {
      throw own.unexpected("prompt", "a text with {label}");
    }
  }

  private @Nullable JsonFile zeroShot() {
    return json.has("zero_shot") ? json.object("zero_shot") : null;
  }

  /** The error for a domain that is none, or not one of the pack's scorer. */
  SgidException notADomain(IllegalArgumentException why) {
    return new SgidException(
        Stage.OPEN, json.path(), "\"domain\" is wrong (" + why.getMessage() + ")", why);
  }

  private static float[] centre(JsonFile json, JsonElement row) {
    float[] centre = new float[row instanceof JsonArray numbers ? numbers.size() : 0];
    for (int i = 0; i < centre.length; i++) {
      JsonElement number = row.getAsJsonArray().get(i);
      centre[i] = JsonFile.isNumber(number) ? number.getAsFloat() : Float.NaN;
    }
    if (!(Math.abs(Embeddings.dot(centre, centre) - 1) <= LENGTH_ROUNDING)) {
      throw json.unexpected("centres", "a list of embeddings, each of numbers and of length 1,");
    }
    return centre;
  }
}
