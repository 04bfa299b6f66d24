package dev.sgid.internal;

/** What was wrong in the first place. */
public final class RootCause {
  private RootCause() {}

  /** The last of a failure's causes; the failure itself where it has none. */
  public static Throwable of(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
