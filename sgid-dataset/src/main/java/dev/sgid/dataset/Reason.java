package dev.sgid.dataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file can't be read or written, in words. */
final class Reason {
  private static final String TOO_MANY_LINKS = "Too many levels of symbolic links"; // POSIX's ELOOP

  private Reason() {}

  /** The same of one that comes from within an iteration, without the name of its class. */
  static String of(UncheckedIOException e) {
    IOException cause = e.getCause();
    return cause == null ? String.valueOf(e.getMessage()) : of(cause);
  }

  /** The message; where Java has nothing but the file's name for one, what is wrong with it. */
  static String of(IOException e) {
    if (e instanceof AccessDeniedException denied && denied.getReason() == null) {
      return "permission denied: " + denied.getFile();
    }
    if (e instanceof NoSuchFileException gone && gone.getReason() == null) {
      return "there is no such file any more, or a link leads nowhere";
    }
    if (e instanceof FileSystemException other
        && other.getReason() != null
        && other.getReason().startsWith(TOO_MANY_LINKS)) {
      return "is a link that leads to itself, by way of others or at once";
    }
    return String.valueOf(e.getMessage());
  }
}
