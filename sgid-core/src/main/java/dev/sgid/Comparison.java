package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Attempts;
import dev.sgid.internal.StageEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares pictures with their originals, to see how much of these is left in them. */
final class Comparison {
  private final Pipeline pipeline;
  private final Map<Long, Slot> slots;

  /** A comparison of pictures of these requests, by the picture's number. */
  Comparison(Pipeline pipeline, Map<Long, Slot> slots) {
    this.pipeline = pipeline;
    this.slots = slots;
  }

  /** What became of each picture, by its number, in order; all are embedded in one call. */
  Map<Long, Outcome> outcomes(List<Img2ImgFeed.Done> results) {
    Map<Long, Outcome> outcomes = new TreeMap<>();
    List<Img2ImgFeed.Done> pictures = new ArrayList<>();
    for (Img2ImgFeed.Done result : results) {
      if (result.result() instanceof Img2ImgResult.Failure failure) {
        outcomes.put(number(result), failed(result, failure.reason()));
      } else {
        pictures.add(result);
      }
    }
    try (StageEvents events =
        StageEvents.begin(StageEvents.COMPARE, pictures, one -> one.ticket().origin().subject())) {
      Attempts.each(
          Stage.SIMILARITY,
          pictures,
          some -> pipeline.embed(some.stream().map(one -> one.result().orThrow().image()).toList()),
          (result, embedding, failure) ->
              outcomes.put(
                  number(result),
                  embedding == null
                      ? failed(result, requireNonNull(failure))
                      : made(result, embedding)));
    }
    return outcomes;
  }

  private FailedCopy failed(Img2ImgFeed.Done result, SgidException reason) {
    return slot(result).failed(number(result), reason);
  }

  private Outcome made(Img2ImgFeed.Done result, float[] embedding) {
    Slot slot = slot(result);
    return pipeline.outcome(slot.draft, slot.copy(number(result)), result, embedding);
  }

  private Slot slot(Img2ImgFeed.Done result) {
    return requireNonNull(slots.get(number(result)));
  }

  private static long number(Img2ImgFeed.Done result) {
    return result.ticket().index();
  }
}
