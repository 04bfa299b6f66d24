package dev.sgid.dataset;

import dev.sgid.dataset.plan.Leak;
import java.nio.file.Path;
import java.util.List;

/** Images of the data set are, or nearly are, in the set that is kept for validation. */
public final class LeakageException extends DatasetException {
  private static final long serialVersionUID = 1;

  private final transient List<Leak> leaks;

  LeakageException(Path in, Path validation, List<Leak> found) {
    super(
        (found.size() == 1 ? "1 image of " : found.size() + " images of ")
            + in
            + (found.size() == 1 ? " is" : " are")
            + ", or nearly, in the validation set "
            + validation
            + ", like "
            + found.get(0)
            + ": their copies would make validation look better than it is. Remove them from one of"
            + " the two");
    this.leaks = List.copyOf(found);
  }

  /** All of them: those of the same pixels first, then those most alike. */
  public List<Leak> leaks() {
    return leaks;
  }
}
