package dev.sgid;

import dev.sgid.internal.Attempts;
import dev.sgid.internal.Embeddings;
import dev.sgid.internal.Lru;
import dev.sgid.internal.RgbImage;
import dev.sgid.internal.StageEvents;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The method up to the generation: caption, similarity, choice, prompt, guidance [1]. {@link
 * StreamRun} has the pictures made.
 *
 * <p>A request for which a stage fails is a failed {@link Draft}, on which no further stage is run.
 * What images are captioned with, and how they embed, is remembered for those seen last.
 * Thread-safe, as the stages are.
 *
 * <p>[1] Li et al., Semantic-Guided Generative Image Augmentation Method with Diffusion Models for
 * Image Classification, AAAI 2024.
 */
final class Pipeline {
  private static final int REMEMBERED = 1024; // images

  private final Captioner captioner;
  private final SimilarityScorer scorer;
  private final Img2ImgGenerator generator;
  private final PackInfo pack;
  private final Settings settings;
  private final PromptTemplate labelText; // for the scorer
  private final long baseSeed;
  private final Notices notices;
  private final Lru<Captioned, List<String>> captions = new Lru<>(REMEMBERED);
  private final Lru<String, float[]> embeddings = new Lru<>(REMEMBERED); // by identity
  private final Lru<String, float[]> copies = new Lru<>(REMEMBERED); // the same of what was made

  private record Captioned(String identity, int candidates) {}

  Pipeline(
      Captioner captioner,
      SimilarityScorer scorer,
      Img2ImgGenerator generator,
      PackInfo pack,
      Settings settings,
      PromptTemplate labelText,
      long baseSeed,
      Notices notices) {
    this.captioner = captioner;
    this.scorer = scorer;
    this.generator = generator;
    this.pack = pack;
    this.settings = settings;
    this.labelText = labelText;
    this.baseSeed = baseSeed;
    this.notices = notices;
  }

  /** The draft of a request, with which nothing has been done yet but looking whether it can be. */
  Draft draft(AugmentRequest request) {
    Settings given = request.settings() == null ? settings : request.settings();
    try {
      Settings own = resolved(request, given);
      RgbImage rgb = Attempts.attempt(Stage.CAPTION, () -> RgbImage.of(request.image()));
      String identity = rgb.identity();
      Draft draft =
          new Draft(
              request, own, rgb.asBufferedImage(), identity, Seeds.ofCaption(baseSeed, identity));
      each(List.of(draft), Stage.DENOISE, this::requireSupported);
      return draft;
    } catch (SgidException e) {
      Draft draft = new Draft(request, given, request.image(), "", 0);
      draft.fail(e);
      return draft;
    }
  }

  /** Settings with the scheduler named, where it was left to the model. */
  private Settings resolved(AugmentRequest request, Settings given) {
    if (request.settings() == null) {
      return given; // those of the Sgid were, when it was built
    }
    try {
      return given.withGeneration(generator::resolve);
    } catch (IllegalArgumentException e) {
      throw SgidException.rejected(
          Stage.DENOISE,
          "The settings of " + Draft.name(request) + " can't be run: " + e.getMessage());
    }
  }

  private void requireSupported(Draft draft) {
    if (draft.request.settings() == null) {
      return; // those of the Sgid were looked at when it was built
    }
    try {
      generator.requireSupported(draft.settings.generation());
    } catch (IllegalArgumentException e) {
      throw SgidException.rejected(
          Stage.DENOISE, "The settings of " + draft.name() + " can't be run: " + e.getMessage());
    }
  }

  /** Does everything that comes before the generation. */
  void prepare(List<Draft> drafts) {
    describe(drafts);
    try (StageEvents events =
        StageEvents.begin(StageEvents.PROMPT, sound(drafts), Draft::subject)) {
      each(drafts, Stage.ENCODE_TEXT, Draft::makePrompt);
      each(drafts, Stage.ENCODE_TEXT, this::requireWholeLabel);
    }
    each(drafts, Stage.DENOISE, Draft::setGuidance);
  }

