package dev.sgid.dataset;

import dev.sgid.dataset.History.Made;
import dev.sgid.dataset.History.PictureId;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What former runs made, held against the data set as it is now.
 *
 * @param stale pictures of images that have changed since
 * @param names of the pictures that stay, as {@link OutputNames} gave them
 * @param changed the images that have changed, in the data set's order
 * @param removed images that are in the data set no more
 * @param rank where an image stands: in the data set's order, those removed behind all others
 */
record FormerPictures(
    Set<Made> stale,
    Map<PictureId, String> names,
    List<String> changed,
    List<String> removed,
    ToIntFunction<String> rank) {
  private static final Logger LOG = LoggerFactory.getLogger(FormerPictures.class);

  static final FormerPictures NONE =
      new FormerPictures(Set.of(), Map.of(), List.of(), List.of(), source -> 0);

  /**
   * Compares.
   *
   * @throws DatasetException if the pictures are of another data set
   */
  static FormerPictures of(AugmentJob job, History history) {
    Map<String, Integer> ranks = new HashMap<>();
    job.in().forEach(source -> ranks.put(source.source(), ranks.size()));
    history.retainFailures(ranks.keySet());
    Map<String, Made> one = new HashMap<>(); // picture of each source
    Set<String> removed = new LinkedHashSet<>();
    for (Made picture : history.made()) {
      String source = picture.id().source();
      one.put(source, picture);
      if (!ranks.containsKey(source)) {
        removed.add(source);
      }
    }
    if (!one.isEmpty() && removed.size() == one.size()) {
      throw new DatasetException(
          job.out()
              + " holds pictures of another data set, among them of "
              + removed.iterator().next()
              + ", which is not in "
              + job.in().folder()
              + ": choose another folder, or begin anew (--overwrite)");
    }
    removed.forEach(source -> ranks.put(source, ranks.size()));
    List<String> changed = changed(job, one);
    Set<String> isChanged = new HashSet<>(changed);
    Set<Made> stale = new LinkedHashSet<>();
    Map<PictureId, String> names = new HashMap<>();
    for (Made picture : history.made()) {
      if (isChanged.contains(picture.id().source())) {
        stale.add(picture);
      } else {
        names.put(picture.id(), name(picture.fileName()));
      }
    }
    return new FormerPictures(
        stale,
        names,
        changed,
        List.copyOf(removed),
        source -> ranks.getOrDefault(source, Integer.MAX_VALUE));
  }

  /** Without the shard. */
  private static String name(String fileName) {
    int slash = fileName.indexOf('/');
    return WebDatasetFormat.isShard(fileName.substring(0, Math.max(0, slash)))
        ? fileName.substring(slash + 1)
        : fileName;
  }

  private static List<String> changed(AugmentJob job, Map<String, Made> one) {
    List<String> changed = new ArrayList<>();
    int done = 0;
    for (Source source : job.in()) {
      Made picture = one.get(source.source());
      if (picture == null) {
        continue;
      }
      JobRun.stopIfInterrupted();
      if (!picture.label().equals(source.label()) || hasChanged(source, picture)) {
        changed.add(source.source());
      }
      job.listener()
          .progressed(new JobProgress(Phase.CHECKING, one.size(), ++done, 0, 0, source.source()));
    }
    return changed;
  }

  /** By content: times lie, and reading an image is nothing beside making one. */
  private static boolean hasChanged(Source source, Made picture) {
    try {
      return !Sha256.hex(ImageDecoder.bytes(source.file())).equals(picture.sourceSha256());
    } catch (IOException e) {
      LOG.warn("{} can't be read any more, its copies stay: {}", source.file(), Reason.of(e));
      return false;
    }
  }
}
