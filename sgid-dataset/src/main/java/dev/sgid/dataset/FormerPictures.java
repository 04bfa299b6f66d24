package dev.sgid.dataset;

import dev.sgid.dataset.History.Made;
import dev.sgid.dataset.History.PictureId;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
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
    Set<String> sources = new LinkedHashSet<>(); // of the pictures
    history.made().forEach(picture -> sources.add(picture.id().source()));
    history.rejected().forEach(picture -> sources.add(picture.id().source()));
    history.dropped().keySet().forEach(id -> sources.add(id.source()));
    Set<String> removed = new LinkedHashSet<>(sources);
    removed.removeAll(ranks.keySet());
    if (!sources.isEmpty() && removed.size() == sources.size()) {
      throw new DatasetException(
          job.out()
              + " holds pictures of another data set, among them of "
              + removed.iterator().next()
              + ", which is not in "
              + job.in().folder()
              + ": choose another folder, or begin anew (--overwrite)");
    }
    removed.forEach(source -> ranks.put(source, ranks.size()));
    Map<String, Now> now = now(job, sources);
    Set<Made> stale = new LinkedHashSet<>();
    Set<String> changed = new LinkedHashSet<>();
    Map<PictureId, String> names = new HashMap<>();
    for (Made picture : history.made()) {
      Now source = now.get(picture.id().source());
      if (source != null && !source.isOf(picture)) {
        stale.add(picture);
        changed.add(picture.id().source());
      } else {
        names.put(picture.id(), job.format().name(picture.fileName()));
      }
    }
    for (Made picture : List.copyOf(history.rejected())) {
      Now source = now.get(picture.id().source());
      if (source != null && !source.isOf(picture)) {
        history.allow(picture.id()); // what was rejected was a copy of something else
      } else {
        names.put(picture.id(), job.format().name(picture.fileName()));
      }
    }
    history.forgetDropped(
        picture -> { // each by itself: a run that was killed leaves tries of both contents
          Now source = now.get(picture.id().source());
          return source != null && !source.isOf(picture);
        });
    ToIntFunction<String> rank = source -> ranks.getOrDefault(source, Integer.MAX_VALUE);
    return new FormerPictures(
        stale,
        names,
        changed.stream().sorted(Comparator.comparingInt(rank)).toList(),
        List.copyOf(removed),
        rank);
  }

  /**
   * An image as it is now.
   *
   * @param label its class
   * @param sha256 of its file, in hexadecimal
   * @param caption that the data set has of it; null where it is captioned
   */
  private record Now(String label, String sha256, @Nullable String caption) {
    boolean isOf(Made picture) {
      boolean sameCaption =
          caption == null
              || picture.id().copy() == PictureId.ORIGINAL
              || picture.captionHash() == caption.hashCode();
      return sameCaption && picture.label().equals(label) && picture.sourceSha256().equals(sha256);
    }
  }

  /**
   * Images by name, by content: times lie, and reading an image is nothing beside making one.
   *
   * @param sources those looked at; of them those that can't be read are left out
   */
  private static Map<String, Now> now(AugmentJob job, Set<String> sources) {
    Map<String, Now> now = new HashMap<>();
    int done = 0;
    for (Source source : job.in()) {
      if (!sources.contains(source.source())) {
        continue;
      }
      JobRun.stopIfInterrupted();
      try {
        String sha256 = Sha256.hex(source.bytes());
        now.put(source.source(), new Now(source.label(), sha256, job.captions().of(source)));
      } catch (IOException e) {
        LOG.warn("{} can't be read any more, its copies stay: {}", source.file(), Reason.of(e));
      }
      job.listener()
          .progressed(
              JobProgress.of(Phase.CHECKING, sources.size())
                  .withDone(++done)
                  .withCurrent(source.source(), source.label()));
    }
    return now;
  }
}
