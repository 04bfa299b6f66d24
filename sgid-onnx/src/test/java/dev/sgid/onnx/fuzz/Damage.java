package dev.sgid.onnx.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What a seed does to a pack: one of its files is cut, some of its bytes are changed, or a run of
 * them is zero.
 *
 * @param file the file
 * @param text what is done to it
 * @param content what it comes to
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to a file
record Damage(Path file, String text, byte[] content) {
  private static final int HEAD = 2048; // where a graph's structure begins; weights follow

  static Damage of(Path pack, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<Path> files;
    try (Stream<Path> all = Files.walk(pack)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    // half of all damage is to graphs, which native code reads
    if (random.nextBoolean()) {
      List<Path> graphs = files.stream().filter(Damage::isGraph).toList();
      file = graphs.get(random.nextInt(graphs.size()));
    }
    byte[] content = Files.readAllBytes(file);
    String text;
    switch (random.nextInt(4)) {
      case 0 -> {
        int length = random.nextInt(content.length);
        content = Arrays.copyOf(content, length);
        text = "cut to " + length + " bytes";
      }
      case 1 -> {
        int length = Math.min(content.length, 1 << random.nextInt(12));
        int from = random.nextInt(content.length - length + 1);
        Arrays.fill(content, from, from + length, (byte) 0);
        text = length + " bytes from " + from + " on are zero";
      }
      default -> {
        int range = random.nextBoolean() ? Math.min(HEAD, content.length) : content.length;
        int count = 1 << random.nextInt(4);
        StringBuilder changes = new StringBuilder();
        for (int i = 0; i < count; i++) {
          int at = random.nextInt(range);
          int bits = 1 + random.nextInt(255);
          content[at] = (byte) (content[at] ^ bits);
          changes.append(String.format(Locale.ROOT, " %d^%02x", at, bits));
        }
        text = "changed" + changes;
      }
    }
    return new Damage(file, text, content);
  }

  private static boolean isGraph(Path file) {
    return file.toString().endsWith(".onnx");
  }
}
