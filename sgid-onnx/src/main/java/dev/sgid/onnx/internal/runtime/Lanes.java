package dev.sgid.onnx.internal.runtime;

import dev.sgid.Device;
import dev.sgid.internal.Require;
import dev.sgid.onnx.internal.ModelFiles;
import java.nio.file.Path;

/**
 * How the threads of a CPU are divided: into lanes, side by side, of which each runs models with
 * the threads of its placement.
 *
 * <p>A small UNet does not keep several threads busy: its operators end before the threads have
 * met. Several calls of one thread each, side by side, do. A large one does, and its calls would
 * only take each other's memory bandwidth. Measured with UNets of random weights: {@code
 * sgid-bench/README.md}.
 *
 * @param placement where and with how many threads a lane's models run
 * @param count of lanes, at least 1
 */
public record Lanes(Placement placement, int count) {
  /** UNets of at most so many bytes are small. */
  private static final long SMALL = 64L << 20;

  /**
   * Divides threads.
   *
   * @param device where the models run; a GPU has one lane unless {@code lanes} says otherwise
   * @param threads of all lanes together, more than there are processors count as that many; 0 for
   *     as many as there are processors
   * @param lanes more than there are threads count as that many; 0 to let the UNet's size decide
   * @param unet the UNet's graph, beside which its weights lie
   * @throws dev.sgid.SgidException if the device is not there
   */
  public static Lanes of(Device device, int threads, int lanes, Path unet) {
    return of(Placement.of(device, Require.atLeast(0, threads, "threads")), lanes, unet);
  }

  /** The same on a device that is there, with the threads of all lanes. */
  static Lanes of(Placement all, int lanes, Path unet) {
    boolean cpu = all.device().kind() == Device.Kind.CPU;
    int usual = cpu && isSmall(unet) ? all.threads() : 1;
    int wanted = Require.atLeast(0, lanes, "lanes") == 0 ? usual : lanes;
    int count = cpu ? Math.min(wanted, all.threads()) : wanted;
    return new Lanes(cpu ? Placement.of(all.device(), all.threads() / count) : all, count);
  }

  /** Whether a UNet, by its graph and weights, is too small to keep several threads busy. */
  public static boolean isSmall(Path unet) {
    return ModelFiles.bytes(unet) <= SMALL;
  }
}
