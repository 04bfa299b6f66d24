package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.dataset.History.PictureId;
import dev.sgid.dataset.internal.text.CodePointOrder;
import dev.sgid.internal.Sha256;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Names what is written: {@code LABEL/STEM-sgid-COPY.png}, and originals as they are called.
 *
 * <p>A label that can't be a folder's name on every system, or would lead out of the folder, as
 * metadata may have it, is made one: {@code /}, {@code \\}, {@code :}, what can't be printed, a dot
 * at the beginning and a dot or space at the end become {@code _}, which also follows a name that
 * Windows keeps for itself, and it is cut where it is too long. Where labels would share a folder
 * then, a hash of the label joins the name.
 *
 * <p>Where two sources would get the same name, also on a file system that does not tell case or
 * Unicode's forms apart, or a name would pass {@value #MAX_BYTES} bytes, the first 8 digits of the
 * SHA-256 of {@code source} join the stem, for all of those sources.
 */
final class OutputNames {
  private static final int MAX_BYTES = 255;
  private static final int HASH_DIGITS = 8;
  private static final Pattern OF_COPY = Pattern.compile("(?:-sgid-\\d+)+$");
  private static final Pattern APART = Pattern.compile("[/\\\\:]"); // parts of a path
  private static final Pattern UNFIT = Pattern.compile("[/\\\\:\\p{Cntrl}]|^\\.|[. ]$");
  private static final Pattern RESERVED =
      Pattern.compile("(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");

  private final ToIntFunction<Source> copies;
  private final int most; // copies of an image
  private final String copyExtension;
  private final Map<Source, String> stems;
  private final Map<String, String> folders; // by label
  private final Map<PictureId, String> former; // names that pictures have
  private final Set<String> taken = new HashSet<>(); // by those, as file systems compare them

  /**
   * Names.
   *
   * @param copies of each image
   * @param most copies of any image
   */
  OutputNames(
      Iterable<Source> sources,
      ToIntFunction<Source> copies,
      int most,
      boolean withOriginals,
      String copyExtension) {
    this(sources, folders(labels(sources)), copies, most, withOriginals, copyExtension);
  }

  /**
   * Names of images that may get names alike, and of no others.
   *
   * @param folders of all labels of the data set, as {@link #folders} gives them
   */
  OutputNames(
      Iterable<Source> sources,
      Map<String, String> folders,
      ToIntFunction<Source> copies,
      int most,
      boolean withOriginals,
      String copyExtension) {
    this.copies = copies;
    this.most = most;
    this.copyExtension = copyExtension;
    this.stems = new HashMap<>();
    this.folders = folders;
    this.former = Map.of();
    Map<String, Integer> uses = new HashMap<>();
    Set<String> originals = new HashSet<>();
    for (Source source : sources) {
      uses.merge(key(source, source.stem()), 1, Integer::sum);
      if (withOriginals) {
        originals.add(key(source, source.name()));
      }
    }
    int suffixes = bytes(copyName("", most - 1));
    for (Source source : sources) {
      String stem = source.stem();
      int longest = Math.max(bytes(stem) + suffixes, withOriginals ? bytes(source.name()) : 0);
      boolean alone =
          uses.getOrDefault(key(source, stem), 0) == 1
              && longest <= MAX_BYTES
              && !APART.matcher(source.name()).find()
              && (originals.isEmpty() || hitsNone(source, originals));
      stems.put(source, alone ? stem : hashed(source, suffixes));
    }
  }

  private OutputNames(OutputNames names, Map<PictureId, String> former) {
    this.copies = names.copies;
    this.most = names.most;
    this.copyExtension = names.copyExtension;
    this.stems = names.stems;
    this.folders = names.folders;
    this.former = former;
    former.values().forEach(name -> taken.add(comparable(name)));
  }

  /**
   * These names, but those that former runs gave, whatever has come to the data set since.
   *
   * @param names of pictures, as {@link #copy} and {@link #original} gave them
   */
  OutputNames keeping(Map<PictureId, String> names) {
    return new OutputNames(this, names);
  }

