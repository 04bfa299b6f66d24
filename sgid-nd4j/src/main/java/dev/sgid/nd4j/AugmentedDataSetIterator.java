package dev.sgid.nd4j;

import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.training.Example;
import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.Pictures;
import dev.sgid.dataset.training.TrainingSet;
import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Originals and copies as DL4J's training takes them.
 *
 * <pre>{@code
 * Split split = TrainingSet.of(Path.of("out")).split(0.2, 7);
 * try (AugmentedDataSetIterator train =
 *         AugmentedDataSetIterator.builder(split.train()).withMix(Mix.synthetic(0.5)).build();
 *     AugmentedDataSetIterator validation =
 *         AugmentedDataSetIterator.builder(split.validation()).withoutShuffle().build()) {
 *   network.fit(train, 20);
 *   System.out.println(network.evaluate(validation).accuracy());
 * }
 * }</pre>
 *
 * <p><b>Epochs.</b> Each has an order, and with {@link Mix#synthetic} a mixture, of its own, which
 * depends on the seed and the epoch's number only. {@link #reset} begins the next epoch; where
 * nothing of one was read yet, it is not passed over, so that code that resets first, like DL4J's
 * early stopping, sees the same epochs as code that does not.
 *
 * <p><b>Memory.</b> A batch's arrays are this iterator's, which frees them when the next batch is
 * asked for, and when it is reset or closed: DL4J leaves that to the garbage collector, which does
 * not see native memory. Whoever keeps batches copies them ({@code dataSet.copy()}). They lie
 * outside of workspaces. Pictures are read ahead in threads of its own, so DL4J adds none: {@link
 * #asyncSupported} is false.
 *
 * <p>For one thread at a time, and for one training at a time.
 */
public final class AugmentedDataSetIterator implements DataSetIterator, AutoCloseable {
  private static final long serialVersionUID = 1L;

  private final transient TrainingSet set;
  private final transient Mix mix;
  private final transient ImageArrays arrays;
  private final int batch;
  private final int prefetch;
  private final long seed;
  private final boolean shuffle;
  private transient @Nullable DataSetPreProcessor preProcessor;
  private transient @Nullable Pictures pictures; // of this epoch, as soon as one was asked for
  private final transient List<INDArray> lent = new ArrayList<>(); // of the last batch
  private int epoch;
  private boolean closed;

  private AugmentedDataSetIterator(Builder builder) {
    this.set = builder.set;
    this.mix = builder.mix;
    this.arrays = new ImageArrays(builder.layout, builder.range);
    this.batch = builder.batch;
    this.prefetch = builder.prefetch == 0 ? 2 * batch : builder.prefetch;
    this.seed = builder.seed;
    this.shuffle = builder.shuffle;
  }

  /** Over a set, as is usual. */
  public static AugmentedDataSetIterator of(TrainingSet set) {
    return builder(set).build();
  }

  /** Over a set. */
  public static Builder builder(TrainingSet set) {
    return new Builder(set);
  }

  /** The epoch that is read or comes next, from 0. */
  public int epoch() {
    return epoch;
  }

  @Override
  public boolean hasNext() {
    return !closed && pictures().hasNext();
  }

  private Pictures pictures() {
    Pictures open = pictures;
    if (open == null) {
      open = set.pictures(shuffle ? set.epoch(mix, seed, epoch) : set.samples(), prefetch);
      pictures = open;
    }
    return open;
  }

  /**
   * The next batch; the last of an epoch may be smaller.
   *
   * @return features in the layout and range asked for; labels {@code (n, classes)}, one-hot; both
   *     of 32-bit floats, and freed when the next batch is asked for
   * @throws NoSuchElementException if the epoch is over, or this is closed
   * @throws DatasetException naming the picture that can't be read, made or has another size
   * @throws dev.sgid.SgidException if the thread is interrupted, or nothing can be made any more
   */
  @Override
  public DataSet next() {
    return next(batch);
  }

  /**
   * The next batch.
   *
   * @param num how many examples it has at most, at least 1
   */
  @Override
  public DataSet next(int num) {
    Require.atLeast(1, num, "num");
    free();
    if (!hasNext()) {
      throw new NoSuchElementException(
          closed
              ? "The iterator is closed"
              : "Epoch " + epoch + " is over: reset() begins the next");
    }
    List<Example> examples = new ArrayList<>();
    while (examples.size() < num && pictures().hasNext()) {
      examples.add(pictures().next());
    }
    DataSet dataSet = dataSet(examples);
    if (preProcessor != null) {
      preProcessor.preProcess(dataSet);
    }
    return dataSet;
  }

  private DataSet dataSet(List<Example> examples) {
    int classes = set.classes().size();
    float[] oneHot = new float[Math.multiplyExact(examples.size(), classes)];
    List<BufferedImage> images = new ArrayList<>();
    for (Example example : examples) {
      oneHot[images.size() * classes + example.sample().classIndex()] = 1;
      images.add(example.image());
    }
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray features = arrays.toArray(images);
      lent.add(features);
      long[] shape = {examples.size(), classes};
      INDArray labels =
          Nd4j.create(oneHot, shape, Nd4j.getStrides(shape, 'c'), 'c', DataType.FLOAT);
      lent.add(labels);
      DataSet dataSet = new DataSet(features, labels);
      dataSet.setLabelNames(new ArrayList<>(set.classes()));
      return dataSet;
    }
  }

  /** Frees what was lent, unless the borrower did. */
  private void free() {
    if (!lent.isEmpty()) {
      Nd4j.getExecutioner().commit(); // a device may still be reading
    }
    for (INDArray array : lent) {
      if (!array.wasClosed()) {
        array.close();
      }
    }
    lent.clear();
  }

  private void endEpoch() {
    free();
    if (pictures != null) {
      pictures.close();
      pictures = null;
    }
  }

  /** Ends this epoch and begins the next, unless nothing of this one was asked for yet. */
  @Override
  public void reset() {
    if (pictures != null) {
      epoch++;
    }
    endEpoch();
  }

  /** Frees the last batch and ends the threads; there is no next batch then. */
  @Override
  public void close() {
    endEpoch();
    closed = true;
  }

  private void writeObject(ObjectOutputStream ignored) throws NotSerializableException {
    throw new NotSerializableException("Files and threads stay on their machine");
  }

  /** How many numbers the features of an example have. */
  @Override
  public int inputColumns() {
    return Math.toIntExact(PixelLayout.CHANNELS * set.pictureSize().area());
  }

  @Override
  public int totalOutcomes() {
    return set.classes().size();
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  /** No: it reads ahead itself, and frees a batch when the next is asked for. */
  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public void setPreProcessor(@Nullable DataSetPreProcessor value) {
    preProcessor = value;
  }

  @Override
  public @Nullable DataSetPreProcessor getPreProcessor() {
    return preProcessor;
  }

  /** The class names, in the order of the one-hot labels. */
  @Override
  public List<String> getLabels() {
    return set.classes();
  }

  /** What an iterator is like. For one thread. */
  public static final class Builder {
    private final TrainingSet set;
    private Mix mix = Mix.all();
    private PixelLayout layout = PixelLayout.NCHW;
    private PixelRange range = PixelRange.ZERO_TO_ONE;
    private int batch = 32;
    private int prefetch; // 0 for two batches
    private long seed;
    private boolean shuffle = true;

    private Builder(TrainingSet set) {
      this.set = requireNonNull(set, "set");
    }

    /** Which of originals and copies an epoch has. Default: {@link Mix#all()}. */
    public Builder withMix(Mix value) {
      mix = requireNonNull(value, "value");
      return this;
    }

    /** The order of the features' dimensions. Default: {@link PixelLayout#NCHW}. */
    public Builder withLayout(PixelLayout value) {
      layout = requireNonNull(value, "value");
      return this;
    }

    /** What pixels' values become. Default: {@link PixelRange#ZERO_TO_ONE}. */
    public Builder withRange(PixelRange value) {
      range = requireNonNull(value, "value");
      return this;
    }

    /** Examples in a batch, at least 1. Default: 32. */
    public Builder withBatch(int value) {
      batch = Require.atLeast(1, value, "batch");
      return this;
    }

    /** How many pictures are in memory ahead, at least 1. Default: two batches. */
    public Builder withPrefetch(int pictures) {
      prefetch = Require.atLeast(1, pictures, "prefetch");
      return this;
    }

    /** What orders and mixtures are drawn from. Default: 0. */
    public Builder withSeed(long value) {
      seed = value;
      return this;
    }

    /** All samples in the set's own order in each epoch, as to measure with; no mix, no seed. */
    public Builder withoutShuffle() {
      shuffle = false;
      return this;
    }

    /** The iterator. Nothing is read yet. */
    public AugmentedDataSetIterator build() {
      return new AugmentedDataSetIterator(this);
    }
  }
}
