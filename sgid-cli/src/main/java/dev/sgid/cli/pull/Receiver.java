package dev.sgid.cli.pull;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Writes what comes into a file, and knows when the last of it came. */
final class Receiver implements BodySubscriber<@Nullable Void>, AutoCloseable {
  /** An answer that is of no use. */
  static final class Unusable extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean last;

    private Unusable(String why, boolean last) {
      super(why);
      this.last = last;
    }

    /** Whether another attempt would not help. */
    boolean isFinal() {
      return last;
    }
  }

  private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
  private final Path part;
  private final long most;
  private final LongConsumer progress;
  private volatile long last = System.nanoTime();
  private volatile Flow.@Nullable Subscription subscription;
  private @Nullable FileChannel file;
  private long position;

  Receiver(Path part, long most, LongConsumer progress) {
    this.part = part;
    this.most = most;
    this.progress = progress;
  }

  Path part() {
    return part;
  }

  /** Something came. */
  void tick() {
    last = System.nanoTime();
  }

  /** How long nothing has come. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - last);
  }

  /** This, writing from a position on; a negative one for an answer that is of no use. */
  synchronized Receiver from(long start) {
    try {
      if (start < 0) {
        throw new Unusable("the server sends another part than the one asked for", false);
      }
      FileChannel opened = FileChannel.open(part, CREATE, WRITE);
      file = opened;
      FileChannel ignored = opened.truncate(start).position(start);
      position = start;
    } catch (IOException e) {
      boolean unused = done.completeExceptionally(e);
    }
    return this;
  }

  @Override
  public CompletionStage<@Nullable Void> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (done.isDone()) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> buffers) {
    tick();
    FileChannel to = file;
    if (to == null || !to.isOpen()) { // given up
      return;
    }
    try {
      for (ByteBuffer buffer : buffers) {
        position += buffer.remaining();
        if (position > most) {
          throw new Unusable("it has more than the " + most + " bytes that are allowed", true);
        }
        while (buffer.hasRemaining()) {
          int ignored = to.write(buffer);
        }
      }
      progress.accept(position);
      Flow.Subscription more = subscription;
      if (more != null) {
        more.request(1);
      }
    } catch (IOException e) {
      boolean ignored = done.completeExceptionally(e);
      close();
    }
  }

  @Override
  public void onError(Throwable failure) {
    close();
    boolean ignored = done.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    close();
    boolean ignored = done.complete(null);
  }

  /** Takes nothing more. */
  @Override
  public synchronized void close() {
    Flow.Subscription given = subscription;
    if (given != null) {
      given.cancel();
    }
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      boolean ignored = done.completeExceptionally(e);
    }
  }
}
