package dev.sgid.onnx.internal.recognition;

import dev.sgid.internal.Shell;
import java.nio.file.Path;

/** The commands that make something usable, to be copied from a message into a shell. */
final class Remedy {
  private Remedy() {}

  /** Stable Diffusion of diffusers, in a folder. */
  static String exportStableDiffusion(Path folder) {
    return "\"optimum-cli export onnx --model "
        + shell(folder)
        + " --task text-to-image OUT\" makes ONNX of it";
  }

  /** One file of weights, as model pages for user interfaces offer it. */
  static String exportSingleFile(Path file) {
    return "python -c \"from diffusers import StableDiffusionPipeline as P;"
        + " P.from_single_file('"
        + file
        + "').save_pretrained('DIR')\" makes a folder of it, and \"optimum-cli export onnx --model DIR"
        + " --task text-to-image OUT\" ONNX of that";
  }

  /** A captioner of transformers. */
  static String exportCaptioner(Path folder, String type) {
    return type.equals("blip")
        ? "\"python tools/export/sgid_export.py --captioner "
            + shell(folder)
            + " --out PACK\" makes ONNX of it"
        : "\"optimum-cli export onnx --model "
            + shell(folder)
            + " --task image-to-text-with-past OUT\" makes ONNX of it";
  }

  /** A scorer of transformers. */
  static String exportScorer(Path folder) {
    return "\"optimum-cli export onnx --model "
        + shell(folder)
        + " --task zero-shot-image-classification OUT\" makes ONNX of it";
  }

  /** The files that Git has left out. */
  static String pull(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return "\"git -C " + shell(parent == null ? file : parent) + " lfs pull\" fetches it";
  }

  /** A path as one word of a shell. */
  static String shell(Path path) {
    return Shell.quoted(path.toString());
  }
}
