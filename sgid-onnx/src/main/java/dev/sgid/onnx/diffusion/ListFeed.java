package dev.sgid.onnx.diffusion;

import dev.sgid.Img2ImgFeed;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.StepListener;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list of requests as a feed, for one lane. Not thread-safe. */
final class ListFeed implements Img2ImgFeed {
  private final List<Img2ImgRequest> requests;
  private final StepListener listener;
  private final Img2ImgResult[] results;
  private int taken;

  ListFeed(List<Img2ImgRequest> requests, StepListener listener) {
    this.requests = List.copyOf(requests);
    this.listener = listener;
    this.results = new Img2ImgResult[requests.size()];
  }

  @Override
  public @Nullable Ticket next(boolean wait) {
    return taken == requests.size() ? null : new Ticket(taken, requests.get(taken++));
  }

  @Override
  public void done(List<Done> some) {
    some.forEach(one -> results[(int) one.ticket().index()] = one.result());
  }

  @Override
  public StepListener listener() {
    return listener;
  }

  /** One result per request, in order, once all are done. */
  List<Img2ImgResult> results() {
    return List.copyOf(Arrays.asList(results));
  }
}
