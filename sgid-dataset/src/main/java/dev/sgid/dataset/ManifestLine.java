package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.Augmentation;
import dev.sgid.FailedCopy;
import dev.sgid.Fit;
import dev.sgid.GenerationSettings;
import dev.sgid.OutputSize;
import dev.sgid.PackInfo;
import dev.sgid.Size;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code metadata.jsonl}: a picture and what it takes to make it again. The components
 * are the line's fields, in its order, as {@code snake_case}.
 *
 * <p>An original that stands beside its copies has the first six only. What an older version of
 * sgid did not write is null as well; fields that this one doesn't know are passed over. Immutable.
 *
 * @param fileName the picture, relative to the folder of the manifest, with {@code /}; one in a tar
 *     shard has the shard's name for its first folder
 * @param label the class, as the data set has it
 * @param source the original, relative to the data set, with {@code /}
 * @param sourceSha256 SHA-256 of the original's file, in hexadecimal
 * @param group SHA-256 of the original's size and pixels, in hexadecimal: what has the same must
 *     not be parted into training and validation
 * @param fileSha256 SHA-256 of the picture's own file, in hexadecimal
 * @param copy index of the copy, from 0; null for an original, as all that follows
 * @param labelText the label as it stands in prompts
 * @param caption the caption chosen; empty without a captioner
 * @param captionDegenerate whether the caption repeats itself; no candidate was better then
 * @param prompt what the model was asked for
 * @param promptCut what of it the text encoder's length cut off; empty for nothing
 * @param negativePrompt what the picture shall not show; empty for none
 * @param similarity cosine of caption, or of the label where that is blank, and original, in [-1,
 *     1]
 * @param guidanceScale w, at least 0
 * @param noiseRate fraction of the noising schedule that was asked for, in (0, 1]
 * @param noiseRateRun the fraction that was run, in whole steps: diffusers' {@code strength}
 * @param steps length of the whole schedule
 * @param scheduler diffusers' class name
 * @param schedulerOptions what its constructor was given beside the model's configuration
 * @param eta DDIM's η, in [0, 1]
 * @param timestepSpacing which timesteps were taken, as diffusers names it
 * @param size the size generated, in pixels
 * @param fit how the original was made to fit it
 * @param outputSize {@code original} or {@code generated}
 * @param seed of torch's CPU generator, in [0, 2^32)
 * @param consistency cosine of copy and original, in [-1, 1]
 * @param reproducible whether all this alone decides the picture
 * @param domainDistance how far the original is from what the pack was trained on; null where the
 *     pack doesn't say
 * @param others what stands in for parts of the pack, by part in lower case: {@code none}, {@code
 *     own} for one written in Java, or a folder's name with {@code /}; null where all are its own
 * @param verdict what was found of the copy; its components are fields of the line, too
 */
