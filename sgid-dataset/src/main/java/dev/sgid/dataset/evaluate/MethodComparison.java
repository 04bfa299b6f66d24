package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Label;
import dev.sgid.PromptTemplate;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.dataset.evaluate.Figure.Panel;
import dev.sgid.internal.Embeddings;
import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One image, augmented by several methods: flip and crop, color jitter, Mixup and CutMix as
 * torchvision has them, image-to-image whose prompt is the label alone, and SGID.
 *
 * <p>The perturbations draw from a {@link Random} of their own each, seeded by the {@link Sgid}'s
 * base seed. Image-to-image has the noise rate, the seed and the guidance scale of SGID's picture,
 * so that nothing but the prompt differs. Immutable.
 *
 * @param label the image's class, as text
 * @param caption the one that SGID chose
 * @param judged what {@link Method#labelProbability} or else {@link Method#labelCosine} is, in a
 *     line
 * @param methods the original, and what each method made of it
 */
public record MethodComparison(String label, String caption, String judged, List<Method> methods) {
  /** A prompt that says nothing of the image. */
  private static final PromptTemplate LABEL_ALONE = new PromptTemplate("{label}");

  public MethodComparison {
    requireNonNull(label, "label");
    requireNonNull(caption, "caption");
    requireNonNull(judged, "judged");
    methods = List.copyOf(methods);
  }

  /**
   * What a method made.
   *
   * @param name like {@code color jitter}
   * @param how with which parameters, in a few words; may be empty
   * @param picture the result
   * @param consistency cosine of picture and original, in [-1, 1]
   * @param labelCosine cosine of picture and the label's text, in [-1, 1]
   * @param labelProbability of the label among all labels; empty where these are not known
   */
  public record Method(
      String name,
      String how,
      BufferedImage picture,
      double consistency,
      double labelCosine,
      OptionalDouble labelProbability) {
    public Method {
      requireNonNull(name, "name");
      requireNonNull(how, "how");
      requireNonNull(picture, "picture");
      requireNonNull(labelProbability, "labelProbability");
    }
  }

  /**
   * An image and what it shows.
   *
   * @param image any size
   * @param label its class; {@code _} is read as a space
   */
  public record Labelled(BufferedImage image, String label) {
    public Labelled {
      requireNonNull(image, "image");
      requireNonNull(label, "label");
    }
  }

  /**
   * Makes the pictures.
   *
   * @param sgid whose settings hold
   * @param image the original, not changed
   * @param other what Mixup and CutMix mix it with, scaled to its size; null leaves these out
   * @param labels all classes, for the label's probability among them; may be empty
   * @throws IllegalArgumentException if the label is none of the labels
   * @throws SgidException if a picture can't be made, or the thread is interrupted
   */
  public static MethodComparison of(
      Sgid sgid, Labelled image, @Nullable Labelled other, List<String> labels) {
    LabelJudge judge = LabelJudge.of(sgid, image.label(), labels);
    List<Made> made = perturbed(sgid.seed(), image, other);
    Augmentation guided = sgid.augment(image.image(), image.label());
    AugmentRequest labelAlone =
        AugmentRequest.of(image.image(), image.label())
            .withCaption(guided.caption())
            .withSettings(
                sgid.settings()
                    .withPrompt(LABEL_ALONE)
                    .withGuidance(GuidanceSchedule.constant(guided.guidanceScale())));
    Augmentation unguided = sgid.augmentAll(List.of(labelAlone)).get(0).orThrow();
    made.add(new Made("img2img, label only", how(unguided), unguided.image()));
    made.add(new Made("SGID", how(guided), guided.image()));
    List<float[]> embeddings = sgid.embedImages(made.stream().map(Made::picture).toList());
    List<Method> methods = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      float[] embedding = embeddings.get(i);
      methods.add(
          new Method(
              made.get(i).name(),
              made.get(i).how(),
              made.get(i).picture(),
              Embeddings.cosine(embedding, embeddings.get(0)),
              judge.cosine(embedding),
              judge.probability(embedding)));
    }
    return new MethodComparison(
        Label.text(image.label()), guided.caption(), judge.explained(), methods);
  }

  private record Made(String name, String how, BufferedImage picture) {}

  private static String how(Augmentation picture) {
    return String.format(
        Locale.ROOT,
        "\"%s\", noise rate %s, w %s",
        picture.prompt(),
        Sweep.text(picture.settings().generation().noiseRate()),
        Sweep.text(picture.guidanceScale()));
  }

  private static List<Made> perturbed(long seed, Labelled image, @Nullable Labelled other) {
    RgbImage original = RgbImage.of(image.image());
    List<Made> made = new ArrayList<>();
    made.add(new Made("original", Label.text(image.label()), image.image()));
    made.add(made("flip and crop", Perturbed.flipAndCrop(original, new Random(seed + 1)), ""));
    made.add(made("color jitter", Perturbed.colorJitter(original, new Random(seed + 2)), ""));
    if (other != null) {
      RgbImage mixed = scaled(RgbImage.of(other.image()), original);
      String with = ", the rest " + Label.text(other.label());
      made.add(made("Mixup", Perturbed.mixup(original, mixed, new Random(seed + 3)), with));
      made.add(made("CutMix", Perturbed.cutmix(original, mixed, new Random(seed + 4)), with));
    }
    return made;
  }

  private static Made made(String name, Perturbed perturbed, String more) {
    return new Made(name, perturbed.how() + more, perturbed.image().toBufferedImage());
  }

  private static RgbImage scaled(RgbImage image, RgbImage like) {
    return SmallPicture.scaled(image, new Size(like.width(), like.height()));
  }

  /**
   * The pictures side by side.
   *
   * @throws UncheckedIOException if the machine can't draw text, saying what to install
   */
  public BufferedImage figure() {
    return new Figure(
            "Methods side by side: " + label,
            List.of(
                "caption: \"" + caption + "\"",
                "consistency: CLIP cosine of the picture and the original; " + judged),
            methods.stream().map(Method::name).toList(),
            List.of(""),
            List.of(methods.stream().map(MethodComparison::panel).toList()))
        .draw();
  }

  private static Panel panel(Method method) {
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, "consistency %.2f", method.consistency()));
    lines.add(LabelJudge.line(method.labelCosine(), method.labelProbability()));
    if (!method.how().isEmpty()) {
      lines.add(method.how());
    }
    return new Panel(method.picture(), lines);
  }
}
