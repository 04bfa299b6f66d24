package dev.sgid;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a generator's lane takes its requests from, one at a time as it has room for them, and
 * where it brings what came of them.
 *
 * <p>Thread-safe: the lanes of a stream share one.
 */
public interface Img2ImgFeed {
  /**
   * A request that a lane has taken.
   *
   * @param index of the picture, from 0, in the order in which results are handed out
   * @param request what to make
   * @param origin what it is made of, for those who watch
   */
  record Ticket(long index, Img2ImgRequest request, Origin origin) {
    public Ticket {
      requireNonNull(request, "request");
      requireNonNull(origin, "origin");
    }

    /** A request of which no more is known. */
    public Ticket(long index, Img2ImgRequest request) {
      this(index, request, Origin.UNKNOWN);
    }
  }

  /**
   * What became of a request.
   *
   * @param ticket the request
   * @param result the picture, or why there is none
   */
  record Done(Ticket ticket, Img2ImgResult result) {
    public Done {
      requireNonNull(ticket, "ticket");
      requireNonNull(result, "result");
    }
  }

  /**
   * Takes the next request. The caller may be put to work for it: captioning, for one.
   *
   * @param wait whether to wait for one, as a lane does that has nothing else to do
   * @return null if there is none at the moment or, after waiting, if there are no more
   * @throws SgidException of kind cancelled, if the work is to stop
   */
  @Nullable Ticket next(boolean wait);

  /**
   * Hands over what became of requests; those that are ready together, together.
   *
   * @throws SgidException of kind cancelled, if the work is to stop
   */
  void done(List<Done> results);

  /** Hears of every step; {@code request} is a ticket's index. */
  StepListener listener();
}
