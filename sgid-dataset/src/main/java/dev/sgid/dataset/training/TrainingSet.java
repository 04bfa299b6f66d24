package dev.sgid.dataset.training;

import static java.util.Objects.requireNonNull;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.internal.Reason;
import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Originals and their copies, to train a classifier on: from a folder that {@code sgid augment}
 * wrote, or made by an {@link Sgid} when they are first asked for.
 *
 * <pre>{@code
 * Split split = TrainingSet.of(Path.of("out")).split(0.2, 7);
 * for (int epoch = 0; epoch < 20; epoch++) {
 *   List<Sample> order = split.train().epoch(Mix.synthetic(0.5), 7, epoch);
 *   try (Pictures pictures = split.train().pictures(order, 64)) {
 *     …
 *   }
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe. It is not closed; an {@link Sgid} passed in stays its owner's.
 */
public final class TrainingSet {
  private final PictureFiles files;
  private final List<String> classes;
  private final List<Sample> samples;
  private final List<Failure> failures;
  private volatile @Nullable Size size; // of all pictures, once known

  TrainingSet(
      PictureFiles files, List<String> classes, List<Sample> samples, List<Failure> failures) {
    this.files = files;
    this.classes = List.copyOf(classes);
    this.samples = List.copyOf(samples);
    this.failures = List.copyOf(failures);
  }

  /**
   * Reads a folder that {@code sgid augment} or {@link dev.sgid.dataset.AugmentJob} wrote, as
   * folders or as shards. The originals are those in it ({@code --with-originals}), else those of
   * the data set it was made from, which must still lie where {@code sgid-job.json} says. Classes
   * are in the order of that file.
   *
   * @param out of a split its own folder, like {@code out/train}
   * @throws DatasetException if it is none, is not finished, or the originals are not there
   * @throws SgidException if the thread is interrupted
   */
  public static TrainingSet of(Path out) {
    return OutputFolder.read(requireNonNull(out, "out"), null);
  }

  /**
   * Reads a folder as {@link #of(Path)} does, with the originals of a data set, wherever it lies
   * now.
   *
   * @param in what the folder was made from; images of it that have no copy are there, too
   */
  public static TrainingSet of(Path out, DatasetReader in) {
    return OutputFolder.read(requireNonNull(out, "out"), requireNonNull(in, "in"));
  }

  /**
   * A data set as it is, without copies. Each image is decoded once, to know which have the same
   * pixels. Classes are in the order of their names.
   *
   * @throws DatasetException if none of its images can be read
   * @throws SgidException if the thread is interrupted
   */
  public static TrainingSet of(DatasetReader originals) {
    return Originals.look(requireNonNull(originals, "originals")).alone();
  }

  /**
   * A data set with copies that are made when they are first asked for, as the settings of {@code
   * sgid} say, and kept in a folder: an epoch reads what is there and makes what is missing on
   * {@link Sgid#stream}. A kept copy is known by its original's pixels, label and caption, its
   * index, the seed, the settings, the pack's digest and sgid's version, so sets, runs and
   * processes can share a folder. Damaged files are made again. Each image is decoded once, as
   * {@link #of(DatasetReader)} does.
   *
   * <p>Stages and strategies of the caller's own count by no more than their {@code toString}:
   * another one of them needs another folder.
   *
   * @param sgid must stay open as long as pictures are read
   * @param copies of each original, at least 1
   * @param cache made where there is none; all in it may be deleted at any time
   * @throws DatasetException if none of the images can be read
   * @throws SgidException if the thread is interrupted
   */
  public static TrainingSet of(DatasetReader originals, Sgid sgid, int copies, Path cache) {
    requireNonNull(sgid, "sgid");
    requireNonNull(cache, "cache");
    Require.atLeast(1, copies, "copies");
    return MadeCopies.of(
        Originals.look(requireNonNull(originals, "originals")), sgid, copies, cache);
  }

  /** The labels, in the order that numbers them; one may have no sample. */
  public List<String> classes() {
    return classes;
  }

  /** All samples, an original's copies behind it, in an order that is the same each time. */
  public List<Sample> samples() {
    return samples;
  }

  /** What of the data set could not be used, and why: it is not among the samples. */
  public List<Failure> failures() {
    return failures;
  }

  /** This set without any copies. */
  public TrainingSet originals() {
    return where(sample -> !sample.isCopy());
  }

  /** This set without the copies that were found not fit to train on ({@code kept} is false). */
  public TrainingSet keptOnly() {
    return where(sample -> sample.verdict() == null || sample.verdict().kept());
  }

  /**
   * This set with those copies only that are consistent enough. Copies that are made on demand are
   * made now, all of them.
   *
   * @param least cosine of copy and original, in [-1, 1]
   * @throws DatasetException naming a copy that can't be made
   * @throws SgidException if the thread is interrupted, or nothing can be made
   */
  public TrainingSet withConsistencyAtLeast(double least) {
    Require.within(-1, 1, least, "least");
    TrainingSet measured = new TrainingSet(files, classes, files.measured(samples), failures);
    return measured.where(
        sample ->
            !sample.isCopy() || (sample.consistency() != null && sample.consistency() >= least));
  }

  /**
   * This set with its classes numbered otherwise, as a network or a training set has them that it
   * is to be measured with.
   *
   * @param order all labels of the samples, and perhaps others; none twice
   * @throws IllegalArgumentException naming a label that is not among them, or is there twice
   */
  public TrainingSet withClasses(List<String> order) {
    Map<String, Integer> indices = new HashMap<>();
    for (String label : order) {
      if (indices.put(label, indices.size()) != null) {
        throw new IllegalArgumentException("classes must differ, \"" + label + "\" is there twice");
      }
    }
    List<Sample> numbered = new ArrayList<>();
    for (Sample sample : samples) {
      Integer index = indices.get(sample.label());
      if (index == null) {
        throw new IllegalArgumentException(
            sample.name()
                + (" has the label \"" + sample.label() + "\", which is not among the classes ")
                + order);
      }
      numbered.add(sample.withClassIndex(index));
    }
    return new TrainingSet(files, order, numbered, failures);
  }

  /**
   * Holds a part of each class out, at random.
   *
   * @param fraction of the originals to hold out, in (0, 1); of a class at least one, unless it has
   *     one only
   * @param seed the same seed holds the same originals out, whatever the copies are
   * @throws IllegalArgumentException if the fraction is out of range, or nothing can be held out
   */
  public Split split(double fraction, long seed) {
    return without(Splitting.heldOut(samples, fraction, seed));
  }

  /**
   * Splits for cross-validation: each original is held out in one of them. Folds differ by at most
   * one group in size, and so does each class within them.
   *
   * @param k how many, from 2 to the number of originals that differ
   * @param seed the same seed gives the same folds, whatever the copies are
   * @throws IllegalArgumentException if {@code k} is out of range
   */
  public List<Split> folds(int k, long seed) {
    return Splitting.folds(samples, k, seed).stream().map(this::without).toList();
  }

  private Split without(Set<String> groups) {
    return new Split(
        where(sample -> !groups.contains(sample.group())),
        where(sample -> groups.contains(sample.group())));
  }

  private TrainingSet where(Predicate<Sample> wanted) {
    return new TrainingSet(files, classes, samples.stream().filter(wanted).toList(), failures);
  }

  /**
   * The samples of an epoch in the order they are trained on, which depends on this set, the mix,
   * the seed and the epoch only: it is the same on every run and every JDK.
   *
   * @param epoch from 0
   */
  public List<Sample> epoch(Mix mix, long seed, int epoch) {
    Random random = Shuffle.random(seed, Require.atLeast(0, epoch, "epoch"));
    List<Sample> order = mix.of(samples, random);
    Shuffle.shuffle(order, random);
    return List.copyOf(order);
  }

  /**
   * Reads samples ahead of who asks for them.
   *
   * @param order samples of this set
   * @param ahead how many pictures are in memory at most, at least 1
   */
  public Pictures pictures(List<Sample> order, int ahead) {
    return new Pictures(this, List.copyOf(order), Require.atLeast(1, ahead, "ahead"));
  }

  /**
   * Makes copies that are made on demand and are not there yet, on one stream. It reads nothing of
   * what is there, and of a folder there is nothing to make.
   *
   * @param order samples of this set; {@link #samples()} for all
   * @throws DatasetException naming a copy that can't be made
   * @throws SgidException if the thread is interrupted, or nothing can be made any more
   */
  public void makeCopies(List<Sample> order) {
    files.make(List.copyOf(order));
  }

  /**
   * Reads a sample, or makes it where it is not there yet.
   *
   * @return upright, 8-bit sRGB, {@code TYPE_INT_RGB}, of {@link #pictureSize()}
   * @throws DatasetException naming the picture that can't be read, made or has another size
   * @throws SgidException if the thread is interrupted, or nothing can be made any more
   */
  public BufferedImage image(Sample sample) {
    return example(sample, files::read).image();
  }

  Example example(Sample sample, ImageReader reader) {
    BufferedImage image = decoded(sample, reader);
    Size expected = pictureSize();
    Size is = new Size(image.getWidth(), image.getHeight());
    if (!is.equals(expected)) {
      throw new DatasetException(
          files.place(sample)
              + (" is " + is + ", but ")
              + (samples.get(0).name() + " is " + expected)
              + ": pictures must be of one size to be trained on together; scale the data set");
    }
    return new Example(sample, image);
  }

  /**
   * The size of the pictures, which is that of the first.
   *
   * @throws DatasetException if it can't be read, or there is none
   */
  public Size pictureSize() {
    Size known = size;
    if (known == null) {
      if (samples.isEmpty()) {
        throw new DatasetException("The training set has no samples");
      }
      BufferedImage first = decoded(samples.get(0), files::read);
      known = new Size(first.getWidth(), first.getHeight());
      size = known;
    }
    return known;
  }

  private BufferedImage decoded(Sample sample, ImageReader reader) {
    try {
      return reader.read(sample);
    } catch (IOException e) {
      throw new DatasetException(files.place(sample) + " can't be trained on: " + Reason.of(e), e);
    }
  }

  PictureFiles files() {
    return files;
  }

  /** Reads one picture. */
  @FunctionalInterface
  interface ImageReader {
    BufferedImage read(Sample sample) throws IOException;
  }
}
