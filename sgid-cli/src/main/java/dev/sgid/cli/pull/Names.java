package dev.sgid.cli.pull;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Names of files that others have chosen: none may lead out of the folder they are for. */
final class Names {
  private static final int MOST = 100_000;
  private static final int LONGEST = 1000;

  private final Path folder;
  private final Set<String> taken = new HashSet<>();

  Names(Path folder) {
    this.folder = folder;
  }

  /**
   * Where a file comes to lie.
   *
   * @throws SgidException if its name leads elsewhere, is there twice, or is one too many
   */
  Path file(String name) {
    Path path = path(name);
    if (!taken.add(folder.relativize(path).toString().toLowerCase(Locale.ROOT))) {
      throw refused(name, "is there twice, for file systems that don't tell small letters apart");
    }
    if (taken.size() > MOST) {
      throw refused(name, "is one of more than " + MOST + " files");
    }
    return path;
  }

  /** Where a folder comes to lie; it may be named often. */
  Path path(String name) {
    boolean odd =
        name.isEmpty()
            || name.length() > LONGEST
            || name.startsWith("/")
            || name.contains("\\")
            || name.matches("[A-Za-z]:.*")
            || name.chars().anyMatch(Character::isISOControl);
    for (String step : name.split("/", -1)) {
      odd |= step.equals("..");
    }
    Path path = odd ? folder : folder.resolve(name).normalize();
    if (odd || !path.startsWith(folder)) {
      throw refused(name, "leads out of the folder");
    }
    return path;
  }

  static SgidException refused(String name, String why) {
    return new SgidException(
        Stage.OPEN,
        "Nothing was unpacked: the name \"" + name.replaceAll("\\p{Cntrl}", "?") + "\" " + why);
  }
}
