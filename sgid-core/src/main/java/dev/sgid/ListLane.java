package dev.sgid;

import dev.sgid.internal.Attempts;
import dev.sgid.internal.StageEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A lane over a generator that takes its requests as lists. */
final class ListLane {
  private final Img2ImgGenerator generator;
  private final Img2ImgFeed feed;

  ListLane(Img2ImgGenerator generator, Img2ImgFeed feed) {
    this.generator = generator;
    this.feed = feed;
  }

  void run() {
    for (Img2ImgFeed.Ticket first = feed.next(true); first != null; first = feed.next(true)) {
      List<Img2ImgFeed.Ticket> tickets = new ArrayList<>(List.of(first));
      while (tickets.size() < generator.batch()) {
        Img2ImgFeed.Ticket next = feed.next(false);
        if (next == null) {
          break;
        }
        tickets.add(next);
      }
      List<Img2ImgFeed.Done> done = new ArrayList<>();
      Attempts.each(
          Stage.DENOISE,
          tickets,
          this::generate,
          (ticket, result, failure) ->
              done.add(
                  new Img2ImgFeed.Done(
                      ticket,
                      result != null
                          ? result
                          : new Img2ImgResult.Failure(Objects.requireNonNull(failure)))));
      feed.done(done);
    }
  }

  private List<Img2ImgResult> generate(List<Img2ImgFeed.Ticket> tickets) {
    try (StageEvents events =
        StageEvents.begin(StageEvents.GENERATE, tickets, ticket -> ticket.origin().subject())) {
      return generator.generate(
          tickets.stream().map(Img2ImgFeed.Ticket::request).toList(),
          (picture, step, steps, timestep) ->
              feed.listener().stepDone(tickets.get((int) picture).index(), step, steps, timestep));
    }
  }
}
