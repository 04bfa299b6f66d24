package dev.sgid.dataset.training;

import dev.sgid.AugmentRequest;
import dev.sgid.AugmentationStream;
import dev.sgid.FailedCopy;
import dev.sgid.Outcome;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.ImageDecoder;
import dev.sgid.dataset.training.CopyCache.Cached;
import dev.sgid.dataset.training.Originals.Original;
import dev.sgid.internal.Reason;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Originals, and copies that are made when they are first asked for and read from then on. What an
 * epoch misses is made on one stream, in the epoch's order.
 */
final class MadeCopies implements PictureFiles {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingSet.class);
  private static final ImageDecoder DECODER = new ImageDecoder();

  private final Originals originals;
  private final Sgid sgid;
  private final CopyCache cache;

  private MadeCopies(Originals originals, Sgid sgid, CopyCache cache) {
    this.originals = originals;
    this.sgid = sgid;
    this.cache = cache;
  }

  static TrainingSet of(Originals originals, Sgid sgid, int copies, Path folder) {
    List<Sample> samples = new ArrayList<>();
    for (Original each : originals.originals().values()) {
      Sample original = originals.sample(each);
      samples.add(original);
      for (int copy = 0; copy < copies; copy++) {
        samples.add(
            new Sample(
                original.name() + ", copy " + copy,
                original.label(),
                original.classIndex(),
                original.original(),
                original.group(),
                copy,
                null,
                null));
      }
    }
    MadeCopies files = new MadeCopies(originals, sgid, new CopyCache(folder, sgid));
    return new TrainingSet(files, originals.classes(), samples, originals.failures());
  }

  @Override
  public String place(Sample sample) {
    Integer copy = sample.copy();
    String original = originals.place(sample);
    return copy == null ? original : "Copy " + copy + " of " + original;
  }

  @Override
  public BufferedImage read(Sample sample) throws IOException {
    try (Making making = new Making(List.of(sample))) {
      return making.read(sample);
    }
  }

  @Override
  public Reading reading(List<Sample> order) {
    return new Making(order);
  }

  @Override
  public void make(List<Sample> samples) {
    try (Making making = new Making(samples)) {
      making.makeAll();
    }
  }

  @Override
  public List<Sample> measured(List<Sample> samples) {
    try (Making making = new Making(samples)) {
      List<Sample> measured = new ArrayList<>();
      for (Sample sample : samples) {
        measured.add(sample.isCopy() ? sample.withConsistency(making.consistency(sample)) : sample);
      }
      return measured;
    }
  }

  private String key(Sample sample) throws IOException {
    Integer copy = sample.copy();
    if (copy == null) {
      throw new IllegalArgumentException(sample.name() + " is no copy");
    }
    return cache.key(originals.of(sample), copy);
  }

  private AugmentRequest request(Sample sample) {
    Integer copy = sample.copy();
    try {
      Original original = originals.of(sample);
      return AugmentRequest.of(original.read(), sample.label())
          .withId(sample.original())
          .withCaption(original.source().caption())
          .withFirstCopy(copy == null ? 0 : copy);
    } catch (IOException e) {
      throw new DatasetException(
          originals.place(sample) + " can't be augmented: " + Reason.of(e), e);
    }
  }

  private Cached keep(String key, Sample sample, Outcome outcome) throws IOException {
    if (outcome instanceof FailedCopy failure) {
      SgidException reason = failure.reason();
      throw new IOException("it can't be made: " + reason.getMessage(), reason);
    }
    return cache.write(key, originals.of(sample), outcome.orThrow());
  }

  /** Reads what is there, and makes the rest on a stream. */
  private final class Making implements Reading {
    private final Map<String, Sample> missing = new LinkedHashMap<>(); // by key, not made yet
    private final Map<String, IOException> failed = new HashMap<>();
    private @Nullable AugmentationStream stream;
    private boolean closed;

    Making(List<Sample> order) {
      int copies = 0;
      for (Sample sample : order) {
        if (sample.isCopy()) {
          copies++;
          String key = keyOf(sample);
          if (!cache.has(key)) {
            missing.putIfAbsent(key, sample);
          }
        }
      }
      if (!missing.isEmpty() && order.size() > 1) {
        LOG.info("{} of {} copies are to be made", missing.size(), copies);
      }
    }

    private String keyOf(Sample sample) {
      try {
        return key(sample);
      } catch (IOException e) {
        throw new DatasetException(sample.name() + " can't be made: " + Reason.of(e), e);
      }
    }

    @Override
    public BufferedImage read(Sample sample) throws IOException {
      return sample.isCopy() ? DECODER.decode(cached(sample).png()) : originals.read(sample);
    }

    void makeAll() {
      new LinkedHashMap<>(missing)
          .forEach(
              (key, sample) -> {
                try {
                  Cached ignored = make(key);
                } catch (IOException e) {
                  throw new DatasetException(place(sample) + " can't be made: " + Reason.of(e), e);
                }
              });
    }

    double consistency(Sample sample) {
      try {
        Double value = cached(sample).line().consistency();
        return value == null ? Double.NaN : value;
      } catch (IOException e) {
        throw new DatasetException(place(sample) + " can't be made: " + Reason.of(e), e);
      }
    }

    private Cached cached(Sample sample) throws IOException {
      String key = key(sample);
      Cached made = make(key);
      if (made == null) {
        made = cache.read(key);
      }
      return made == null ? again(key, sample) : made;
    }

    /** Makes copies up to that one; null if it was not missing. */
    private synchronized @Nullable Cached make(String key) throws IOException {
      Cached made = null;
      while (missing.containsKey(key)) {
        made = takeNext();
      }
      IOException failure = failed.get(key);
      if (failure != null) {
        throw failure;
      }
      return made;
    }

    private @Nullable Cached takeNext() throws IOException {
      if (closed) {
        throw new IOException("it was closed");
      }
      if (stream == null) {
        Iterator<Sample> work = List.copyOf(missing.values()).iterator();
        stream = sgid.stream(new Requests(work));
      }
      Outcome outcome = stream.next();
      Map.Entry<String, Sample> next = missing.entrySet().iterator().next(); // the stream's order
      String key = next.getKey();
      Sample sample = next.getValue();
      Sample ignored = missing.remove(key);
      try {
        return keep(key, sample, outcome);
      } catch (IOException e) {
        failed.put(key, e); // for who asks for it, and not for who asks for a later one
        return null;
      }
    }

    /** One that was there and is damaged. */
    private Cached again(String key, Sample sample) throws IOException {
      return keep(key, sample, sgid.augmentAll(List.of(request(sample))).get(0));
    }

    @Override
    public void close() {
      AugmentationStream open;
      synchronized (this) {
        closed = true;
        open = stream;
      }
      if (open != null) {
        open.close();
      }
    }
  }

  /** Decodes originals as the stream asks for them. */
  private final class Requests implements Iterator<AugmentRequest> {
    private final Iterator<Sample> work;

    Requests(Iterator<Sample> work) {
      this.work = work;
    }

    @Override
    public boolean hasNext() {
      return work.hasNext();
    }

    @Override
    public AugmentRequest next() {
      return request(work.next());
    }
  }
}
