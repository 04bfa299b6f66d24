package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a backend runs a pack.
 *
 * @param device where the models run
 * @param threads how many CPU threads are used, by all lanes together, at least 1; 0 for as many as
 *     there are processors
 * @param lanes how many pictures, or batches of them, are worked on side by side, at least 1; 0 to
 *     let the models' size decide
 * @param batch how many pictures share a UNet call of a lane, at least 1; 0 for the default, 8, or
 *     4 for a large UNet on a CPU
 * @param folders parts that are taken from folders of their own instead of the pack's
 * @param replaced parts that the caller brings: they are not opened, and the pack need not have
 *     them
 * @param safetyChecker whether the generator's safety checker is used, where it has one
 * @param cacheFolder where native libraries are unpacked, once; null for the default: the system
 *     property {@code sgid.cache}, the environment variable {@code SGID_CACHE}, or the user's cache
 *     folder
 * @param lowMemory whether large models are open one at a time, while they run, to save memory
 * @param variant which form is taken of each model that is there in several, {@code fp16} for
 *     {@code model_fp16.onnx}, wherever a model has it; empty for the most exact
 */
public record BackendOptions(
    Device device,
    int threads,
    int lanes,
    int batch,
    Map<Part, Path> folders,
    Set<Part> replaced,
    boolean safetyChecker,
    @Nullable Path cacheFolder,
    boolean lowMemory,
    String variant) {
  /** The best device, all processors, its default lanes and batch, all parts from the pack. */
  public static final BackendOptions DEFAULTS =
      new BackendOptions(Device.AUTO, 0, 0, 0, Map.of(), Set.of(), null);

  /** A part of a pack. */
  public enum Part {
    /** {@link OpenPack#captioner()}. */
    CAPTIONER,
    /** {@link OpenPack#scorer()}. */
    SCORER,
    /** {@link OpenPack#generator()}. */
    GENERATOR
  }

  /**
   * The same with the safety checker, without regard to memory, and with the most exact form of
   * each model.
   */
  public BackendOptions(
      Device device,
      int threads,
      int lanes,
      int batch,
      Map<Part, Path> folders,
      Set<Part> replaced,
      @Nullable Path cacheFolder) {
    this(device, threads, lanes, batch, folders, replaced, true, cacheFolder, false, "");
  }

  public BackendOptions {
    requireNonNull(device, "device");
    Require.atLeast(0, threads, "threads");
    Require.atLeast(0, lanes, "lanes");
    Require.atLeast(0, batch, "batch");
    folders = Map.copyOf(requireNonNull(folders, "folders"));
    replaced = Set.copyOf(requireNonNull(replaced, "replaced"));
    requireNonNull(variant, "variant");
  }
}
