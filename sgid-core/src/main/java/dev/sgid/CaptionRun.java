package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Lifetime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Captions and scores images in as many threads as there are lanes. */
final class CaptionRun {
  private final Pipeline pipeline;
  private final Lifetime lifetime;

  CaptionRun(Pipeline pipeline, Lifetime lifetime) {
    this.pipeline = pipeline;
    this.lifetime = lifetime;
  }

  /**
   * The chosen caption of each request.
   *
   * @throws SgidException of the first image that fails, in order; or if the thread is interrupted
   */
  List<ScoredCaption> run(List<AugmentRequest> requests) {
    int lanes = pipeline.generator().lanes();
    int together = pipeline.generator().batch();
    ExecutorService threads =
        Executors.newFixedThreadPool(lanes, task -> new Thread(task, "sgid-captions"));
    try {
      List<Future<List<Described>>> parts = new ArrayList<>();
      for (int from = 0; from < requests.size(); from += together) {
        List<AugmentRequest> part =
            requests.subList(from, Math.min(from + together, requests.size()));
        parts.add(threads.submit(() -> describe(part)));
      }
      List<ScoredCaption> captions = new ArrayList<>();
      for (Future<List<Described>> part : parts) {
        for (Described described : part.get()) {
          captions.add(described.orThrow());
        }
      }
      return captions;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.CAPTION);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause(); // describe() throws nothing else
    } finally {
      stop(threads);
    }
  }

  /** What is kept of a draft, without its image. */
  private record Described(@Nullable ScoredCaption caption, @Nullable SgidException failure) {
    static Described of(Draft draft) {
      return draft.hasFailed()
          ? new Described(null, draft.failure())
          : new Described(new ScoredCaption(draft.caption(), draft.similarity()), null);
    }

    ScoredCaption orThrow() {
      if (failure != null) {
        throw failure;
      }
      return requireNonNull(caption);
    }
  }

  private List<Described> describe(List<AugmentRequest> requests) {
    try (Lifetime.Use use = lifetime.share()) {
      List<Draft> drafts = requests.stream().map(pipeline::draft).toList();
      pipeline.describe(drafts);
      return drafts.stream().map(Described::of).toList();
    }
  }

  /** Ends what still runs, and waits for it. */
  private static void stop(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        boolean ignored = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
