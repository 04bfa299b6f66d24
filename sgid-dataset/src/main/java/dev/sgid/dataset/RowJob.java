package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.CopiesOfImage.Making;
import dev.sgid.dataset.JobJson.Asked;
import dev.sgid.dataset.internal.keep.BoundsOfImages;
import dev.sgid.dataset.internal.keep.ClassProbabilities;
import dev.sgid.dataset.internal.keep.Judge;
import dev.sgid.dataset.internal.keep.KeepBounds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@link AugmentJob} does with each image, for an engine that has the images elsewhere and
 * writes the pictures itself: the same pictures, lines and names, wherever and in whichever order
 * images are worked on. {@code sgid-spark} runs it.
 *
 * <p>The engine asks for a job with {@link RowJobBuilder}, has one machine complete it with {@link
 * #measured}, and opens what comes of it, the text of a {@code sgid-job.json}, on each.
 *
 * <p>Immutable and thread-safe.
 */
public final class RowJob {
  private final Sgid sgid;
  private final Asked asked;
  private final RowNames names;
  private final int mostCopies;
  private final @Nullable Settings settings; // null for the Sgid's
  private final Judge judge;

  private RowJob(Sgid sgid, Asked asked, RowNames names, int mostCopies, JsonObject job) {
    this.sgid = sgid;
    this.asked = asked;
    this.names = names;
    this.mostCopies = mostCopies;
    this.settings =
        asked.guidance() == null
            ? null
            : sgid.settings()
                .withGuidance(
                    GuidanceSchedule.parse(
                        job.getAsJsonObject("settings").get("guidance").getAsString()));
    this.judge =
        new Judge(
            asked.keep(),
            KeepBounds.of(job.getAsJsonObject(JobJson.KEEP_BOUNDS)),
            new ClassProbabilities(sgid, classes(job), asked.labels()::text),
            sgid);
  }

  /** How many images {@link #measured} looks at, at most: evenly spread over the data set. */
  public static final int MOST_MEASURED = 512;

  /** Asks for a job. */
  public static RowJobBuilder builder() {
    return new RowJobBuilder();
  }

  /**
   * Completes a job: what it needs to know of the data set and the models is measured, or taken
   * over from the job that is gone on with.
   *
   * @param sgid with all its settings; stays open
   * @param draft what {@link RowJobBuilder#build} gave
   * @param former the {@code sgid-job.json} that is gone on with; null for none
   * @param sample up to {@value #MOST_MEASURED} images
   * @return the text of a {@code sgid-job.json}
   * @throws DatasetException if the former job would have made other pictures
   * @throws SgidException if a model fails, or the thread is interrupted
   */
  public static String measured(
      Sgid sgid, RowJobDraft draft, @Nullable String former, Collection<RowImage> sample) {
    JsonObject json = object(draft.job());
    Asked asked = JobJson.asked(json);
    FormerJob begun = former == null ? null : FormerJob.parse(former);
    List<String> classes = begun == null ? classes(json) : begun.classes(classes(json));
    ImageDecoder decoder = new ImageDecoder();
    Map<String, RowImage> images = new HashMap<>();
    List<Source> sources = new ArrayList<>();
    for (RowImage image : sample) {
      images.put(image.source(), image);
      sources.add(image.toSource());
    }
    Requests.Images read =
        source ->
            LoadedImage.read(
                source, requireNonNull(images.get(source.source())).content(), decoder);
    Settings settings = sgid.settings();
    if (asked.guidance() != null) {
      String found = begun == null ? null : begun.calibrated(asked.guidance().toString());
      settings =
          settings.withGuidance(
              found == null
                  ? asked
                      .guidance()
                      .schedule(
                          new Calibration(read, Source::caption, sgid, JobListener.NONE)
                              .similarities(sources))
                  : GuidanceSchedule.parse(found));
    }
    KeepBounds bounds = begun == null ? null : begun.bounds(asked.keep());
    if (begun != null) { // nothing is measured for what is refused
      begun.requireSame(
          draft.out(),
          JobJson.job(asked, sgid, settings, classes, requireNonNullElse(bounds, KeepBounds.NONE)),
          draft.covers(begun));
    }
    if (bounds == null) {
      bounds =
          new BoundsOfImages(
                  asked.keep(), new ClassProbabilities(sgid, classes, asked.labels()::text))
              .bounds(sources, source -> read.read(source).image(), sgid, JobListener.NONE);
    }
    return JobJson.job(asked, sgid, settings, classes, bounds);
  }

  /**
   * Takes a job up.
   *
   * @param sgid as it was when the job was measured, but for its threads; stays open
   * @param job the text of a {@code sgid-job.json}, as {@link #measured} gave it
   * @param mostCopies the most that are made of any image
   * @throws SgidException if a model fails, or the thread is interrupted
   */
  public static RowJob open(Sgid sgid, String job, int mostCopies) {
    JsonObject json = object(job);
    return new RowJob(
        requireNonNull(sgid, "sgid"),
        JobJson.asked(json),
        new RowNames(classes(json)),
        mostCopies,
        json);
  }

  private static JsonObject object(String job) {
    return JsonParser.parseString(job).getAsJsonObject();
  }

  private static List<String> classes(JsonObject job) {
    JsonArray classes = job.getAsJsonArray("classes");
    return classes.asList().stream().map(label -> label.getAsString()).toList();
  }

  /**
   * Makes copies of images as they come. What goes wrong with an image is a {@link
   * RowPicture#failure()}, and the others go on.
   *
   * @param images read by one thread at a time, not the caller's, a little ahead of what is handed
   *     out
   * @return to be pulled by one thread, and closed
   */
  public RowPictures pictures(Iterator<RowImage> images) {
    return new RowPictures(this, images);
  }

  Sgid sgid() {
    return sgid;
  }

  Judge judge() {
    return judge;
  }

  Labels labels() {
    return asked.labels();
  }

  boolean withOriginals() {
    return asked.withOriginals();
  }

  Making making() {
    return new Making(
        asked.whenRejected(), asked.imageFormat(), new ImageDecoder(), asked.labels());
  }

  /** The settings of a class; null for the Sgid's. */
  @Nullable Settings settings(String label) {
    return asked.labels().settings(label, settings, sgid.settings());
  }

  /** Names of an image's pictures, and of those that may get names alike. */
  OutputNames names(RowImage image) {
    List<String> alike =
        image.alike().isEmpty() ? List.of(image.source()) : List.copyOf(image.alike());
    return new OutputNames(
        alike.stream()
            .map(source -> RowImage.named(source, image.label(), image.caption()))
            .toList(),
        names.folders(),
        source -> mostCopies,
        mostCopies,
        asked.withOriginals(),
        asked.imageFormat().extension());
  }
}
