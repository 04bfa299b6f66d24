package dev.sgid.onnx.fuzz;

import dev.sgid.Augmentation;
import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Opens damaged packs and makes a picture with each, in a process of its own, since native code may
 * end it. Prints a line as it begins with a seed, and one with what came of it.
 *
 * <p>Arguments: an empty folder, the first seed, and the one behind the last.
 */
final class FuzzedPacks {
  private FuzzedPacks() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Path[] packs = {
      pack(folder.resolve("sd1"), "tiny-sd1"),
      pack(folder.resolve("external"), "tiny-sd1", "unet-external-data"),
      pack(folder.resolve("xl"), "tiny-sd1", "tiny-sdxl")
    };
    for (long seed = Long.parseLong(args[1]); seed < Long.parseLong(args[2]); seed++) {
      Path pack = packs[(int) (seed % packs.length)];
      Damage damage = Damage.of(pack, seed);
      System.out.println(
          "begin " + seed + " " + pack.relativize(damage.file()) + " " + damage.text());
      byte[] whole = Files.readAllBytes(damage.file());
      Files.write(damage.file(), damage.content());
      long start = System.nanoTime();
      String outcome = outcome(pack);
      Files.write(damage.file(), whole);
      System.out.printf(
          Locale.ROOT,
          "end %d %d %d %s%n",
          seed,
          (System.nanoTime() - start) / 1_000_000,
          resident(),
          outcome.replaceAll("\\R", " "));
    }
  }

  private static Path pack(Path folder, String... names) {
    TinyPacks.assemble(folder, names);
    TinyPacks.assembleBeside(folder.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(folder.resolve("blip"), "tiny-blip");
    return folder;
  }

  private static String outcome(Path pack) {
    try (Sgid sgid =
        Sgid.builder(pack)
            .withDevice(Device.CPU)
            .withThreads(1)
            .withGeneration(g -> g.withSteps(4))
            .build()) {
      Augmentation copy = sgid.augment(TestImages.noise(24, 20, 7), "bag");
      return isPlain(copy.image()) ? "PLAIN" : "made";
    } catch (SgidException e) {
      return "refused " + e.getMessage();
    } catch (RuntimeException | Error e) {
      e.printStackTrace();
      return "THREW " + e;
    }
  }

  private static boolean isPlain(BufferedImage image) {
    int first = image.getRGB(0, 0);
    for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
      if (image.getRGB(i % image.getWidth(), i / image.getWidth()) != first) {
        return false;
      }
    }
    return true;
  }

  /** What the process has of memory, in MB; 0 where the system doesn't say. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElse(0);
  }
}
