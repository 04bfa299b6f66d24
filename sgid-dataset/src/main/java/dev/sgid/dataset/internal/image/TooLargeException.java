package dev.sgid.dataset.internal.image;

import java.io.IOException;

/** A picture that is larger than allowed, or than there is memory for. */
public final class TooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says how large it is, and what is allowed. */
  public TooLargeException(String message) {
    super(message);
  }
}
