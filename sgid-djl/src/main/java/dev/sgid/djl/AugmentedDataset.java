package dev.sgid.djl;

import static java.util.Objects.requireNonNull;

import ai.djl.modality.cv.BufferedImageFactory;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.training.dataset.Sampler;
import ai.djl.translate.TranslateException;
import ai.djl.util.Progress;
import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.Sample;
import dev.sgid.dataset.training.TrainingSet;
import dev.sgid.internal.Require;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Originals and their copies as a data set of DJL.
 *
 * <pre>{@code
 * Split split = TrainingSet.of(Path.of("out")).split(0.2, 7);
 * AugmentedDataset train =
 *     AugmentedDataset.builder(split.train())
 *         .optMix(Mix.synthetic(0.5))
 *         .optSeed(7)
 *         .setSampling(32, true)
 *         .addTransform(new ToTensor())
 *         .build();
 * AugmentedDataset validation =
 *     AugmentedDataset.builder(split.validation())
 *         .setSampling(32, false)
 *         .addTransform(new ToTensor())
 *         .build();
 * EasyTrain.fit(trainer, 20, train, validation);
 * }</pre>
 *
 * <p>A record's data is the picture, (H, W, 3) and uint8 until a transform makes something else of
 * it, as of DJL's own image folders; its label is the number of the class, a scalar and int64.
 * Arrays belong to the manager that is passed in: a batch's are freed as the batch is closed.
 *
 * <p>Each call of {@code getData} is the next epoch, the first that of number 0. Which pictures it
 * has, and in which order, depends on training set, mix, seed and the epoch's number only, whatever
 * else is drawn from DJL's random numbers and however many threads fetch. DJL's own {@code
 * RandomSampler} draws from a generator that the whole JVM shares, and so does a transform like
 * {@code RandomFlipLeftRight}: {@code Engine.setRandomSeed} sets it.
 *
 * <p>It can't be split by DJL, which would part copies from their originals: {@link
 * TrainingSet#split} and {@link TrainingSet#folds} do that.
 *
 * <p>Thread-safe as far as DJL asks for it: several threads may fetch.
 */
public final class AugmentedDataset extends RandomAccessDataset {
  // not ImageFactory.getInstance(): with OpenCV on the class path that takes no BufferedImage
  private static final ImageFactory IMAGES = new BufferedImageFactory();

  private final TrainingSet set;
  private final Mix mix;
  private final long seed;
  private final Image.Flag flag;
  private final Map<Sample, Integer> indices; // of all samples
  private final long epochLength;
  private final AtomicInteger epochs = new AtomicInteger();

  private AugmentedDataset(Builder builder) {
    super(builder);
    set = builder.set;
    mix = builder.mix;
    seed = builder.seed;
    flag = builder.flag;
    List<Sample> samples = set.samples();
    indices =
        IntStream.range(0, samples.size()).boxed().collect(Collectors.toMap(samples::get, i -> i));
    epochLength = set.epoch(mix, seed, 0).size();
  }

  /** Begins with what is to be trained on or measured with. */
  public static Builder builder(TrainingSet set) {
    return new Builder(set);
  }

  /** What the numbers that are labels stand for, in their order: DJL's synset. */
  public List<String> getClasses() {
    return set.classes();
  }

  /**
   * A picture.
   *
   * @param index in {@link TrainingSet#samples()}, as {@link Batch#getIndices()} has it
   * @throws IndexOutOfBoundsException if there is no such sample
   * @throws DatasetException naming the picture that can't be read or made
   * @throws SgidException if the thread is interrupted, or nothing can be made any more
   */
  @Override
  public Record get(NDManager manager, long index) {
    Sample sample = sample(index);
    Image image = IMAGES.fromImage(set.image(sample));
    return new Record(
        new NDList(image.toNDArray(manager, flag)),
        new NDList(manager.create((long) sample.classIndex())));
  }

  /** Does nothing: a training set is ready, and its copies are made epoch by epoch. */
  @Override
  public void prepare(@Nullable Progress progress) {}

  @Override
  protected long availableSize() {
    return epochLength;
  }

