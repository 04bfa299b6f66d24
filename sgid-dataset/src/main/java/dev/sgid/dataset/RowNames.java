package dev.sgid.dataset;

import dev.sgid.dataset.internal.text.CodePointOrder;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;

/**
 * Tells which images of a data set may get names alike, so that their names can be found without
 * all others in memory. Immutable and thread-safe.
 */
public final class RowNames {
  private final Map<String, String> folders; // by label

  /**
   * Names.
   *
   * @param classes all labels of the data set
   */
  public RowNames(Collection<String> classes) {
    TreeSet<String> ordered = new TreeSet<>(CodePointOrder.INSTANCE);
    ordered.addAll(classes);
    this.folders = OutputNames.folders(ordered);
  }

  /**
   * A text that is the same for all images that may get names alike; mostly each has its own.
   *
   * @param source the image's name in the manifest
   * @param label its class
   */
  public String alike(String source, String label) {
    return OutputNames.alike(
        folders.getOrDefault(label, label), RowImage.named(source, label, null));
  }

  Map<String, String> folders() {
    return folders;
  }
}