  /** Says what images show: the chosen caption of each and its similarity. */
  void describe(List<Draft> drafts) {
    caption(drafts);
    score(drafts);
    each(drafts, Stage.SIMILARITY, notices::lookAt);
    each(drafts, Stage.CAPTION, Draft::chooseCaption);
  }

  /**
   * What is generated for a copy of a request.
   *
   * @param attempt how often the copy was flagged before
   */
  Img2ImgRequest request(Draft draft, int copy, int attempt) {
    return new Img2ImgRequest(
        draft.image,
        draft.prompt,
        draft.guidanceScale,
        draft.settings.generation(),
        attempt == 0
            ? Seeds.ofCopy(baseSeed, draft.identity, copy)
            : Seeds.ofFlagged(baseSeed, draft.identity, copy, attempt));
  }

  /** What is to be said once, as it happens. */
  Notices notices() {
    return notices;
  }

  /** How alike two images are. */
  double similarity(BufferedImage a, BufferedImage b) {
    List<float[]> embedded =
        Attempts.run(Stage.SIMILARITY, 2, () -> scorer.embedImages(List.of(a, b)));
    return cosine(embedded.get(0), embedded.get(1), "two images");
  }

  /** Embeds pictures, to compare them with their originals. */
  List<float[]> embed(List<BufferedImage> images) {
    return scorer.embedImages(images);
  }

  /** Embeds any images; those that were embedded a short while ago are not embedded again. */
  List<float[]> embedAll(List<BufferedImage> images) {
    List<String> identities = images.stream().map(image -> RgbImage.of(image).identity()).toList();
    Map<String, float[]> known = new LinkedHashMap<>();
    Map<String, BufferedImage> unknown = new LinkedHashMap<>();
    for (int i = 0; i < images.size(); i++) {
      String identity = identities.get(i);
      float[] embedding = embeddings.get(identity);
      embedding = embedding == null ? copies.get(identity) : embedding;
      if (embedding == null) {
        unknown.put(identity, images.get(i));
      } else {
        known.put(identity, embedding);
      }
    }
    if (!unknown.isEmpty()) {
      List<float[]> embedded =
          Attempts.run(
              Stage.SIMILARITY, unknown.size(), () -> embed(List.copyOf(unknown.values())));
      int i = 0;
      for (String identity : unknown.keySet()) {
        known.put(identity, embedded.get(i));
        embeddings.put(identity, embedded.get(i++));
      }
    }
    return identities.stream()
        .map(identity -> Objects.requireNonNull(known.get(identity)))
        .toList();
  }

  /** Embeds labels, to tell which of them images show. */
  ZeroShot zeroShot(List<String> labels) {
    List<String> texts =
        labels.stream().map(label -> labelText.format(Label.text(label), "")).toList();
    return new ZeroShot(
        labels,
        Attempts.run(Stage.SIMILARITY, texts.size(), () -> scorer.embedTexts(texts)),
        scorer.logitScale(),
        labelText);
  }

  /** What became of a copy, whose embedding says how much of the original is left in it. */
  Outcome outcome(Draft draft, int copy, Img2ImgFeed.Done done, float[] embedding) {
    Img2ImgResult.Picture picture = done.result().orThrow();
    double consistency;
    try {
      consistency = cosine(draft.embedding, embedding, "a copy of " + draft.name());
    } catch (SgidException e) {
      return new FailedCopy(draft.request.id(), draft.label, copy, e);
    }
    copies.put(RgbImage.of(picture.image()).identity(), embedding);
    Map<Stage, Duration> timings = new EnumMap<>(draft.timings);
    timings.putAll(picture.timings());
    return new Augmentation(
        picture,
        draft.request.id(),
        draft.label,
        draft.identity,
        copy,
        draft.caption(),
        draft.similarity(),
        draft.prompt,
        draft.guidanceScale,
        draft.settings,
        done.ticket().request().seed(),
        consistency,
        notices.distance(draft),
        pack,
        timings);
  }