  /**
   * An epoch in the order of a sampler. Copies that it needs, are made on demand and are not there
   * yet, are made before this returns.
   *
   * @param positions is asked for positions below {@link #size()}: of samples or, where copies take
   *     the places of originals, of originals
   * @param executor decodes batches ahead; null for none
   * @throws DatasetException naming a copy that can't be made
   * @throws SgidException if the thread is interrupted, or nothing can be made any more
   */
  @Override
  public Iterable<Batch> getData(
      NDManager manager, Sampler positions, @Nullable ExecutorService executor)
      throws IOException, TranslateException {
    long[] epoch = epoch(epochs.getAndIncrement(), positions instanceof ShuffledSampler);
    set.makeCopies(Arrays.stream(epoch).mapToObj(this::sample).toList());
    return super.getData(manager, new EpochSampler(positions, epoch), executor);
  }

  /** The indices of an epoch's samples, in an order by chance or in their own. */
  private long[] epoch(int number, boolean shuffled) {
    long[] order =
        set.epoch(mix, seed, number).stream()
            .mapToLong(sample -> requireNonNull(indices.get(sample)))
            .toArray();
    long[] sorted = Arrays.stream(order).sorted().limit(limit).toArray();
    long last = sorted[sorted.length - 1]; // the limit is of the set, not of each epoch's order
    return shuffled ? Arrays.stream(order).filter(index -> index <= last).toArray() : sorted;
  }

  private Sample sample(long index) {
    return set.samples().get(Math.toIntExact(index));
  }

  /**
   * Refused.
   *
   * @throws UnsupportedOperationException always: originals and their copies would be parted
   */
  @Override
  public RandomAccessDataset[] randomSplit(int... ratio) {
    throw parted("randomSplit");
  }

  @Override
  protected RandomAccessDataset newSubDataset(int[] chosen, int from, int to) {
    throw parted("subDataset");
  }

  @Override
  protected RandomAccessDataset newSubDataset(List<Long> chosen) {
    throw parted("subDataset");
  }

  private static UnsupportedOperationException parted(String method) {
    return new UnsupportedOperationException(
        method
            + " would part copies from their originals, so that accuracy is measured on what was"
            + " trained on: use TrainingSet.split or folds and build a data set of each part, or"
            + " optLimit for fewer records");
  }

  /** Builds an {@link AugmentedDataset}. Sampling must be set; all else has a default. */
  public static final class Builder extends BaseBuilder<Builder> {
    private final TrainingSet set;
    private Mix mix = Mix.all();
    private long seed;
    private Image.Flag flag = Image.Flag.COLOR;

    private Builder(TrainingSet set) {
      this.set = requireNonNull(set, "set");
    }

    /**
     * Which of originals and copies an epoch has.
     *
     * @param value all of them by default
     */
    public Builder optMix(Mix value) {
      mix = requireNonNull(value, "mix");
      return this;
    }

    /**
     * What order, and choice among copies, depend on.
     *
     * @param value 0 by default
     */
    public Builder optSeed(long value) {
      seed = value;
      return this;
    }

    /**
     * Whether pictures have three channels or one.
     *
     * @param value {@code COLOR} by default
     */
    public Builder optFlag(Image.Flag value) {
      flag = requireNonNull(value, "flag");
      return this;
    }

    /**
     * How an epoch is cut into batches.
     *
     * @param batchSize at least 1
     * @param random true for an order by chance, another in each epoch, that the seed decides;
     *     false for that of the training set
     * @param dropLast whether to leave out a last batch that is not full
     */
    @Override
    public Builder setSampling(int batchSize, boolean random, boolean dropLast) {
      Require.atLeast(1, batchSize, "batchSize");
      return random
          ? setSampling(new ShuffledSampler(batchSize, dropLast))
          : super.setSampling(batchSize, false, dropLast);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Builds it.
     *
     * @throws IllegalStateException if no sampling is set
     * @throws IllegalArgumentException if the limit is below 1
     */
    public AugmentedDataset build() {
      if (sampler == null) {
        throw new IllegalStateException("No sampling is set: call setSampling(batchSize, random)");
      }
      if (limit < 1) {
        throw new IllegalArgumentException("limit must be at least 1, is " + limit);
      }
      return new AugmentedDataset(this);
    }
  }
}
