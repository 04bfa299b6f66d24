package dev.sgid.dataset.evaluate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.evaluate.Evaluation.MatchedBy;
import dev.sgid.dataset.internal.out.OutNames;
import dev.sgid.internal.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Matches copies to originals by what sgid wrote down. Originals beside them don't count. */
final class ManifestCopies {
  private static final String TAR = ".tar";

  private final Path out;
  private final Map<String, Source> originals = new HashMap<>();
  private final Map<String, Source> inShards = new HashMap<>();
  private boolean shardsAreKnown;
  private final Copies copies = Copies.none(MatchedBy.MANIFEST);

  private ManifestCopies(DatasetReader in, Path out) {
    this.out = out.toAbsolutePath().normalize();
    in.forEach(source -> originals.put(source.source(), source));
  }

  /**
   * Reads the manifest; null where there is none of sgid's.
   *
   * @throws DatasetException if a run was ended before it could write one
   */
  static @Nullable Copies readIfThere(DatasetReader in, Path out) throws IOException {
    Path manifest = out.resolve(OutNames.METADATA);
    if (!Files.isRegularFile(manifest)) {
      if (OutNames.isUnfinished(out)) {
        throw new DatasetException(
            out
                + " is not finished, and has no "
                + OutNames.METADATA
                + " yet: let the command that began it go on first");
      }
      return null;
    }
    ManifestCopies reader = new ManifestCopies(in, out);
    try (BufferedReader lines = Files.newBufferedReader(manifest, UTF_8)) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        try {
          reader.add(ManifestLine.parse(line));
        } catch (IllegalArgumentException e) {
          if (number == 1) {
            return null; // another tool's metadata
          }
          reader
              .copies
              .failures()
              .add(new Failure(OutNames.METADATA + ", line " + number, message(e)));
        }
      }
    }
    return reader.copies;
  }

  private static String message(IllegalArgumentException e) {
    return String.valueOf(e.getMessage());
  }

  private void add(ManifestLine line) {
    if (line.isOriginal()) {
      return;
    }
    Source original = originals.get(line.source());
    if (original == null) {
      unmatched(line, "its original, " + line.source() + ", is not in the data set");
    } else if (!original.label().equals(line.label())) {
      unmatched(
          line,
          "it was made as \"" + line.label() + "\", its original is \"" + original.label() + "\"");
    } else {
      try {
        copies.add(
            original,
            new Copy(picture(line), line.sourceSha256(), line.similarity(), line.guidanceScale()));
      } catch (IOException e) {
        copies.failures().add(new Failure(line.fileName(), Reason.of(e)));
      }
    }
  }

  private void unmatched(ManifestLine line, String reason) {
    copies.unmatched().add(new Failure(line.fileName(), reason));
  }

  /** Where a picture should lie; a file that is not there is missed when it is read. */
  private Source picture(ManifestLine line) throws IOException {
    String name = line.fileName();
    String first = name.substring(0, Math.max(0, name.indexOf('/')));
    if (first.endsWith(TAR) && Files.isRegularFile(out.resolve(first))) {
      Source member = inShards().get(name);
      if (member == null) {
        throw new IOException("there is no such file in the shard");
      }
      return member;
    }
    Path file;
    try {
      file = out.resolve(name).normalize();
    } catch (InvalidPathException e) {
      throw new IOException("this platform has no files of such a name", e);
    }
    if (!file.startsWith(out) || file.equals(out)) {
      throw new IOException("it leads out of the folder");
    }
    return new Source(file, name, line.label());
  }

  private Map<String, Source> inShards() {
    if (!shardsAreKnown) {
      DatasetReader shards = DatasetReader.shards(out);
      shards.forEach(member -> inShards.put(member.source(), member));
      copies.failures().addAll(shards.failures());
      shardsAreKnown = true;
    }
    return inShards;
  }
}
