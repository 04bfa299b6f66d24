package dev.sgid.dataset;

import org.jspecify.annotations.Nullable;

/** Says why a data set can't be augmented as asked: its folders or settings don't allow it. */
public sealed class DatasetException extends RuntimeException permits LeakageException {
  private static final long serialVersionUID = 1L;

  /** Says why, and what helps. */
  public DatasetException(String message) {
    super(message);
  }

  /** Says why, and what helps, of what went wrong. */
  public DatasetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
