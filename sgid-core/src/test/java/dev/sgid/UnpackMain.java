package dev.sgid;

import java.nio.file.Path;

/** Unpacks the pack on its class path, as a process of its own. */
final class UnpackMain {
  private UnpackMain() {}

  public static void main(String[] arguments) {
    System.out.print(EmbeddedPack.unpack(Path.of(arguments[0])));
  }
}
