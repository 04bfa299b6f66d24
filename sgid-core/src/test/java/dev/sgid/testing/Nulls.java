package dev.sgid.testing;

/** For tests of what happens where a caller does not heed the null annotations. */
public final class Nulls {
  private Nulls() {}

  /** A null that says it isn't one. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // that's its purpose
  public static <T> T nothing() {
    return null;
  }
}
