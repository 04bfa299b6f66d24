package dev.sgid.dataset.plan;

import static java.util.Objects.requireNonNull;

/**
 * A class of a data set.
 *
 * @param label its name
 * @param images how many images it has, those that can't be read too
 * @param unreadable how many of them can't be read
 * @param copies how many copies there are to be of all of them
 * @param fewestCopies of one of its images
 * @param mostCopies of one of its images, at most one more
 */
public record ClassPlan(
    String label, int images, int unreadable, int copies, int fewestCopies, int mostCopies) {
  public ClassPlan {
    requireNonNull(label, "label");
  }
}
