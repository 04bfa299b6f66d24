package dev.sgid.dataset.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.testing.Waiting;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
  private static final int COUNT = 50;

  private final AtomicInteger read = new AtomicInteger();
  private String broken = "";

  /** Pictures that are counted as they are read. */
  private TrainingSet set() {
    PictureFiles files =
        new PictureFiles() {
          @Override
          public BufferedImage read(Sample sample) throws IOException {
            if (sample.name().equals(broken)) {
              throw new IOException("the file is empty");
            }
            read.incrementAndGet();
            return new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
          }

          @Override
          public String place(Sample sample) {
            return "/data/" + sample.name();
          }
        };
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      samples.add(Sample.original("p" + i, "x", 0, "p" + i, "p" + i));
    }
    return new TrainingSet(files, List.of("x"), samples, List.of());
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("sgid-pictures"))
        .count();
  }

  @Test
  void next_order_isTheOneAskedFor() {
    TrainingSet set = set();
    List<Sample> order = set.epoch(Mix.all(), 3, 0);
    List<Sample> seen = new ArrayList<>();
    try (Pictures pictures = set.pictures(order, 8)) {
      pictures.forEachRemaining(example -> seen.add(example.sample()));
      assertThatThrownBy(pictures::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("There are no more pictures");
    }
    assertThat(seen).isEqualTo(order);
    Waiting.until(() -> threads() == 0);
  }

  @Test
  void next_ahead_boundsWhatIsInMemory() {
    TrainingSet set = set();
    try (Pictures pictures = set.pictures(set.samples(), 5)) {
      for (int i = 0; i < 10; i++) {
        assertThat(pictures.next().sample().name()).isEqualTo("p" + i);
        assertThat(read.get()).isLessThanOrEqualTo(i + 5 + 1); // and the first, for the size
      }
      assertThat(pictures.hasNext()).isTrue(); // asks for one more
      Waiting.until(() -> read.get() == 10 + 5 + 1);
    }
    assertThat(read.get()).isEqualTo(16);
  }

  @Test
  void close_inTheMiddle_endsTheThreads() {
    TrainingSet set = set();
    Pictures pictures = set.pictures(set.samples(), 8);
    assertThat(pictures.next().image()).isNotNull();
    pictures.close();
    pictures.close();

    Waiting.until(() -> threads() == 0); // a thread that has ended is seen a moment longer
    assertThat(pictures.hasNext()).isFalse();
  }

  @Test
  void next_pictureThatCantBeRead_isNamedAndEndsIt() {
    broken = "p7";
    TrainingSet set = set();
    Pictures pictures = set.pictures(set.samples(), 4);
    for (int i = 0; i < 7; i++) {
      assertThat(pictures.next().sample().name()).isEqualTo("p" + i);
    }
    assertThatThrownBy(pictures::next)
        .isInstanceOf(DatasetException.class)
        .hasMessage("/data/p7 can't be trained on: the file is empty");
    assertThat(pictures.hasNext()).isFalse();
    Waiting.until(() -> threads() == 0); // a thread that has ended is seen a moment longer
  }

  @Test
  void next_interrupted_endsAtOnce(@TempDir Path temporary) throws InterruptedException {
    TrainingFolder folder = new TrainingFolder(temporary).withImages();
    CountDownLatch generating = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    folder.generator.withBefore(
        requests -> {
          generating.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (Sgid sgid = folder.sgid()) {
      TrainingSet set = TrainingSet.of(DatasetReader.of(folder.in), sgid, 2, folder.cache);
      Thread consumer =
          new Thread(
              () -> {
                try (Pictures pictures = set.pictures(set.samples(), 4)) {
                  pictures.forEachRemaining(example -> {});
                } catch (SgidException e) {
                  thrown.set(e);
                }
              });
      consumer.start();
      generating.await();
      consumer.interrupt();
      consumer.join();
    }
    assertThat(thrown.get())
        .isInstanceOfSatisfying(SgidException.class, e -> assertThat(e.isCancelled()).isTrue());
    Waiting.until(() -> threads() == 0); // a thread that has ended is seen a moment longer
  }

  @Test
  void pictures_noneAhead_isRefused() {
    TrainingSet set = set();
    assertThatThrownBy(() -> set.pictures(set.samples(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ahead must be at least 1, is 0");
  }
}
