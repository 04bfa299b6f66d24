package dev.sgid.dataset;

import static java.util.Objects.requireNonNullElse;

import dev.sgid.Sgid;
import dev.sgid.Size;
import dev.sgid.dataset.Scan.Seen;
import dev.sgid.dataset.internal.duplicate.Duplicates;
import dev.sgid.dataset.internal.duplicate.Fingerprint;
import dev.sgid.dataset.internal.keep.KeepBounds;
import dev.sgid.dataset.internal.out.RealPath;
import dev.sgid.dataset.internal.text.CodePointOrder;
import dev.sgid.dataset.plan.ClassPlan;
import dev.sgid.dataset.plan.DuplicateGroup;
import dev.sgid.dataset.plan.Leak;
import dev.sgid.dataset.plan.Plan;
import dev.sgid.dataset.plan.Sizes;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out what a job will do; writes nothing. */
final class Planner {
  /** Those across classes, those of the same pixels, those most alike; a stable order. */
  private static final Comparator<DuplicateGroup> MOST_TELLING_FIRST =
      Comparator.comparing((DuplicateGroup group) -> !group.isAcrossClasses())
          .thenComparing(group -> !group.exact())
          .thenComparing(Comparator.comparingDouble(DuplicateGroup::likeness).reversed());

  private static final int USUAL_BLOCK = 4096; // bytes

  private final AugmentJob job;
  private final @Nullable Sgid sgid;

  Planner(AugmentJob job, @Nullable Sgid sgid) {
    this.job = job;
    this.sgid = sgid;
  }

  Plan plan() throws IOException {
    Missing missing = missing();
    int toMake = missing.pictures(job.in());
    Scan scan = Scan.of(job.in(), job.in().size(), job.decoder(), job.listener());
    List<Failure> unreadable = new ArrayList<>(job.in().failures());
    unreadable.addAll(scan.failures());
    Leakage validation = job.validation();
    List<Leak> leaks = validation == null ? List.of() : validation.of(scan, job);
    List<Source> readable = scan.seen().stream().map(Seen::source).toList();
    Balance balance = job.copies().balance();
    FileStore disk = job.isForPlan() ? null : Files.getFileStore(existing(job.out()));
    return new Plan(
        job.in().folder(),
        job.isForPlan() ? null : job.out(),
        job.in().format(),
        job.in().size(),
        unreadable,
        sizes(scan),
        classes(scan),
        duplicates(scan),
        leaks,
        balance == null ? null : balance.toString(),
        job.pictures(),
        toMake,
        job.withOriginals(),
        sgid == null || toMake == 0 ? null : new PaceMeter(job, sgid, readable).measure(),
        DiskSpace.estimate(job, missing, disk == null ? USUAL_BLOCK : disk.getBlockSize()),
        disk == null ? null : disk.getUsableSpace(),
        job.warnings());
  }

  /** What former runs have not made, by what they wrote down. */
  private Missing missing() throws IOException {
    Path out = job.out();
    FormerJob former = job.isForPlan() || job.overwrite() ? null : FormerJob.of(out);
    if (former == null) {
      return Missing.of(job, History.none(out));
    }
    if (sgid != null && job.calibration() == null) {
      former.requireSame(
          job,
          JobJson.job(
              job.asked(),
              sgid,
              job.guidance() == null
                  ? sgid.settings()
                  : sgid.settings().withGuidance(job.guidance()),
              former.classes(job.names().classes()),
              requireNonNullElse(former.bounds(job.keep()), KeepBounds.NONE)));
    }
    History history = History.read(out);
    FormerPictures.of(job, history).stale().forEach(picture -> history.remove(picture.id()));
    return Missing.of(job, history);
  }

  /** The folder itself, or the first above it that is there. */
  private static Path existing(Path out) throws IOException {
    Path folder = RealPath.of(out);
    while (!Files.exists(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static @Nullable Sizes sizes(Scan scan) {
    List<Size> sizes = scan.prints().stream().map(Planner::size).toList();
    return sizes.isEmpty() ? null : Sizes.of(sizes);
  }

  private static Size size(Fingerprint print) {
    return new Size(print.width(), print.height());
  }

  private List<DuplicateGroup> duplicates(Scan scan) {
    return new Duplicates(scan.prints(), job.leastLikeness())
        .groups(JobRun::stopIfInterrupted).stream()
            .map(group -> group(scan, group))
            .sorted(MOST_TELLING_FIRST)
            .toList();
  }

  private static DuplicateGroup group(Scan scan, Duplicates.Group group) {
    List<DuplicateGroup.Image> images =
        group.members().stream()
            .map(member -> scan.seen().get(member).source())
            .map(source -> new DuplicateGroup.Image(source.source(), source.label()))
            .toList();
    return new DuplicateGroup(images, group.exact(), group.likeness());
  }

  /** The largest first, those of the same size by name. */
  private List<ClassPlan> classes(Scan scan) {
    Set<String> broken = new HashSet<>();
    scan.failures().forEach(failure -> broken.add(failure.source()));
    Map<String, ClassPlan> classes = new LinkedHashMap<>();
    for (Source source : job.in()) {
      int copies = job.copies().of(source);
      int unreadable = broken.contains(source.source()) ? 1 : 0;
      ClassPlan one = new ClassPlan(source.label(), 1, unreadable, copies, copies, copies);
      classes.merge(source.label(), one, Planner::together);
    }
    return classes.values().stream()
        .sorted(
            Comparator.comparingInt(ClassPlan::images)
                .reversed()
                .thenComparing(ClassPlan::label, CodePointOrder.INSTANCE))
        .toList();
  }

  private static ClassPlan together(ClassPlan a, ClassPlan b) {
    return new ClassPlan(
        a.label(),
        a.images() + b.images(),
        a.unreadable() + b.unreadable(),
        a.copies() + b.copies(),
        Math.min(a.fewestCopies(), b.fewestCopies()),
        Math.max(a.mostCopies(), b.mostCopies()));
  }
}
