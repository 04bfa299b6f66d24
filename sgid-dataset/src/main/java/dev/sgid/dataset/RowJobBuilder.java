package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.CopyCounts.Share;
import dev.sgid.dataset.JobJson.Asked;
import dev.sgid.dataset.RowJobDraft.OfClass;
import dev.sgid.dataset.internal.text.CodePointOrder;
import dev.sgid.internal.Require;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Settings for a {@link RowJob}. Each is checked when given. Not thread-safe. */
public final class RowJobBuilder {
  private String in = "";
  private String reader = "rows";
  private String out = "";
  private String writer = "rows";
  private int copies = 1;
  private @Nullable Balance balance;
  private boolean withOriginals;
  private @Nullable Path labels;
  private Captions captions = Captions.NONE;
  private @Nullable CalibratedGuidance guidance;
  private ImageFormat imageFormat = ImageFormat.png();
  private Keep keep = Keep.consistent();
  private WhenRejected whenRejected = WhenRejected.record();

  RowJobBuilder() {}

  /**
   * Where the data set lies, and what it is taken for, as the job file tells it. Default: nowhere,
   * and {@code rows}.
   */
  public RowJobBuilder withIn(String place, String kind) {
    this.in = requireNonNull(place, "place");
    this.reader = requireNonNull(kind, "kind");
    return this;
  }

  /** Where the pictures go, and how they are laid out. Default: nowhere, and {@code rows}. */
  public RowJobBuilder withOut(String place, String format) {
    this.out = requireNonNull(place, "place");
    this.writer = requireNonNull(format, "format");
    return this;
  }

  /** As {@link AugmentJob.Builder#withCopies}. */
  public RowJobBuilder withCopies(int ofEach) {
    this.copies = Require.atLeast(0, ofEach, "copies");
    return this;
  }

  /** As {@link AugmentJob.Builder#withBalance}. */
  public RowJobBuilder withBalance(@Nullable Balance leastOfClass) {
    this.balance = leastOfClass;
    return this;
  }

  /** As {@link AugmentJob.Builder#withOriginals}. */
  public RowJobBuilder withOriginals(boolean originals) {
    this.withOriginals = originals;
    return this;
  }

  /** As {@link AugmentJob.Builder#withLabels}; null for none. */
  public RowJobBuilder withLabels(@Nullable Path file) {
    this.labels = file;
    return this;
  }

  /**
   * As {@link AugmentJob.Builder#withCaptions}; null for none. The job file has its hash, {@link
   * #captions()} what it says.
   *
   * @throws DatasetException if it can't be read
   */
  public RowJobBuilder withCaptions(@Nullable Path file) {
    this.captions = file == null ? Captions.NONE : Captions.read(file);
    return this;
  }

  /** Captions by the image's name, for the images that are given to the job. */
  public Map<String, String> captions() {
    return captions.byImage();
  }

  /** As {@link AugmentJob.Builder#withGuidance(CalibratedGuidance)}; null for a fixed one. */
  public RowJobBuilder withGuidance(@Nullable CalibratedGuidance calibrated) {
    this.guidance = calibrated;
    return this;
  }

  /** As {@link AugmentJob.Builder#withImageFormat}. */
  public RowJobBuilder withImageFormat(ImageFormat kind) {
    this.imageFormat = requireNonNull(kind, "kind");
    return this;
  }

  /** As {@link AugmentJob.Builder#withKeep}. */
  public RowJobBuilder withKeep(Keep kept) {
    this.keep = requireNonNull(kept, "kept");
    return this;
  }

  /** As {@link AugmentJob.Builder#whenRejected}. */
  public RowJobBuilder whenRejected(WhenRejected policy) {
    this.whenRejected = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * The job for a data set.
   *
   * @param images how many each class has
   * @throws DatasetException if there are none, or the file of labels can't be used
   * @throws IllegalArgumentException if nothing is to be made, or too many copies to make them
   *     again
   */
  public RowJobDraft build(Map<String, Long> images) {
    Map<String, Long> sizes = new TreeMap<>(CodePointOrder.INSTANCE);
    sizes.putAll(images);
    if (sizes.isEmpty()) {
      throw new DatasetException("There are no images with a label in " + in);
    }
    Labels of = labels == null ? Labels.NONE : Labels.read(labels, sizes.keySet(), in);
    ToIntFunction<String> each = label -> of.copies(label, copies);
    Map<String, Share> shares = CopyCounts.shares(sizes, each, balance);
    Map<String, OfClass> classes = new LinkedHashMap<>();
    sizes.forEach(
        (label, size) -> {
          Share share = requireNonNull(shares.get(label));
          classes.put(label, new OfClass(size, share.copies(), share.rest()));
        });
    Asked asked =
        new Asked(
            in,
            reader,
            writer,
            imageFormat,
            copies,
            balance,
            withOriginals,
            of,
            captions.sha256(),
            keep,
            whenRejected,
            guidance);
    RowJobDraft draft =
        new RowJobDraft(JobJson.asked(asked, List.copyOf(sizes.keySet())), out, classes);
    if (draft.pictures() == 0) {
      throw new IllegalArgumentException(
          "With 0 copies of all classes there is nothing to make of " + in);
    }
    whenRejected.requireRoom(draft.mostCopies());
    return draft;
  }
}
