package dev.sgid.dataset.internal.text;

import java.util.Comparator;

/**
 * Orders texts by code point, which is the same everywhere: no locale, and unlike {@link
 * String#compareTo} no surrogate before what follows the surrogates.
 */
public enum CodePointOrder implements Comparator<String> {
  /** The one there is. */
  INSTANCE;

  @Override
  public int compare(String a, String b) {
    int at = 0;
    while (at < a.length() && at < b.length()) {
      int pointA = a.codePointAt(at);
      int pointB = b.codePointAt(at);
      if (pointA != pointB) {
        return Integer.compare(pointA, pointB);
      }
      at += Character.charCount(pointA);
    }
    return Integer.compare(a.length(), b.length());
  }
}
