package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import dev.sgid.internal.StageEvents;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What becomes known of one request, stage by stage; or why nothing more does. Not thread-safe: one
 * thread at a time has it.
 */
final class Draft {
  final AugmentRequest request;
  final Settings settings;
  final String label;
  final BufferedImage image; // the request's, in the one form that no stage has to convert
  final String identity;
  final long captionSeed;
  final Map<Stage, Duration> timings = new EnumMap<>(Stage.class);

  List<String> candidates = List.of();
  float[] embedding = {}; // of the image
  double[] similarities = {}; // per candidate
  int chosen;
  String prompt = "";
  double guidanceScale;

  private @Nullable SgidException failure;

  Draft(
      AugmentRequest request,
      Settings settings,
      BufferedImage image,
      String identity,
      long captionSeed) {
    this.request = request;
    this.settings = settings;
    this.label = Label.text(request.label());
    this.image = image;
    this.identity = identity;
    this.captionSeed = captionSeed;
  }

  void chooseCaption() {
    List<Integer> sound =
        IntStream.range(0, candidates.size())
            .filter(i -> !DegenerateCaption.is(candidates.get(i)))
            .boxed()
            .toList();
    if (sound.isEmpty()) { // there is no better one
      sound = IntStream.range(0, candidates.size()).boxed().toList();
    }
    double[] choices = sound.stream().mapToDouble(i -> similarities[i]).toArray();
    int choice = settings.captionChoice().choose(choices, captionSeed);
    if (choice < 0 || choice >= choices.length) {
      throw new IllegalArgumentException(
          "captionChoice must give an index in [0, " + (choices.length - 1) + "], gave " + choice);
    }
    chosen = sound.get(choice);
  }

  void makePrompt() {
    prompt = settings.prompt().format(label, caption());
  }

  /** Rounded, so that a last-digit difference in the similarity rarely changes the picture. */
  void setGuidance() {
    double scale = Math.rint(settings.guidance().scaleFor(similarity()) * 100) / 100;
    guidanceScale = Require.atLeast(0.0, scale, "guidanceScale");
  }

  String caption() {
    return candidates.get(chosen);
  }

  double similarity() {
    return similarities[chosen];
  }

  /** The image and all its copies, for those who watch. */
  StageEvents.Subject subject() {
    return origin(Origin.ALL).subject();
  }

  /** A copy, for those who watch. */
  Origin origin(int copy) {
    return new Origin(request.id(), request.label(), copy);
  }

  /** What the image is called in messages. */
  String name() {
    return name(request);
  }

  /** The same of what is no draft yet. */
  static String name(AugmentRequest request) {
    return request.id().isEmpty()
        ? "the image of label " + Label.text(request.label())
        : request.id();
  }

  /** Keeps what went wrong first. */
  void fail(SgidException reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  boolean hasFailed() {
    return failure != null;
  }

  SgidException failure() {
    return requireNonNull(failure, "failure");
  }
}
