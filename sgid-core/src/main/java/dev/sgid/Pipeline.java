package dev.sgid;

import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The method: caption, similarity, choice, prompt, guidance, generation [1].
 *
 * <p>[1] Li et al., Semantic-Guided Generative Image Augmentation Method with Diffusion Models for
 * Image Classification, AAAI 2024.
 *
 * <p>Thread-safe, as the stages are.
 */
final class Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  private final Captioner captioner;
  private final SimilarityScorer scorer;
  private final Img2ImgGenerator generator;
  private final PackInfo pack;
  private final Settings settings;
  private final long baseSeed;

  Pipeline(
      Captioner captioner,
      SimilarityScorer scorer,
      Img2ImgGenerator generator,
      PackInfo pack,
      Settings settings,
      long baseSeed) {
    this.captioner = captioner;
    this.scorer = scorer;
    this.generator = generator;
    this.pack = pack;
    this.settings = settings;
    this.baseSeed = baseSeed;
  }

  /** All copies of all requests: the requests in order, the copies of each in order. */
  List<Augmentation> augment(List<AugmentRequest> requests, StepListener listener) {
    List<Draft> drafts = drafts(requests);
    caption(drafts);
    score(drafts);
    drafts.forEach(Draft::chooseCaption);
    drafts.forEach(Draft::makePrompt);
    drafts.forEach(Draft::setGuidance);
    return generate(drafts, listener);
  }

  /** The chosen caption of each request and its similarity. */
  List<ScoredCaption> captions(List<AugmentRequest> requests) {
    List<Draft> drafts = drafts(requests);
    caption(drafts);
    score(drafts);
    drafts.forEach(Draft::chooseCaption);
    return drafts.stream()
        .map(draft -> new ScoredCaption(draft.caption(), draft.similarity()))
        .toList();
  }

  double similarity(BufferedImage a, BufferedImage b) {
    double score = run(Stage.SIMILARITY, 1, () -> List.of(scorer.similarity(a, b))).get(0);
    if (!isCosine(score)) {
      throw new SgidException(
          Stage.SIMILARITY,
          "The scorer must give one cosine in [-1, 1] for two images, gave " + score);
    }
    return clamped(score);
  }

  long baseSeed() {
    return baseSeed;
  }

  PackInfo pack() {
    return pack;
  }

  private List<Draft> drafts(List<AugmentRequest> requests) {
    return requests.stream().map(this::draft).toList();
  }

  private Draft draft(AugmentRequest request) {
    Settings own = request.settings();
    String label = request.label().replace('_', ' ').strip();
    String identity = RgbImage.of(request.image()).identity();
    return new Draft(
        request,
        own == null ? settings : own,
        label,
        identity,
        Seeds.ofCaption(baseSeed, identity));
  }

  /** Captions every image once, in one call for each number of candidates asked for. */
  private void caption(List<Draft> drafts) {
    Map<Integer, Map<String, List<Draft>>> byCandidates = new LinkedHashMap<>();
    for (Draft draft : drafts) {
      String own = draft.request.caption();
      if (own != null) {
        draft.candidates = List.of(own);
      } else {
        byCandidates
            .computeIfAbsent(draft.settings.captions(), n -> new LinkedHashMap<>())
            .computeIfAbsent(draft.identity, identity -> new ArrayList<>())
            .add(draft);
      }
    }
    byCandidates.forEach(
        (candidates, byImage) -> {
          long start = System.nanoTime();
          List<List<Draft>> images = List.copyOf(byImage.values());
          List<Draft> firsts = images.stream().map(same -> same.get(0)).toList();
          List<Draft> all = images.stream().flatMap(List::stream).toList();
          List<List<String>> captions =
              run(
                  Stage.CAPTION,
                  firsts.size(),
                  () ->
                      captioner.captionAll(
                          firsts.stream().map(draft -> draft.request.image()).toList(),
                          candidates,
                          firsts.stream().map(draft -> draft.captionSeed).toList()));
          for (int i = 0; i < images.size(); i++) {
            if (captions.get(i).isEmpty() || captions.get(i).stream().anyMatch(Objects::isNull)) {
              throw new SgidException(
                  Stage.CAPTION,
                  "The captioner must give captions for "
                      + name(firsts.get(i))
                      + ", gave "
                      + captions.get(i));
            }
            for (Draft draft : images.get(i)) {
              draft.candidates = List.copyOf(captions.get(i));
            }
          }
          share(Stage.CAPTION, start, all);
        });
  }

  /** Scores all candidates of all images in one call. */
  private void score(List<Draft> drafts) {
    long start = System.nanoTime();
    List<BufferedImage> images = drafts.stream().map(draft -> draft.request.image()).toList();
    List<double[]> scores =
        run(
            Stage.SIMILARITY,
            drafts.size(),
            () -> scorer.scoreAll(images, drafts.stream().map(draft -> draft.candidates).toList()));
    for (int i = 0; i < drafts.size(); i++) {
      requireCosines(scores.get(i), drafts.get(i));
      drafts.get(i).similarities = Arrays.stream(scores.get(i)).map(Pipeline::clamped).toArray();
    }
    share(Stage.SIMILARITY, start, drafts);
  }

  private static void requireCosines(double[] scores, Draft draft) {
    boolean cosines = Arrays.stream(scores).allMatch(Pipeline::isCosine);
    if (!cosines || scores.length != draft.candidates.size()) {
      throw new SgidException(
          Stage.SIMILARITY,
          "The scorer must give one cosine in [-1, 1] for each of the "
              + draft.candidates.size()
              + " captions of "
              + name(draft)
              + ", gave "
              + Arrays.toString(scores));
    }
  }

  private static boolean isCosine(double score) {
    return Math.abs(score) <= GuidanceSchedules.MOST_COSINE;
  }

  private static double clamped(double score) {
    return Math.max(-1, Math.min(1, score));
  }

  /** Runs a stage on {@code count} inputs; whatever goes wrong in it is told with its name. */
  private static <T> List<T> run(Stage stage, int count, Supplier<List<T>> call) {
    if (Thread.currentThread().isInterrupted()) {
      throw SgidException.cancelled(stage); // a stage of the caller's own may not look
    }
    List<T> results;
    try {
      results = call.get();
    } catch (RuntimeException e) {
      boolean saysWhatIsWrong =
          e instanceof SgidException
              || (stage == Stage.DENOISE && e instanceof IllegalArgumentException); // of a request
      throw saysWhatIsWrong
          ? e
          : new SgidException(stage, "The stage " + stage + " failed: " + e, e);
    }
    requireResults(stage, count, results);
    return results;
  }

  private static <T> void requireResults(Stage stage, int count, @Nullable List<T> results) {
    if (results == null || results.stream().anyMatch(Objects::isNull)) {
      throw new SgidException(stage, "The stage " + stage + " must not give null, gave " + results);
    }
    if (results.size() != count) {
      throw new SgidException(
          stage, "The stage " + stage + " must give " + count + " results, gave " + results.size());
    }
  }

  /** Shares what a stage took evenly among the pictures that come of it, copies included. */
  private static void share(Stage stage, long start, List<Draft> drafts) {
    long pictures = drafts.stream().mapToLong(draft -> draft.request.copies()).sum();
    Duration each = Duration.ofNanos((System.nanoTime() - start) / pictures);
    drafts.forEach(draft -> draft.timings.put(stage, each));
  }

  /** Generates all copies of all images in one call, so that copies share what can be shared. */
  private List<Augmentation> generate(List<Draft> drafts, StepListener listener) {
    List<Draft> ofCopy = new ArrayList<>();
    List<Integer> copies = new ArrayList<>();
    List<Img2ImgRequest> requests = new ArrayList<>();
    for (Draft draft : drafts) {
      for (int i = 0; i < draft.request.copies(); i++) {
        int copy = draft.request.firstCopy() + i;
        ofCopy.add(draft);
        copies.add(copy);
        requests.add(request(draft, copy));
      }
    }
    List<Img2ImgResult> results =
        run(Stage.DENOISE, requests.size(), () -> generator.generate(requests, listener));
    List<Augmentation> augmentations = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      augmentations.add(
          augmentation(ofCopy.get(i), copies.get(i), requests.get(i).seed(), results.get(i)));
    }
    return augmentations;
  }

  private Img2ImgRequest request(Draft draft, int copy) {
    Settings s = draft.settings;
    return new Img2ImgRequest(
        draft.request.image(),
        draft.prompt,
        s.negativePrompt(),
        draft.guidanceScale,
        s.noiseRate(),
        s.steps(),
        s.scheduler(),
        s.eta(),
        s.size(),
        s.outputSize(),
        Seeds.ofCopy(baseSeed, draft.identity, copy));
  }

  private Augmentation augmentation(Draft draft, int copy, long seed, Img2ImgResult result) {
    if (!result.cutText().isEmpty()) {
      LOG.debug("The tokenizer cut \"{}\" off the prompt of {}", result.cutText(), name(draft));
    }
    Map<Stage, Duration> timings = new EnumMap<>(draft.timings);
    timings.putAll(result.timings());
    return new Augmentation(
        result,
        draft.label,
        draft.request.id(),
        draft.identity,
        copy,
        draft.caption(),
        draft.similarity(),
        draft.prompt,
        draft.guidanceScale,
        draft.settings,
        seed,
        pack,
        timings);
  }

  private static String name(Draft draft) {
    String id = draft.request.id();
    return id.isEmpty() ? "the image of label " + draft.label : id;
  }
}
