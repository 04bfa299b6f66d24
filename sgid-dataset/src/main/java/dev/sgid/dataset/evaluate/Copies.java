package dev.sgid.dataset.evaluate;

import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.evaluate.Evaluation.MatchedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which picture was made of which original; no picture is read yet.
 *
 * @param matchedBy how that was found out
 * @param bySource the copies of each original, by its name in the data set
 * @param unmatched pictures that belong to no original, and why
 * @param failures what of the folder can't be used, and why
 */
record Copies(
    MatchedBy matchedBy,
    Map<String, List<Copy>> bySource,
    List<Failure> unmatched,
    List<Failure> failures) {
  /** Nothing found yet. */
  static Copies none(MatchedBy matchedBy) {
    return new Copies(matchedBy, new HashMap<>(), new ArrayList<>(), new ArrayList<>());
  }

  /** Looks through a folder: by sgid's manifest where there is one. */
  static Copies of(DatasetReader in, Path out) throws IOException {
    Copies written = ManifestCopies.readIfThere(in, out);
    return written != null ? written : NamedCopies.of(in, DatasetReader.of(out));
  }

  void add(Source original, Copy copy) {
    bySource.computeIfAbsent(original.source(), source -> new ArrayList<>()).add(copy);
  }

  List<Copy> of(Source original) {
    return bySource.getOrDefault(original.source(), List.of());
  }

  int count() {
    return bySource.values().stream().mapToInt(List::size).sum();
  }
}
