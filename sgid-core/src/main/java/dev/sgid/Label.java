package dev.sgid;

import static java.util.Objects.requireNonNull;

/** The rule by which a class name, like a folder's, becomes the label that stands in prompts. */
public final class Label {
  private Label() {}

  /** The name as text: {@code _} is read as a space, white space around it is left out. */
  public static String text(String name) {
    return requireNonNull(name, "name").replace('_', ' ').strip();
  }
}
