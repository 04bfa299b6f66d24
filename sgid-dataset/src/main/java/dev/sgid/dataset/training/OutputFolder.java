package dev.sgid.dataset.training;

import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.ImageDecoder;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.internal.out.OutPictures;
import dev.sgid.dataset.internal.text.CodePointOrder;
import dev.sgid.internal.Reason;
import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a folder that was written: copies, and the originals beside them or in the data
 * set that it was made from.
 */
final class OutputFolder implements PictureFiles {
  private static final ImageDecoder DECODER = new ImageDecoder();

  private final Path out;
  private final OutPictures pictures;
  private final Map<String, Source> inDataset = new HashMap<>(); // originals that are not in OUT
  private final Map<String, String> sha256 = new HashMap<>(); // of originals that have a line
  private final Map<String, String> groups = new HashMap<>(); // likewise
  private final List<Failure> failures = new ArrayList<>();

  private OutputFolder(Path out) {
    this.out = out;
    this.pictures = new OutPictures(out);
  }

  /**
   * Reads a manifest.
   *
   * @param in the data set of the originals; null for that of the job, if it is needed
   */
  static TrainingSet read(Path out, @Nullable DatasetReader in) {
    return new OutputFolder(out).read(Manifest.read(out), in);
  }

  private TrainingSet read(Manifest manifest, @Nullable DatasetReader in) {
    Map<String, List<ManifestLine>> bySource = new LinkedHashMap<>();
    Map<String, Draft> originals = new LinkedHashMap<>();
    for (ManifestLine line : manifest.lines()) {
      String group = line.group();
      groups.put(line.source(), group == null ? line.sourceSha256() : group);
      sha256.put(line.source(), line.sourceSha256());
      if (line.isOriginal()) {
        originals.put(line.source(), new Draft(line.fileName(), line.label(), groups(line)));
      } else {
        bySource.computeIfAbsent(line.source(), source -> new ArrayList<>()).add(line);
      }
    }
    if (in != null || !originals.keySet().containsAll(bySource.keySet())) {
      addFromDataset(in == null ? dataset(manifest) : in, originals);
    }
    List<String> classes = classes(manifest, originals);
    List<Sample> samples = new ArrayList<>();
    originals.forEach(
        (source, original) -> {
          int index = classes.indexOf(original.label());
          samples.add(
              Sample.original(original.name(), original.label(), index, source, original.group()));
          for (ManifestLine line : bySource.getOrDefault(source, List.of())) {
            if (line.label().equals(original.label())) {
              samples.add(copy(line, index));
            } else {
              failures.add(
                  new Failure(
                      line.fileName(),
                      "it was made as \""
                          + line.label()
                          + "\", its original is \""
                          + original.label()
                          + "\""));
            }
          }
        });
    bySource.keySet().removeAll(originals.keySet());
    bySource.forEach(
        (source, lines) ->
            lines.forEach(
                line ->
                    failures.add(
                        new Failure(
                            line.fileName(),
                            "its original, " + source + ", is not in the data set"))));
    Originals.warn(failures);
    return new TrainingSet(this, classes, samples, failures);
  }

  /** An original whose class has no number yet. */
  private record Draft(String name, String label, String group) {}

  private String groups(ManifestLine line) {
    return requireNonNull(groups.get(line.source()));
  }

  private Sample copy(ManifestLine line, int classIndex) {
    return new Sample(
        line.fileName(),
        line.label(),
        classIndex,
        line.source(),
        groups(line),
        line.copy(),
        line.consistency(),
        line.verdict());
  }

  private DatasetReader dataset(Manifest manifest) {
    Path in = manifest.in();
    String missing = out + " has no originals in it (--with-originals), and ";
    if (in == null) {
      throw new DatasetException(
          missing + "no sgid-job.json that says where they are: give their data set");
    }
    try {
      // links are safe to follow: what is read must have the hash that the manifest has
      return DatasetReader.of(in, FileVisitOption.FOLLOW_LINKS);
    } catch (DatasetException e) {
      throw new DatasetException(
          missing + "the data set they were in can't be read, give its place: " + e.getMessage(),
          e);
    }
  }

  /** Those that stand beside their copies stay what they are. */
  private void addFromDataset(DatasetReader in, Map<String, Draft> originals) {
    failures.addAll(in.failures());
    for (Source source : in) {
      String name = source.source();
      if (originals.containsKey(name)) {
        continue;
      }
      try {
        String group = groups.get(name);
        if (group == null) { // it has no copy
          group = RgbImage.of(DECODER.decode(source.bytes())).identity();
        }
        originals.put(name, new Draft(name, source.label(), group));
        inDataset.put(name, source);
      } catch (IOException e) {
        failures.add(new Failure(name, Reason.of(e)));
      }
    }
  }

  /** The job's, and behind them what it does not know. */
  private static List<String> classes(Manifest manifest, Map<String, Draft> originals) {
    Set<String> classes = new LinkedHashSet<>(manifest.classes());
    Set<String> others = new TreeSet<>(CodePointOrder.INSTANCE);
    originals.values().forEach(original -> others.add(original.label()));
    classes.addAll(others);
    return List.copyOf(classes);
  }

  @Override
  public BufferedImage read(Sample sample) throws IOException {
    Source source = sample.isCopy() ? null : inDataset.get(sample.original());
    return source == null
        ? DECODER.decode(pictures.read(sample.name()))
        : Originals.decoded(source, sha256.get(sample.original()), "its copies were made");
  }

  @Override
  public String place(Sample sample) {
    Source source = sample.isCopy() ? null : inDataset.get(sample.original());
    return source == null ? out + "/" + sample.name() : source.file().toString();
  }
}