  /** The cosine of two embeddings, which are anybody's. */
  static double cosine(float[] a, float[] b, String of) {
    double cosine = a.length == b.length ? Embeddings.dot(a, b) : Double.NaN;
    if (!(Math.abs(cosine) <= GuidanceSchedules.MOST_COSINE)) {
      throw new SgidException(
          Stage.SIMILARITY,
          "The scorer must give embeddings of length 1, all of as many numbers, gave some for "
              + of
              + " of "
              + a.length
              + " and "
              + b.length
              + " numbers whose product is "
              + cosine);
    }
    return Math.max(-1, Math.min(1, cosine));
  }

  Img2ImgGenerator generator() {
    return generator;
  }

  long baseSeed() {
    return baseSeed;
  }

  PackInfo pack() {
    return pack;
  }

  /** Captions every image once, in one call for each number of candidates asked for. */
  private void caption(List<Draft> drafts) {
    Map<Integer, Map<String, List<Draft>>> byCandidates = new LinkedHashMap<>();
    for (Draft draft : sound(drafts)) {
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
          List<List<Draft>> unknown = new ArrayList<>();
          for (List<Draft> same : byImage.values()) {
            @Nullable List<String> known =
                captions.get(new Captioned(same.get(0).identity, candidates));
            if (known == null) {
              unknown.add(same);
            } else {
              same.forEach(draft -> draft.candidates = known);
            }
          }
          caption(unknown, candidates);
        });
  }

  private void caption(List<List<Draft>> images, int candidates) {
    List<Draft> drafts = images.stream().flatMap(List::stream).toList();
    long start = System.nanoTime();
    try (StageEvents events = StageEvents.begin(Stage.CAPTION, drafts, Draft::subject)) {
      askCaptioner(images, candidates);
    }
    share(Stage.CAPTION, start, drafts);
  }

  private void askCaptioner(List<List<Draft>> images, int candidates) {
    Attempts.each(
        Stage.CAPTION,
        images,
        some ->
            captioner.captionAll(
                some.stream().map(same -> same.get(0).image).toList(),
                candidates,
                some.stream().map(same -> same.get(0).captionSeed).toList()),
        (same, found, failure) -> {
          if (found == null) {
            same.forEach(draft -> draft.fail(Objects.requireNonNull(failure)));
          } else if (found.isEmpty() || found.stream().anyMatch(Objects::isNull)) {
            SgidException none =
                new SgidException(
                    Stage.CAPTION,
                    "The captioner must give captions for "
                        + same.get(0).name()
                        + ", gave "
                        + found);
            same.forEach(draft -> draft.fail(none));
          } else {
            List<String> all = List.copyOf(found);
            captions.put(new Captioned(same.get(0).identity, candidates), all);
            same.forEach(draft -> draft.candidates = all);
          }
        });
  }

  /** Embeds images and candidates, each once, in one call for all; cosines follow from that. */
  private void score(List<Draft> drafts) {
    long start = System.nanoTime();
    List<Draft> sound = sound(drafts);
    try (StageEvents events = StageEvents.begin(Stage.SIMILARITY, sound, Draft::subject)) {
      scoreImages(sound);
      scoreTexts(sound(sound));
    }
    share(Stage.SIMILARITY, start, sound);
  }

  private void scoreImages(List<Draft> drafts) {
    Map<String, List<Draft>> unknown = new LinkedHashMap<>(); // by identity
    for (Draft draft : drafts) {
      float[] known = embeddings.get(draft.identity);
      if (known != null) {
        draft.embedding = known;
      } else {
        unknown.computeIfAbsent(draft.identity, identity -> new ArrayList<>()).add(draft);
      }
    }
    Attempts.each(
        Stage.SIMILARITY,
        List.copyOf(unknown.values()),
        some -> scorer.embedImages(some.stream().map(same -> same.get(0).image).toList()),
        (same, embedding, failure) -> {
          if (embedding == null) {
            same.forEach(draft -> draft.fail(Objects.requireNonNull(failure)));
          } else {
            embeddings.put(same.get(0).identity, embedding);
            same.forEach(draft -> draft.embedding = embedding);
          }
        });
  }

  private void scoreTexts(List<Draft> drafts) {
    Set<String> distinct = new LinkedHashSet<>();
    drafts.forEach(draft -> distinct.addAll(texts(draft)));
    Map<String, float[]> embedded = new LinkedHashMap<>();
    Map<String, SgidException> failed = new LinkedHashMap<>();
    Attempts.each(
        Stage.SIMILARITY,
        List.copyOf(distinct),
        scorer::embedTexts,
        (text, embedding, failure) -> {
          if (embedding == null) {
            failed.put(text, Objects.requireNonNull(failure));
          } else {
            embedded.put(text, embedding);
          }
        });
    each(
        drafts,
        Stage.SIMILARITY,
        draft -> {
          texts(draft).stream()
              .map(failed::get)
              .filter(Objects::nonNull)
              .findFirst()
              .ifPresent(draft::fail);
          if (!draft.hasFailed()) {
            draft.similarities =
                texts(draft).stream()
                    .mapToDouble(
                        text ->
                            cosine(
                                draft.embedding,
                                Objects.requireNonNull(embedded.get(text)),
                                draft.name()))
                    .toArray();
          }
        });
  }

  /** What an image is compared with: its candidates, or its label where one says nothing. */
  private List<String> texts(Draft draft) {
    return draft.candidates.stream()
        .map(caption -> caption.isBlank() ? labelText.format(draft.label, "") : caption)
        .toList();
  }

  /** Refuses a prompt of which the tokenizer cuts the label; says once that something is cut. */
  private void requireWholeLabel(Draft draft) {
    String cut = generator.cutText(draft.prompt);
    if (cut.isEmpty()) {
      return;
    }
    int end = draft.settings.prompt().endOfLabel(draft.label, draft.caption());
    boolean atTheStart = draft.prompt.startsWith(cut) && !draft.prompt.endsWith(cut);
    boolean cutsLabel =
        atTheStart
            ? end > 0 && cut.length() > end - draft.label.length()
            : draft.prompt.length() - cut.length() < end;
    if (cutsLabel) {
      String better = atTheStart ? "{caption}, {label}" : "{label}, {caption}";
      String inUse = draft.settings.prompt().toString();
      throw SgidException.rejected(
          Stage.ENCODE_TEXT,
          "The prompt of "
              + draft.name()
              + " is too long: its label \""
              + draft.label
              + "\" would be cut off, with \""
              + cut
              + "\". "
              + (inUse.equals(better)
                  ? "It takes a shorter text for the label"
                  : "Name {label} where it is kept, as in \"%s\", not as in \"%s\""
                      .formatted(better, inUse)));
    }
    notices.cut(draft, cut);
  }

  /** Does something with every draft that has not failed; what goes wrong is that draft's. */
  private static void each(List<Draft> drafts, Stage stage, Consumer<Draft> step) {
    for (Draft draft : sound(drafts)) {
      try {
        Attempts.attempt(
            stage,
            () -> {
              step.accept(draft);
              return draft;
            });
      } catch (SgidException e) {
        if (e.isCancelled()) {
          throw e;
        }
        draft.fail(e);
      }
    }
  }

  private static List<Draft> sound(List<Draft> drafts) {
    return drafts.stream().filter(draft -> !draft.hasFailed()).toList();
  }

  /** Shares what a stage took evenly among the pictures that come of it, copies included. */
  private static void share(Stage stage, long start, List<Draft> drafts) {
    long pictures = drafts.stream().mapToLong(draft -> draft.request.copies()).sum();
    if (pictures > 0) {
      Duration each = Duration.ofNanos((System.nanoTime() - start) / pictures);
      drafts.forEach(draft -> draft.timings.put(stage, each));
    }
  }
}
