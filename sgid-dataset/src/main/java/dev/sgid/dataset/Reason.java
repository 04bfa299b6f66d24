package dev.sgid.dataset;

import java.io.IOException;
import java.nio.file.AccessDeniedException;

/** Why a file can't be read or written, in words. */
final class Reason {
  private Reason() {}

  /** The message; where Java has nothing but the file's name for one, what is wrong with it. */
  static String of(IOException e) {
    return e instanceof AccessDeniedException denied && denied.getReason() == null
        ? "permission denied: " + denied.getFile()
        : String.valueOf(e.getMessage());
  }
}
