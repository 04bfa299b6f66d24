package dev.sgid.testing;

import static java.util.Objects.requireNonNull;

import dev.sgid.Img2ImgFeed;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of {@link FakeGenerator}, made as a real backend makes them: whenever a seat is
 * free, the next request takes it, and every step goes over all who are seated. Counts what it has
 * in hand. Thread-safe.
 */
public final class FakeLanes implements Img2ImgGenerator {
  private final int lanes;
  private final int batch;
  private final Consumer<Img2ImgFeed.Ticket> taken;
  private int inHand;
  private int most;

  /** As many lanes, of as many seats each. */
  public FakeLanes(int lanes, int batch) {
    this(lanes, batch, ticket -> {});
  }

  /** The same, that tells of every request it takes; {@code taken} may wait, and may throw. */
  public FakeLanes(int lanes, int batch, Consumer<Img2ImgFeed.Ticket> taken) {
    this.lanes = lanes;
    this.batch = batch;
    this.taken = taken;
  }

  private static final class Seated {
    final Img2ImgFeed.Ticket ticket;
    final int steps;
    int done;

    Seated(Img2ImgFeed.Ticket ticket) {
      this.ticket = ticket;
      this.steps = ticket.request().settings().stepsRun();
    }
  }

  @Override
  public void generate(Img2ImgFeed feed) {
    List<Seated> seated = new ArrayList<>();
    try {
      while (fill(seated, feed)) {
        Fakes.stopIfInterrupted(Stage.DENOISE);
        for (Seated one : seated) {
          one.done++;
          Img2ImgRequest request = one.ticket.request();
          feed.listener()
              .stepDone(one.ticket.index(), one.done, one.steps, Fakes.timestep(request, one.done));
        }
        leave(seated, feed);
      }
    } finally {
      count(-seated.size());
    }
  }

  private boolean fill(List<Seated> seated, Img2ImgFeed feed) {
    while (seated.size() < batch) {
      Img2ImgFeed.Ticket ticket = feed.next(seated.isEmpty());
      if (ticket == null) {
        break;
      }
      seated.add(new Seated(ticket));
      count(1);
      taken.accept(ticket);
    }
    return !seated.isEmpty();
  }

  private void leave(List<Seated> seated, Img2ImgFeed feed) {
    List<Img2ImgFeed.Done> done = new ArrayList<>();
    for (Iterator<Seated> i = seated.iterator(); i.hasNext(); ) {
      Seated one = i.next();
      if (one.done == one.steps) {
        done.add(new Img2ImgFeed.Done(one.ticket, FakeGenerator.picture(one.ticket.request())));
        i.remove();
      }
    }
    count(-done.size());
    if (!done.isEmpty()) {
      feed.done(done);
    }
  }

  private synchronized void count(int change) {
    inHand += change;
    most = Math.max(most, inHand);
  }

  /** How many pictures all lanes had in hand at the same time, at most. */
  public synchronized int most() {
    return most;
  }

  /** How many pictures are in hand. */
  public synchronized int inHand() {
    return inHand;
  }

  @Override
  public List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener) {
    ListFeed feed = new ListFeed(requests, requireNonNull(listener, "listener"));
    generate(feed);
    return feed.results();
  }

  /** A feed of a list. */
  private static final class ListFeed implements Img2ImgFeed {
    private final List<Img2ImgRequest> requests;
    private final StepListener listener;
    private final Map<Long, Img2ImgResult> results = new TreeMap<>();
    private int next;

    ListFeed(List<Img2ImgRequest> requests, StepListener listener) {
      this.requests = List.copyOf(requests);
      this.listener = listener;
    }

    @Override
    public @Nullable Ticket next(boolean wait) {
      return next == requests.size() ? null : new Ticket(next, requests.get(next++));
    }

    @Override
    public void done(List<Done> done) {
      done.forEach(one -> results.put(one.ticket().index(), one.result()));
    }

    @Override
    public StepListener listener() {
      return listener;
    }

    List<Img2ImgResult> results() {
      return List.copyOf(results.values());
    }
  }

  @Override
  public int lanes() {
    return lanes;
  }

  @Override
  public int batch() {
    return batch;
  }
}
