package dev.sgid.cli;

import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.Balance;
import dev.sgid.dataset.ImageFormat;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.OutputFormat;
import dev.sgid.dataset.WhenRejected;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is made of a data set, and as which files. */
final class JobOptions {
  // picocli puts the real one here
  @Spec(Spec.Target.MIXEE)
  private final CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description =
          "Which one of the splits in IN, like train, is augmented; the pictures are written to"
              + " OUT/NAME. Default: IN holds no splits.")
  private @Nullable String split;

  @Option(
      names = "--follow-links",
      description =
          "Follows links in IN that lead out of it. Default: they are listed as failures; those that"
              + " stay in IN are followed.")
  private boolean followLinks;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = Converters.OfFormat.class,
      description =
          "How the pictures are laid out: folders, one per class; or webdataset, tar shards, of up"
              + " to 10,000 images and 1000 MB or what webdataset:images=N,megabytes=N says."
              + " Default: folders.")
  private @Nullable OutputFormat format;

  @Option(
      names = "--image-format",
      paramLabel = "png|jpeg[:QUALITY]",
      converter = Converters.OfImageFormat.class,
      description =
          "The kind of file that pictures are written as; JPEG's quality is from 1 to 100, 95 where"
              + " none is given. Default: png.")
  private @Nullable ImageFormat imageFormat;

  @Option(
      names = "--copies",
      paramLabel = "N",
      description =
          "How many pictures are made of each image; 0 where only --balance is to make some."
              + " Default: 1.")
  private @Nullable Integer copies;

  @Option(
      names = "--balance",
      paramLabel = "max|N|RATIO",
      converter = Converters.OfBalance.class,
      description =
          "Fills the tail of small classes with more copies of their images: max, up to the images"
              + " and copies of the largest class; a number like 500, up to so many; a ratio like"
              + " 0.5, up to this part of the largest. No class gets fewer than --copies say."
              + " Default: none.")
  private @Nullable Balance balance;

  @Option(
      names = "--captions-from",
      paramLabel = "FILE",
      description =
          "Captions to be taken instead of made: a .csv, or a JSON object a line, with a file_name,"
              + " relative to IN, and a caption. Images that it has none of are captioned. Default:"
              + " none.")
  private @Nullable Path captionsFrom;

  @Option(
      names = "--leakage",
      paramLabel = "VALIDATION",
      description =
          "A folder of images that are kept for validation, at any depth: a data set of which any"
              + " is, or nearly is, among them is refused, and the pairs are listed. Default: none.")
  private @Nullable Path leakage;

  @Option(
      names = "--likeness",
      paramLabel = "L",
      description =
          "From which likeness on two images are nearly the same, 0.9 to 1; with 1 only those of"
              + " the same pixels count. Default: 0.99.")
  private @Nullable Double likeness;

  @Option(
      names = "--keep",
      paramLabel = "all|consistent[:NAME=VALUE,...]",
      converter = Converters.OfKeep.class,
      description =
          "Which copies are fit to train on: all; or those that are consistent, whose cosine to the"
              + " original (consistency) and probability of the label (label_probability) reach"
              + " bounds, and that are no near duplicates (likeness). Bounds that are not given are"
              + " a quantile of how real images of the class score. Default: consistent, with"
              + " quantile=0.05,likeness=0.998.")
  private @Nullable Keep keep;

  @Option(
      names = "--when-rejected",
      paramLabel = "record|drop|retry[:TIMES]",
      converter = Converters.OfWhenRejected.class,
      description =
          "What becomes of copies that are not: they stay, and the manifest says so; they are"
              + " dropped; or they are made again, 4 times or what is said, with other seeds and"
              + " then less noise, and dropped if that does not help. Default: record.")
  private @Nullable WhenRejected whenRejected;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "What a file says of classes: a .csv of label and text, like n02084071,dog, or with a first"
              + " line that names its columns, of label, text, copies, noise_rate, guidance, prompt"
              + " and negative_prompt; or a JSON object a line with these. Default: labels are"
              + " texts, and all classes are treated alike.")
  private @Nullable Path labels;

  @Option(
      names = "--with-originals",
      description = "Puts the originals beside their copies in OUT.")
  private boolean withOriginals;

  /** Whether it was said which copies are kept. */
  boolean hasKeep() {
    return keep != null;
  }

  /** Whether that takes bounds that are measured on the data set. */
  boolean needsCalibration() {
    return keep != null && keep.needsCalibration();
  }

  private void requireAny(int given) {
    if (given == 0 && balance == null) {
      throw new IllegalArgumentException("copies must be at least 1, is 0");
    }
  }

  /** What was given, for a job that is run elsewhere. */
  void apply(AugmentingCommand.Target job) {
    if (split != null || followLinks || leakage != null || likeness != null) {
      String option =
          split != null
              ? "--split"
              : followLinks ? "--follow-links" : leakage != null ? "--leakage" : "--likeness";
      throw new ParameterException(
          spec.commandLine(),
          option
              + " is for one machine: give the split's own folder for IN, and look for duplicates"
              + " and leakage by sgid plan");
    }
    Options.set(spec, "--copies", copies, this::requireAny);
    Options.set(spec, "--copies", copies, job::copies);
    Options.set(spec, "--balance", balance, job::balance);
    Options.set(spec, "--format", format, job::format);
    Options.set(spec, "--image-format", imageFormat, job::imageFormat);
    Options.set(spec, "--keep", keep, job::keep);
    Options.set(spec, "--when-rejected", whenRejected, job::whenRejected);
    Options.set(spec, "--labels", labels, job::labels);
    Options.set(spec, "--captions-from", captionsFrom, job::captions);
    job.originals(withOriginals);
  }

  /** Sets what was given. */
  void apply(AugmentJob.Builder job) {
    job.withOriginals(withOriginals).withFollowLinks(followLinks);
    Options.set(spec, "--copies", copies, this::requireAny);
    Options.set(spec, "--copies", copies, job::withCopies);
    if (leakage != null) {
      job.withValidation(Options.named(spec, "--leakage", leakage));
    }
    Options.set(spec, "--likeness", likeness, job::withLeastLikeness);
    Options.set(spec, "--balance", balance, job::withBalance);
    Options.set(spec, "--split", split, job::withSplit);
    Options.set(spec, "--format", format, job::withFormat);
    Options.set(spec, "--image-format", imageFormat, job::withImageFormat);
    Options.set(spec, "--keep", keep, job::withKeep);
    Options.set(spec, "--when-rejected", whenRejected, job::whenRejected);
    Options.set(spec, "--labels", labels, job::withLabels);
    Options.set(spec, "--captions-from", captionsFrom, job::withCaptions);
  }
}
