package dev.sgid.dataset;

import dev.sgid.internal.Require;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tar shards.
 *
 * @param images how many a shard has at most, at least 1
 * @param megabytes how long it is at most, in 10^6 bytes, at least 1
 */
record WebDatasetFormat(int images, int megabytes) implements OutputFormat {
  static final WebDatasetFormat DEFAULT = new WebDatasetFormat(10_000, 1000);
  private static final String NAME = "webdataset";
  private static final Pattern SPELLED =
      Pattern.compile(NAME + "(?::(?:images=(\\d{1,9}))?,?(?:megabytes=(\\d{1,9}))?)?");
  private static final String SHARD_PREFIX = "shard-";
  private static final String SHARD_SUFFIX = ".tar";
  private static final Pattern SHARD =
      Pattern.compile(SHARD_PREFIX + "\\d{6,9}" + Pattern.quote(SHARD_SUFFIX));

  WebDatasetFormat {
    Require.atLeast(1, images, "images");
    Require.atLeast(1, megabytes, "megabytes");
  }

  static WebDatasetFormat parse(String text) {
    Matcher spelled = SPELLED.matcher(text);
    if (!spelled.matches() || text.endsWith(":") || text.endsWith(",")) {
      throw new IllegalArgumentException(
          "A format is folders, webdataset or webdataset:images=10000,megabytes=1000, is \""
              + text
              + "\"");
    }
    return new WebDatasetFormat(
        number(spelled.group(1), DEFAULT.images), number(spelled.group(2), DEFAULT.megabytes));
  }

  private static int number(String digits, int otherwise) {
    return digits == null ? otherwise : Integer.parseInt(digits);
  }

  /** The name of a shard, counted from 0. */
  static String shard(int number) {
    return String.format("%s%06d%s", SHARD_PREFIX, number, SHARD_SUFFIX);
  }

  /** Whether this is the name of a shard. */
  static boolean isShard(String name) {
    return SHARD.matcher(name).matches();
  }

  /** The number of the shard that a {@code file_name} lies in. */
  static int number(String fileName) {
    return Integer.parseInt(
        fileName.substring(SHARD_PREFIX.length(), fileName.indexOf(SHARD_SUFFIX)));
  }

  /** A {@code file_name} without its shard: what is unique among all of them. */
  static String inShard(String fileName) {
    return fileName.substring(fileName.indexOf('/') + 1);
  }

  /** {@link WebDatasetWriter#place} changes no name that it gave itself. */
  @Override
  public String name(String fileName) {
    return inShard(fileName);
  }

  @Override
  public Opened open(Path out, List<String> classes, Former former) throws IOException {
    Shards shards = Shards.reopen(out, classes, former);
    return new Opened(
        new WebDatasetWriter(out, classes, images, megabytes * 1_000_000L, shards), shards.whole());
  }

  @Override
  public Collection<Path> inTheWay(Path out, Iterable<String> names) throws IOException {
    try (Stream<Path> entries = Files.list(out)) {
      return entries.filter(file -> isShard(FileName.of(file).text())).sorted().toList();
    }
  }

  @Override
  public String toString() {
    return equals(DEFAULT) ? NAME : NAME + ":images=" + images + ",megabytes=" + megabytes;
  }
}
