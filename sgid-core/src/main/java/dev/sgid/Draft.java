package dev.sgid;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What becomes known of one request, stage by stage. Not thread-safe. */
final class Draft {
  final AugmentRequest request;
  final Settings settings;
  final String label;
  final String identity;
  final long captionSeed;
  final Map<Stage, Duration> timings = new EnumMap<>(Stage.class);

  List<String> candidates = List.of();
  double[] similarities = {};
  int chosen;
  String prompt = "";
  double guidanceScale;

  Draft(
      AugmentRequest request, Settings settings, String label, String identity, long captionSeed) {
    this.request = request;
    this.settings = settings;
    this.label = label;
    this.identity = identity;
    this.captionSeed = captionSeed;
  }

  void chooseCaption() {
    chosen = settings.captionChoice().choose(similarities.clone(), captionSeed);
    if (chosen < 0 || chosen >= candidates.size()) {
      throw new IllegalArgumentException(
          "captionChoice must give an index in [0, "
              + (candidates.size() - 1)
              + "], gave "
              + chosen);
    }
  }

  void makePrompt() {
    prompt = settings.prompt().format(label, caption());
  }

  /** Rounded, so that a last-digit difference in the similarity can't change the picture. */
  void setGuidance() {
    guidanceScale = Math.rint(settings.guidance().scaleFor(similarity()) * 100) / 100;
  }

  String caption() {
    return candidates.get(chosen);
  }

  double similarity() {
    return similarities[chosen];
  }
}
