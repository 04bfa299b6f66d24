package dev.sgid.internal;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.ReadOnlyFileSystemException;
import org.jspecify.annotations.Nullable;

/** Why something can't be used, in words. */
public final class Reason {
  private Reason() {}

  /** The message; where Java has nothing but the file's name for one, what is wrong with it. */
  public static String of(Throwable failure) {
    if (failure instanceof FileSystemException e && e.getReason() == null) {
      return what(e) + ": " + e.getFile();
    }
    return failure instanceof ReadOnlyFileSystemException
        ? "read-only file system"
        : String.valueOf(failure.getMessage());
  }

  /** A text of several lines as one. */
  public static String oneLine(@Nullable String text) {
    return String.valueOf(text).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private static String what(FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    } else if (e instanceof NoSuchFileException) {
      return "no such file or folder";
    } else if (e instanceof NotDirectoryException) {
      return "not a folder";
    }
    return e instanceof FileAlreadyExistsException
        ? "something of that name is in the way"
        : e.getClass().getSimpleName();
  }
}
