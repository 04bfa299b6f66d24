package dev.sgid.dataset;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Why a file can't be read or written, in words. */
final class Reason {
  private Reason() {}

  /** The message; where Java has nothing but the file's name for one, what is wrong with it. */
  static String of(IOException e) {
    if (e instanceof AccessDeniedException denied && denied.getReason() == null) {
      return "permission denied: " + denied.getFile();
    }
    if (e instanceof NoSuchFileException gone && gone.getReason() == null) {
      return "there is no such file any more, or a link leads nowhere";
    }
    return String.valueOf(e.getMessage());
  }
}
