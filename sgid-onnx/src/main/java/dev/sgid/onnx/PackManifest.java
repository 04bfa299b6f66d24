package dev.sgid.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.BackendOptions;
import dev.sgid.BackendOptions.Part;
import dev.sgid.GuidanceSchedule;
import dev.sgid.PromptTemplate;
import dev.sgid.Settings;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import dev.sgid.onnx.blip.BlipOptions;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.image.ImageProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code sgid.json} says of a pack; all of it may be absent, and so may the file.
 *
 * @param folder the pack's
 * @param json the file's content
 */
record PackManifest(Path folder, JsonFile json) {
  private static final int FORMAT = 1;

  /**
   * Reads a pack's manifest.
   *
   * @throws SgidException if there is no such folder, or its manifest is broken
   */
  static PackManifest read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new SgidException(Stage.OPEN, folder, "There is no such folder of a model pack", null);
    }
    JsonFile json = JsonFile.readOrEmpty(folder.resolve("sgid.json"));
    if (json.count("format", FORMAT) != FORMAT) {
      throw json.unexpected("format", FORMAT + ", the only one that this version reads,");
    }
    return new PackManifest(folder, json);
  }

  /**
   * Checks that the files that are listed, but for those of replaced parts, are there and whole.
   *
   * @throws SgidException naming the file that is not
   */
  void checkFiles(Set<Part> replaced) {
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
      Path file = folder.resolve(path);
      checkFile(file, bytes(entry.getValue()));
    }
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

  Path stableDiffusion() {
    return partFolder(Part.GENERATOR);
  }

  Path clip(BackendOptions options) {
    return options.clip() != null ? options.clip() : partFolder(Part.SCORER);
  }

  Path blip(BackendOptions options) {
    return options.blip() != null ? options.blip() : partFolder(Part.CAPTIONER);
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

  /** How captions are searched for: as BLIP's own files say, with the manifest's word over them. */
  BlipOptions captions(BackendOptions options) {
    BlipOptions own = BlipOptions.of(blip(options));
    if (options.blip() != null || !json.has("caption")) {
      return own;
    }
    JsonFile caption = json.object("caption");
    return own.toBuilder()
        .prefix(caption.string("prefix", own.prefix()))
        .maxNewTokens(caption.count("maxNewTokens", own.maxNewTokens()))
        .build();
  }

  /** The library's defaults with the manifest's word over them. */
  Settings defaults() {
    Settings settings = Settings.DEFAULTS;
    if (!json.has("defaults")) {
      return settings;
    }
    JsonFile own = json.object("defaults");
    try {
      return settings
          .withNoiseRate(own.number("noiseRate", settings.noiseRate()))
          .withSteps(own.count("steps", settings.steps()))
          .withEta(own.number("eta", settings.eta()))
          .withGuidance(
              own.has("guidance") ? guidance(own.object("guidance")) : settings.guidance())
          .withPrompt(new PromptTemplate(own.string("prompt", settings.prompt().text())))
          .withNegativePrompt(own.string("negativePrompt", settings.negativePrompt()))
          .withCaptions(own.count("captions", settings.captions()))
          .withSize(own.has("size") ? Size.parse(own.string("size", "")) : null);
    } catch (IllegalArgumentException e) {
      throw new SgidException(
          Stage.OPEN, own.path(), "A default is out of range (" + e.getMessage() + ")", e);
    }
  }

  private static GuidanceSchedule guidance(JsonFile guidance) {
    String type = guidance.string("type", "linear");
    if (type.equals("constant")) {
      return GuidanceSchedule.constant(guidance.number("scale", 7.5));
    }
    double[] similarity = pair(guidance, "similarity");
    double[] scale = pair(guidance, "scale");
    return switch (type) {
      case "linear" -> GuidanceSchedule.linear(similarity[0], similarity[1], scale[0], scale[1]);
      case "inverse" -> GuidanceSchedule.inverse(similarity[0], similarity[1], scale[0], scale[1]);
      default -> throw guidance.unexpected("type", "constant, linear or inverse");
    };
  }

  private static double[] pair(JsonFile json, String key) {
    if (json.get(key) instanceof JsonArray array
        && array.size() == 2
        && JsonFile.isNumber(array.get(0))
        && JsonFile.isNumber(array.get(1))) {
      return new double[] {array.get(0).getAsDouble(), array.get(1).getAsDouble()};
    }
    throw json.unexpected(key, "two numbers");
  }
}
