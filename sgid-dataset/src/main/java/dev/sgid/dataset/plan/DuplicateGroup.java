package dev.sgid.dataset.plan;

import java.util.List;

/**
 * Images that are the same, or each nearly the same as another one of the group.
 *
 * @param images two at least, in the data set's order
 * @param exact whether all have the same pixels
 * @param likeness the lowest by which one of them belongs to the group, up to 1; 1 where all have
 *     the same pixels
 */
public record DuplicateGroup(List<Image> images, boolean exact, double likeness) {
  public DuplicateGroup {
    images = List.copyOf(images);
  }

  /**
   * One of them.
   *
   * @param source its name in the data set
   * @param label its class
   */
  public record Image(String source, String label) {}

  /** Whether they are of different classes: then hardly all of their labels are right. */
  public boolean isAcrossClasses() {
    return images.stream().map(Image::label).distinct().count() > 1;
  }
}
