package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

import dev.sgid.GuidanceSchedule;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.ImageDecoder;
import dev.sgid.dataset.JobListener;
import dev.sgid.internal.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Tries noise rates and guidance on a sample of a data set. Begins with {@link #of}; the {@code
 * with…} methods give changed copies.
 *
 * <p>The sample is spread evenly over the classes. The copies of an image begin with the same noise
 * at all settings, so that nothing but these differs; each image is captioned once. Nothing is
 * written. Immutable and thread-safe.
 *
 * @param in the data set
 * @param texts of labels that are ids, by label; others are texts themselves
 * @param sample how many images at most, at least 1
 * @param copies how many of each at each setting, at least 2, so that they can differ
 * @param noiseRates each in (0, 1]; none for {@link #NOISE_RATES} and that of the {@link Sgid}
 * @param guidance none for {@link #GUIDANCE_SCALES} and that of the {@link Sgid}
 * @param leastAgreement the bound, in [0, 1]; empty for the originals' own agreement less {@value
 *     #MARGIN}
 * @param listener hears how far it is
 * @param decoder of the images
 */
public record Tuner(
    DatasetReader in,
    Map<String, String> texts,
    int sample,
    int copies,
    List<Double> noiseRates,
    List<GuidanceSchedule> guidance,
    OptionalDouble leastAgreement,
    JobListener listener,
    ImageDecoder decoder) {
  /** The noise rates that are tried where nothing else is said, beside the settings' own. */
  public static final List<Double> NOISE_RATES = List.of(0.3, 0.5, 0.7, 0.9);

  /** The guidance scales that are tried where nothing else is said, beside the settings' own. */
  public static final List<Double> GUIDANCE_SCALES = List.of(1.0, 3.0, 5.0, 7.5, 10.0);

  /** How many images are tried where nothing else is said. */
  public static final int DEFAULT_SAMPLE = 64;

  /** How many copies of each at each setting where nothing else is said. */
  public static final int DEFAULT_COPIES = 2;

  /** How far agreement may fall below that of the originals where nothing else is said. */
  public static final double MARGIN = 0.05;

  public Tuner {
    requireNonNull(in, "in");
    texts = Map.copyOf(texts);
    Require.atLeast(1, sample, "sample");
    Require.atLeast(2, copies, "copies");
    noiseRates = List.copyOf(noiseRates);
    guidance = List.copyOf(guidance);
    if (leastAgreement.isPresent()) {
      Require.within(0, 1, leastAgreement.getAsDouble(), "leastAgreement");
    }
    requireNonNull(listener, "listener");
    requireNonNull(decoder, "decoder");
  }

  /** Nothing special. */
  public static Tuner of(DatasetReader in) {
    return new Tuner(
        in,
        Map.of(),
        DEFAULT_SAMPLE,
        DEFAULT_COPIES,
        List.of(),
        List.of(),
        OptionalDouble.empty(),
        JobListener.NONE,
        new ImageDecoder());
  }

  /** This with texts for labels that are ids, see {@link DatasetReader#labelTexts}. */
  public Tuner withTexts(Map<String, String> value) {
    return new Tuner(
        in, value, sample, copies, noiseRates, guidance, leastAgreement, listener, decoder);
  }

  /** This with so many images at most, at least 1. */
  public Tuner withSample(int value) {
    return new Tuner(
        in, texts, value, copies, noiseRates, guidance, leastAgreement, listener, decoder);
  }

  /** This with so many copies of each image at each setting, at least 2. */
  public Tuner withCopies(int value) {
    return new Tuner(
        in, texts, sample, value, noiseRates, guidance, leastAgreement, listener, decoder);
  }

  /** This with these noise rates, each in (0, 1], and no others. */
  public Tuner withNoiseRates(List<Double> value) {
    return new Tuner(in, texts, sample, copies, value, guidance, leastAgreement, listener, decoder);
  }

  /** This with these guidance schedules and no others. */
  public Tuner withGuidance(List<GuidanceSchedule> value) {
    return new Tuner(
        in, texts, sample, copies, noiseRates, value, leastAgreement, listener, decoder);
  }

  /** This with another bound for the agreement, in [0, 1]. */
  public Tuner withLeastAgreement(double value) {
    return new Tuner(
        in,
        texts,
        sample,
        copies,
        noiseRates,
        guidance,
        OptionalDouble.of(value),
        listener,
        decoder);
  }

  /** This with somebody who hears how far it is. */
  public Tuner withListener(JobListener value) {
    return new Tuner(
        in, texts, sample, copies, noiseRates, guidance, leastAgreement, value, decoder);
  }

  /** This with another decoder, as for larger images. */
  public Tuner withDecoder(ImageDecoder value) {
    return new Tuner(
        in, texts, sample, copies, noiseRates, guidance, leastAgreement, listener, value);
  }

  /**
   * Makes copies at all settings, measures them, and chooses.
   *
   * @param sgid makes and measures; all other settings are its own
   * @throws IllegalArgumentException if a setting is out of range, or leaves no step to run
   * @throws DatasetException if there are not two classes to tell apart, or none of the images can
   *     be used
   * @throws SgidException if nothing works, or the thread is interrupted
   */
  public Tuning tune(Sgid sgid) {
    return new TuningRun(this, sgid, grid(sgid.settings())).run();
  }

  /** Row by row: a noise rate with each guidance. */
  private List<Settings> grid(Settings own) {
    List<Double> rates = noiseRates;
    if (rates.isEmpty()) {
      TreeSet<Double> all = new TreeSet<>(NOISE_RATES);
      all.add(own.generation().noiseRate());
      rates = List.copyOf(all);
    }
    List<GuidanceSchedule> schedules = guidance;
    if (schedules.isEmpty()) {
      schedules =
          Stream.concat(
                  GUIDANCE_SCALES.stream().map(GuidanceSchedule::constant),
                  Stream.of(own.guidance()))
              .distinct()
              .toList();
    }
    List<Settings> grid = new ArrayList<>();
    for (double rate : rates) {
      for (GuidanceSchedule schedule : schedules) {
        grid.add(own.withGeneration(g -> g.withNoiseRate(rate)).withGuidance(schedule));
      }
    }
    return grid;
  }
}
