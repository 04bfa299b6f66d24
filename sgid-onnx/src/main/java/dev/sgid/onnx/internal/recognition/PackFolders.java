package dev.sgid.onnx.internal.recognition;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What is given in place of a pack's folder. */
final class PackFolders {
  private static final List<String> CAPTIONERS = List.of("blip", "vision-encoder-decoder");

  private PackFolders() {}

  /** A file. */
  static String inPlaceOfFolder(Path file, FileKind kind) {
    String what = "This is " + kind.text() + ", not a folder";
    return switch (kind) {
      case ZIP, GZIP, TAR ->
          what + "; \"sgid models pull " + Remedy.shell(file) + " OUT\" unpacks it";
      case SAFETENSORS, PICKLE -> what + "; " + Remedy.exportSingleFile(file);
      case LFS_POINTER -> GraphFiles.inPlaceOf(file, kind);
      default -> what + "; " + layout();
    };
  }

  /** A folder without the parts of a pack. */
  static String inPlaceOfPack(Contents folder, Set<Path> parts) {
    if (folder.isEmpty()) {
      return "The folder is empty; " + layout();
    }
    if (folder.has("model_index.json")
        || folder.hasFolder("unet")
        || folder.hasFolder("transformer")) {
      String other = StableDiffusionFolders.refusal(folder);
      return other != null
          ? other
          : "This is the Stable Diffusion folder itself, not a pack; "
              + moved(folder, "stable-diffusion");
    }
    String type = folder.text("config.json", "model_type");
    if (CAPTIONERS.contains(type)) {
      return part(
          folder,
          "a captioner's folder (" + type + ")",
          "blip",
          Remedy.exportCaptioner(folder.folder(), type));
    } else if (type.startsWith("clip") || type.startsWith("siglip")) {
      return part(
          folder, "a scorer's folder (" + type + ")", "clip", Remedy.exportScorer(folder.folder()));
    } else if (!type.isEmpty()) {
      return "This is the folder of one model (" + type + "), not a pack; " + layout();
    }
    List<String> single = folder.weightsHere();
    if (!single.isEmpty() && !folder.hasGraphs()) {
      return "This is a folder of weights of PyTorch ("
          + single.get(0)
          + "), not a pack; "
          + Remedy.exportSingleFile(folder.folder().resolve(single.get(0)));
    }
    return "There is no part of a pack in it, neither "
        + parts.stream()
            .map(part -> String.valueOf(part.getFileName()))
            .sorted()
            .collect(Collectors.joining(" nor "))
        + "; "
        + layout();
  }

  private static String part(Contents folder, String what, String name, String export) {
    boolean graphs = folder.hasGraphs();
    return "This is "
        + what
        + (graphs ? "" : " of PyTorch")
        + ", not a pack; "
        + (graphs ? moved(folder, name) : export);
  }

  private static String moved(Contents folder, String name) {
    return "\"mkdir PACK && mv "
        + Remedy.shell(folder.folder())
        + " PACK/"
        + name
        + "\" makes it a part of one";
  }

  private static String layout() {
    return "a pack is a folder with stable-diffusion, clip and blip in it, see docs/packs.md";
  }
}