  private boolean hitsNone(Source source, Set<String> originals) {
    for (int copy = 0; copy < copies.applyAsInt(source); copy++) {
      if (originals.contains(key(source, copyName(source.stem(), copy)))) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> labels(Iterable<Source> sources) {
    Set<String> labels = new LinkedHashSet<>();
    sources.forEach(source -> labels.add(source.label()));
    return labels;
  }

  /** The folder of each label. */
  static Map<String, String> folders(Set<String> labels) {
    Map<String, String> folders = new LinkedHashMap<>();
    labels.forEach(label -> folders.put(label, label));
    folders.replaceAll(
        (label, same) -> {
          String folder = UNFIT.matcher(label).replaceAll("_");
          if (RESERVED.matcher(folder).matches()) {
            folder += "_";
          }
          boolean cut = bytes(folder) > MAX_BYTES;
          boolean taken = !folder.equals(label) && labels.contains(folder);
          String hash = hash(label);
          return cut || taken ? cut(folder, MAX_BYTES - hash.length()) + hash : folder;
        });
    requireApart(folders);
    return folders;
  }

  /**
   * What is the same for images that may get names alike: whatever else is in the data set, the
   * names of those are what they are.
   */
  static String alike(String folder, Source source) {
    return comparable(folder + "/" + OF_COPY.matcher(source.stem()).replaceFirst(""));
  }

  /** Two labels that are changed alike. */
  private static void requireApart(Map<String, String> folders) {
    Map<String, Integer> uses = new HashMap<>();
    folders.values().forEach(folder -> uses.merge(folder, 1, Integer::sum));
    folders.replaceAll(
        (label, folder) ->
            uses.getOrDefault(folder, 1) > 1 && !folder.equals(label)
                ? cut(folder, MAX_BYTES - hash(label).length()) + hash(label)
                : folder);
  }

  private String folder(Source source) {
    return folders.getOrDefault(source.label(), source.label());
  }

  /** All labels, in code point order: as torchvision numbers their folders. */
  List<String> classes() {
    return folders.keySet().stream().sorted(CodePointOrder.INSTANCE).toList();
  }

  private static String hash(String text) {
    return "-" + Sha256.hex(text.getBytes(UTF_8)).substring(0, HASH_DIGITS);
  }

  private static String hashed(Source source, int suffixes) {
    String hash = hash(source.source());
    int room = MAX_BYTES - suffixes - hash.length() - bytes(extension(source));
    return cut(APART.matcher(source.stem()).replaceAll("_"), room) + hash;
  }

  /** The longest beginning that has at most {@code most} bytes, between two characters. */
  private static String cut(String text, int most) {
    int end = 0;
    int used = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      used += bytes(Character.toString(point));
      if (used > most) {
        break;
      }
      end += Character.charCount(point);
    }
    return text.substring(0, end);
  }

  /** Names of all images that may come, worked out as they are asked for. */
  Iterable<String> all(Iterable<Source> sources, boolean withOriginals) {
    return () ->
        StreamSupport.stream(sources.spliterator(), false)
            .flatMap(source -> all(source, withOriginals))
            .iterator();
  }

  private Stream<String> all(Source source, boolean withOriginals) {
    Stream<String> planned =
        IntStream.range(0, copies.applyAsInt(source)).mapToObj(copy -> copy(source, copy));
    return withOriginals ? Stream.concat(Stream.of(original(source)), planned) : planned;
  }

  /** Relative to the folder that is written, with {@code /}. */
  String copy(Source source, int copy) {
    return name(source, copy, stem -> copyName(stem, copy));
  }

  /** Relative to the folder that is written, with {@code /}. */
  String original(Source source) {
    return name(source, PictureId.ORIGINAL, stem -> stem + extension(source));
  }

  private String name(Source source, int copy, UnaryOperator<String> named) {
    String known = former.get(new PictureId(source.source(), copy));
    if (known != null) {
      return known;
    }
    String name = folder(source) + "/" + named.apply(stem(source));
    return taken.contains(comparable(name))
        ? folder(source) + "/" + named.apply(hashed(source, bytes(copyName("", most - 1))))
        : name;
  }

  private String stem(Source source) {
    String stem = stems.get(source);
    if (stem == null) {
      throw new IllegalArgumentException("A source that was not planned: " + source);
    }
    return stem;
  }

  private String copyName(String stem, int copy) {
    return stem + "-sgid-" + copy + copyExtension;
  }

  private static String extension(Source source) {
    return APART.matcher(source.name().substring(source.stem().length())).replaceAll("_");
  }

  private String key(Source source, String name) {
    return comparable(folder(source) + "/" + name);
  }

  private static String comparable(String path) {
    return Normalizer.normalize(path, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }
}
