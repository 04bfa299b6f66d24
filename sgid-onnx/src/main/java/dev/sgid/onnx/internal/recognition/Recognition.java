package dev.sgid.onnx.internal.recognition;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.internal.graph.GraphFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one place that knows what people have in place of what is wanted. Each method refuses what it
 * recognises, in one line, and lets all else pass: that it can be used is not said.
 *
 * <p>Only names, configs and the structure of graphs are looked at, so that gigabytes are not
 * opened for it.
 */
public final class Recognition {
  private Recognition() {}

  /**
   * What is given as a pack, before its manifest is read.
   *
   * @throws SgidException if it is no folder
   */
  public static void requireFolderOfPack(Path pack) {
    if (Files.isDirectory(pack)) {
      return;
    }
    if (!Files.exists(pack)) {
      throw refused(pack, "There is no such folder of a model pack");
    }
    throw refused(pack, PackFolders.inPlaceOfFolder(pack, FileKind.of(pack)));
  }

  /**
   * A folder in which none of the parts is that a pack has.
   *
   * @param parts their folders, as the pack names them
   * @throws SgidException if what it is is known
   */
  public static void requireParts(Path pack, Set<Path> parts) {
    if (!parts.isEmpty() && parts.stream().noneMatch(Files::exists)) {
      throw refused(pack, PackFolders.inPlaceOfPack(Contents.of(pack), parts));
    }
  }

  /**
   * A folder of Stable Diffusion.
   *
   * @throws SgidException if it is another model, or in another framework's form
   */
  public static void requireStableDiffusion(Path folder) {
    refuse(folder, StableDiffusionFolders.refusal(part(folder, "a Stable Diffusion model")));
  }

  /**
   * A folder of a captioner.
   *
   * @throws SgidException if it is in another framework's form
   */
  public static void requireCaptioner(Path folder) {
    Contents contents = part(folder, "a captioner");
    String type = contents.text("config.json", "model_type");
    refuse(folder, weightsOnly(contents, Remedy.exportCaptioner(folder, type)));
  }

  /**
   * A folder of a scorer.
   *
   * @throws SgidException if it is in another framework's form
   */
  public static void requireScorer(Path folder) {
    refuse(folder, weightsOnly(part(folder, "a scorer"), Remedy.exportScorer(folder)));
  }

  /** What is in the folder of a part; refused where there is no folder or nothing. */
  private static Contents part(Path folder, String what) {
    if (!Files.exists(folder)) {
      throw refused(folder, "There is no such folder of " + what);
    }
    if (!Files.isDirectory(folder)) {
      throw refused(folder, PackFolders.inPlaceOfFolder(folder, FileKind.of(folder)));
    }
    Contents contents = Contents.of(folder);
    if (contents.isEmpty()) {
      throw refused(folder, "The folder of " + what + " is empty");
    }
    return contents;
  }

  private static @Nullable String weightsOnly(Contents contents, String remedy) {
    return contents.hasGraphs() || contents.weights().isEmpty()
        ? null
        : "This is a model of PyTorch or another framework ("
            + contents.weights()
            + "), not of ONNX; "
            + remedy;
  }

  /**
   * A file that is to be read as text or JSON.
   *
   * @throws SgidException if something lies in its place
   */
  public static void requireText(Path file) {
    FileKind kind = FileKind.of(file);
    if (kind == FileKind.LFS_POINTER || kind == FileKind.WEB_PAGE || kind == FileKind.EMPTY) {
      throw refused(file, GraphFiles.inPlaceOf(file, kind));
    }
  }

  /**
   * A file that is to be opened as a graph, with the files that it names.
   *
   * @return what its bytes say of it
   * @throws SgidException if something else lies in its place, or in that of its weights, or these
   *     are not all there
   */
  public static GraphFile requireGraph(Path file) {
    FileKind kind = FileKind.of(file);
    if (kind != FileKind.OTHER) {
      throw refused(file, GraphFiles.inPlaceOf(file, kind));
    }
    try {
      GraphFile graph = GraphFile.read(file);
      GraphFiles.requireWeights(file, graph);
      return graph;
    } catch (IOException e) {
      throw new SgidException(Stage.OPEN, file, "The model file can't be read", e);
    }
  }

  /**
   * Why a graph that is one can't be run.
   *
   * @param message what the runtime says
   */
  public static String ofRefusedGraph(Path file, String message) {
    return GraphFiles.refusedByRuntime(file, message);
  }

  private static void refuse(Path file, @Nullable String problem) {
    if (problem != null) {
      throw refused(file, problem);
    }
  }

  static SgidException refused(Path file, String problem) {
    return new SgidException(Stage.OPEN, file, problem, null);
  }
}