public record ManifestLine(
    String fileName,
    String label,
    String source,
    String sourceSha256,
    @Nullable String group,
    @Nullable String fileSha256,
    @Nullable Integer copy,
    @Nullable String labelText,
    @Nullable String caption,
    @Nullable Boolean captionDegenerate,
    @Nullable String prompt,
    @Nullable String promptCut,
    @Nullable String negativePrompt,
    @Nullable Double similarity,
    @Nullable Double guidanceScale,
    @Nullable Double noiseRate,
    @Nullable Double noiseRateRun,
    @Nullable Integer steps,
    @Nullable String scheduler,
    @Nullable Map<String, Object> schedulerOptions,
    @Nullable Double eta,
    @Nullable String timestepSpacing,
    @Nullable Size size,
    @Nullable Fit fit,
    @Nullable OutputSize outputSize,
    @Nullable Long seed,
    @Nullable Double consistency,
    @Nullable Boolean reproducible,
    @Nullable Double domainDistance,
    @Nullable Map<String, String> others,
    @Nullable Verdict verdict) {
  public ManifestLine {
    requireNonNull(fileName, "fileName");
    requireNonNull(label, "label");
    requireNonNull(source, "source");
    requireNonNull(sourceSha256, "sourceSha256");
    schedulerOptions =
        schedulerOptions == null
            ? null
            : Collections.unmodifiableMap(new LinkedHashMap<>(schedulerOptions));
    others = others == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(others));
  }

  /** Whether this is an original that stands beside its copies. */
  public boolean isOriginal() {
    return copy == null;
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it is no line of a manifest, saying why
   */
  public static ManifestLine parse(String json) {
    return ManifestJson.parse(json);
  }

  /** The line, without its end. */
  public String toJson() {
    return ManifestJson.text(this);
  }

  /** This line with the image elsewhere, relative to the folder of the manifest, with {@code /}. */
  public ManifestLine withFileName(String value) {
    return with(value, fileSha256, copy, verdict);
  }

  /**
   * This line with the image's file known.
   *
   * @param value SHA-256 of the file, in hexadecimal
   */
  public ManifestLine withFileSha256(String value) {
    return with(fileName, value, copy, verdict);
  }

  /** This line with what was found of the copy, which may be a try of another. */
  ManifestLine withVerdict(int ofCopy, @Nullable Verdict value) {
    return with(fileName, fileSha256, ofCopy, value);
  }

  private ManifestLine with(
      String newFileName,
      @Nullable String newFileSha256,
      @Nullable Integer newCopy,
      @Nullable Verdict newVerdict) {
    return new ManifestLine(
        newFileName,
        label,
        source,
        sourceSha256,
        group,
        newFileSha256,
        newCopy,
        labelText,
        caption,
        captionDegenerate,
        prompt,
        promptCut,
        negativePrompt,
        similarity,
        guidanceScale,
        noiseRate,
        noiseRateRun,
        steps,
        scheduler,
        schedulerOptions,
        eta,
        timestepSpacing,
        size,
        fit,
        outputSize,
        seed,
        consistency,
        reproducible,
        domainDistance,
        others,
        newVerdict);
  }

  /**
   * The line of an original.
   *
   * @param fileName where it stands
   * @param original which it is
   * @param sha256 of its file
   * @param identity of its pixels
   */
  static ManifestLine original(String fileName, Source original, String sha256, String identity) {
    return unmade(fileName, original, sha256, identity, null, null, null, null);
  }

  /**
   * The line of a copy, without its file's hash and verdict.
   *
   * @param fileName where it stands, relative to the folder of the manifest, with {@code /}
   * @param original what it is a copy of
   * @param sha256 of the original's file
   * @param copy the picture
   */
  public static ManifestLine copy(
      String fileName, Source original, String sha256, Augmentation copy) {
    GenerationSettings generation = copy.settings().generation();
    return new ManifestLine(
        fileName,
        original.label(),
        original.source(),
        sha256,
        copy.identity(),
        null,
        copy.copy(),
        copy.label(),
        copy.caption(),
        copy.hasDegenerateCaption(),
        copy.prompt(),
        copy.cutText(),
        generation.negativePrompt(),
        copy.similarity(),
        copy.guidanceScale(),
        generation.noiseRate(),
        copy.noiseRate(),
        copy.steps(),
        generation.scheduler().name(),
        generation.scheduler().options(),
        generation.scheduler().eta(),
        copy.picture().timestepSpacing().toString(),
        copy.size(),
        copy.fit(),
        generation.outputSize(),
        copy.seed(),
        copy.consistency(),
        copy.picture().reproducible(),
        copy.domainDistance().isPresent() ? copy.domainDistance().getAsDouble() : null,
        others(copy.pack()),
        null);
  }

  /**
   * The line of a copy that was made and that nobody gets to see.
   *
   * @param fileName where it would stand
   * @param sha256 of the original's file
   * @param identity of the original's pixels
   * @param caption the data set's own; null for none
   * @param verdict why not
   */
  static ManifestLine flagged(
      String fileName,
      Source original,
      String sha256,
      String identity,
      FailedCopy copy,
      @Nullable String caption,
      Verdict verdict) {
    return unmade(
        fileName, original, sha256, identity, copy.copy(), copy.label(), caption, verdict);
  }

  /** The line of what has no picture that was made; null where it is of an original. */
  private static ManifestLine unmade(
      String fileName,
      Source original,
      String sha256,
      String identity,
      @Nullable Integer copy,
      @Nullable String labelText,
      @Nullable String caption,
      @Nullable Verdict verdict) {
    return new ManifestLine(
        fileName,
        original.label(),
        original.source(),
        sha256,
        identity,
        null,
        copy,
        labelText,
        caption,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        verdict);
  }

  private static @Nullable Map<String, String> others(PackInfo pack) {
    Map<String, String> others = new LinkedHashMap<>();
    pack.others().forEach((part, other) -> others.put(part.name().toLowerCase(Locale.ROOT), other));
    return others.isEmpty() ? null : others;
  }
}
