package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import dev.sgid.Device;
import dev.sgid.Fit;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgFeed;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Settings;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.internal.Attempts;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.Require;
import dev.sgid.internal.RgbImage;
import dev.sgid.internal.StageEvents;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.image.VaeImages;
import dev.sgid.onnx.internal.runtime.Lanes;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Image-to-image generation with Stable Diffusion [1] by SDEdit's method [2]: the image's latents
 * are noised part of the way, then denoised under the prompt. Numbers are those of diffusers'
 * StableDiffusionImg2ImgPipeline, or StableDiffusionXLImg2ImgPipeline, for each picture on its own.
 *
 * <p>Thread-safe.
 *
 * <p>[1] Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", CVPR 2022,
 * arXiv:2112.10752. [2] Meng et al., "SDEdit", ICLR 2022, arXiv:2108.01073.
 */
public final class StableDiffusionImg2Img implements Img2ImgGenerator, AutoCloseable {
  private static final int USUAL_BATCH = 8;
  private static final int BATCH_OF_LARGE_UNET_ON_CPU = 4;

  private final StableDiffusionModels models;
  private final AcceptedSettings accepted;
  private final int lanes;
  private final int batch;
  private final Probe probe;
  private final Posteriors posteriors;
  private final Lifetime lifetime;

  /** Sees what the models are given and give; what it throws, they fail with. A seam for tests. */
  interface Probe {
    /** Images are about to be encoded in one call. */
    default void encoding(int images) {}

    /** The predictor for latents of a size, to be used in place of {@code own}. */
    default NoisePredictor predictor(Size latents, NoisePredictor own) {
      return own;
    }

    /** Pictures are about to be decoded in one call. */
    default void decoding(int pictures) {}

    /** The pixels {@code (3, h, w)}, in about [-1, 1], of a picture, not 8-bit yet. */
    void decoded(long picture, float[] pixels);
  }

  StableDiffusionImg2Img(StableDiffusionModels models, int lanes, int batch, Probe probe) {
    this.models = models;
    this.accepted = new AcceptedSettings(models);
    this.lanes = lanes;
    this.batch = models.dependsOnBatch() ? 1 : batch;
    this.probe = probe;
    this.posteriors = new Posteriors(2 * lanes * this.batch);
    this.lifetime = new Lifetime("StableDiffusionImg2Img", models::close);
  }

  /** The same with the safety checker. */
  public static StableDiffusionImg2Img open(
      Path folder, Device device, int threads, int lanes, int batch) {
    return open(folder, device, threads, lanes, batch, true);
  }

  /**
   * Opens a Stable Diffusion folder, as diffusers and optimum export it to ONNX.
   *
   * @param device where the models run
   * @param threads how many CPU threads are used, by all lanes together, at least 1; 0 for as many
   *     as there are processors
   * @param lanes how many threads may call {@link #generate(Img2ImgFeed)} side by side at best; 0
   *     to let the UNet's size decide
   * @param batch how many pictures share a UNet call, at least 1; 0 for 8, or 4 where a large UNet
   *     runs on a CPU
   * @param safetyChecker whether the folder's safety checker is used, where it has one: a picture
   *     that it flags is a failure that {@link SgidException#isFlagged()}
   * @throws SgidException naming the file, what was expected and what was found; nothing stays open
   *     then
   */
  public static StableDiffusionImg2Img open(
      Path folder, Device device, int threads, int lanes, int batch, boolean safetyChecker) {
    return open(folder, device, threads, lanes, batch, safetyChecker, "");
  }

  /**
   * The same, of the variant of the models that is asked for.
   *
   * @param variant which one is taken of each model that has it, {@code fp16} for {@code
   *     model_fp16.onnx}; empty for the most exact
   * @throws SgidException as without a variant
   */
  public static StableDiffusionImg2Img open(
      Path folder,
      Device device,
      int threads,
      int lanes,
      int batch,
      boolean safetyChecker,
      String variant) {
    ModelFiles files =
        new ModelFiles(requireNonNull(folder, "folder"), requireNonNull(variant, "variant"));
    Require.atLeast(0, batch, "batch");
    Path unet = StableDiffusionModels.graph(files, StableDiffusionModels.UNET);
    Lanes division = Lanes.of(device, threads, lanes, unet);
    boolean cpu = division.placement().device().kind() == Device.Kind.CPU;
    int usual = cpu && !Lanes.isSmall(unet) ? BATCH_OF_LARGE_UNET_ON_CPU : USUAL_BATCH;
    return new StableDiffusionImg2Img(
        StableDiffusionModels.open(files, division.placement(), safetyChecker),
        division.count(),
        batch == 0 ? usual : batch,
        (picture, pixels) -> {});
  }

  /**
   * Refuses a folder of what is not run here, by its configs alone and at once, where {@link #open}
   * reads gigabytes.
   *
   * @throws SgidException naming the file, what was expected and what was found
   */
  public static void check(Path folder) {
    StableDiffusionModels.Kind ignored =
        StableDiffusionModels.Kind.of(requireNonNull(folder, "folder"));
  }

  /** The type the UNet computes in, like {@code float32}. */
  public String dtype() {
    return models.dtype();
  }

  /** Whether a Stable Diffusion folder has a safety checker that can be used. */
  public static boolean hasSafetyChecker(Path folder) {
    return SafetyChecker.isIn(new ModelFiles(requireNonNull(folder, "folder"), ""));
  }

  /** Whether pictures are looked at by a safety checker. */
  public boolean checksSafety() {
    return models.safetyChecker() != null;
  }

  @Override
  public int lanes() {
    return lanes;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public String cutText(String prompt) {
    try (Lifetime.Use use = lifetime.use()) {
      return models.promptEncoder().cutText(requireNonNull(prompt, "prompt"));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Warned of, once each: a size many times the model's own, a negative prompt for a UNet that
   * is given the guidance scale, which looks at none, timesteps that the UNet's export can only be
   * given rounded, and a scheduler that a model wasn't distilled for.
   */
  @Override
  public void requireSupported(GenerationSettings settings) {
    accepted.require(settings);
  }

  @Override
  public List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener) {
    requireNonNull(requests, "requests");
    requireNonNull(listener, "listener");
    for (Img2ImgRequest request : requests) { // before anything is run
      requireSupported(request.settings());
    }
    ListFeed feed = new ListFeed(requests, listener);
    generate(feed);
    return feed.results();
  }

  @Override
  public void generate(Img2ImgFeed feed) {
    requireNonNull(feed, "feed");
    try (Lifetime.Use use = lifetime.use();
        DenoiseLoop loop = new DenoiseLoop(this::predictor, batch, feed.listener())) {
      List<Picture> taken = take(feed, loop.freeSeats(), true);
      while (!taken.isEmpty() || loop.hasSeated()) {
        timed(Stage.ENCODE_TEXT, taken, this::encodeTexts);
        timed(Stage.ENCODE_IMAGE, taken, this::encodeImages);
        each(Stage.DENOISE, taken, Picture::addNoise);
        sound(taken).forEach(loop::seat);
        List<Picture> denoised = loop.hasSeated() ? loop.step() : List.of();
        timed(Stage.DECODE, denoised, this::decode);
        handOver(feed, taken, denoised);
        taken = take(feed, loop.freeSeats(), !loop.hasSeated());
      }
    }
  }

  /**
   * Takes as many pictures as there are seats and requests; waits for the first where told to. What
   * is taken is handed over whatever becomes of it: somebody waits for it.
   */
  private List<Picture> take(Img2ImgFeed feed, int seats, boolean wait) {
    List<Picture> taken = new ArrayList<>();
    while (taken.size() < seats) {
      Img2ImgFeed.Ticket ticket = feed.next(wait && taken.isEmpty());
      if (ticket == null) {
        break;
      }
      try {
        taken.add(Attempts.attempt(Stage.DENOISE, () -> picture(ticket)));
      } catch (SgidException e) {
        feed.done(List.of(new Img2ImgFeed.Done(ticket, new Img2ImgResult.Failure(e))));
      }
    }
    return taken;
  }

  private Picture picture(Img2ImgFeed.Ticket ticket) {
    Img2ImgRequest request = ticket.request();
    Size original = new Size(request.image().getWidth(), request.image().getHeight());
    Fit fit = models.fitting().fit(original, request.settings().size());
    int factor = models.vaeConfig().factor();
    return new Picture(ticket, original, fit, factor, accepted.scheduler(request.settings()));
  }

  /**
   * What holds for this model where nobody says otherwise: for one that was distilled to make
   * pictures in a few steps, the scheduler, the number of steps and the guidance of its published
   * use; for all others, what is usual.
   */
  public Settings defaults(Settings usual) {
    return accepted.defaults(requireNonNull(usual, "usual"));
  }

  @Override
  public GenerationSettings resolve(GenerationSettings settings) {
    return accepted.resolve(settings);
  }

  private NoisePredictor predictor(Size latents) {
    return probe.predictor(latents, models.predictor(latents.height(), latents.width()));
  }

  private interface Work {
    void on(List<Picture> pictures);
  }

  private static void timed(Stage stage, List<Picture> pictures, Work work) {
    List<Picture> sound = sound(pictures);
    long start = System.nanoTime();
    try (StageEvents events = StageEvents.begin(stage, sound, Picture::subject)) {
      work.on(sound);
    }
    Picture.share(stage, start, sound);
  }

  private static void each(Stage stage, List<Picture> pictures, Consumer<Picture> work) {
    sound(pictures).forEach(picture -> picture.attempt(stage, () -> work.accept(picture)));
  }

  private static List<Picture> sound(List<Picture> pictures) {
    return pictures.stream().filter(picture -> !picture.hasFailed()).toList();
  }

  private void encodeTexts(List<Picture> pictures) {
    each(
        Stage.ENCODE_TEXT,
        pictures,
        picture -> {
          PromptEncoder texts = models.promptEncoder();
          picture.prompt = complete(picture, texts.encode(picture.request.prompt()));
          if (models.guides(picture.request.guidanceScale())) {
            String negative = picture.request.settings().negativePrompt();
            picture.negativePrompt = complete(picture, texts.unconditional(negative));
          }
        });
  }

  private PromptEncoder.Prompt complete(Picture picture, PromptEncoder.Prompt prompt) {
    for (float[] values : prompt.conditioning().values().values()) {
      picture.requireFinite(
          Stage.ENCODE_TEXT, values, "The text encoder gave numbers that are not finite");
    }
    return models.complete(prompt, picture.fit.padded(), picture.request.guidanceScale());
  }

  /** Encodes every image once for each way it is fitted; each picture draws its own sample. */
  private void encodeImages(List<Picture> pictures) {
    Map<Posteriors.Key, List<Picture>> unknown = new LinkedHashMap<>();
    for (Picture picture : pictures) {
      Posteriors.Key key = new Posteriors.Key(picture.request.image(), picture.fit);
      Posterior known = posteriors.get(key);
      if (known == null) {
        unknown.computeIfAbsent(key, image -> new ArrayList<>()).add(picture);
      } else {
        draw(known, List.of(picture));
      }
    }
    for (List<List<Picture>> sameSize : bySize(List.copyOf(unknown.values()))) {
      Attempts.each(
          Stage.ENCODE_IMAGE,
          sameSize,
          some -> {
            probe.encoding(some.size());
            return models.vaeEncoder().encode(some.stream().map(s -> fitted(s.get(0))).toList());
          },
          (same, posterior, failure) -> {
            if (posterior == null) {
              same.forEach(picture -> picture.fail(requireNonNull(failure)));
            } else {
              posteriors.put(
                  new Posteriors.Key(same.get(0).request.image(), same.get(0).fit), posterior);
              draw(posterior, same);
            }
          });
    }
  }

  private static void draw(Posterior posterior, List<Picture> pictures) {
    each(
        Stage.ENCODE_IMAGE,
        pictures,
        picture -> {
          picture.latents = posterior.sample(picture.random);
          picture.requireFinite(
              Stage.ENCODE_IMAGE,
              picture.latents,
              "The VAE gave latents that are not finite numbers");
        });
  }

  private static RgbImage fitted(Picture picture) {
    return Fitting.apply(picture.fit, RgbImage.of(picture.request.image()));
  }

  private static List<List<List<Picture>>> bySize(List<List<Picture>> images) {
    Map<Size, List<List<Picture>>> bySize = new LinkedHashMap<>();
    Function<Size, List<List<Picture>>> none = size -> new ArrayList<>();
    images.forEach(same -> bySize.computeIfAbsent(same.get(0).fit.padded(), none).add(same));
    return List.copyOf(bySize.values());
  }

  /** Decodes pictures of one size. */
  private void decode(List<Picture> pictures) {
    Attempts.each(
        Stage.DECODE,
        pictures,
        some -> {
          probe.decoding(some.size());
          Size size = some.get(0).latentSize();
          List<float[]> latents = some.stream().map(picture -> picture.latents).toList();
          return models.vaeDecoder().decode(latents, size.height(), size.width());
        },
        (picture, pixels, failure) -> {
          if (pixels == null) {
            picture.fail(requireNonNull(failure));
          } else {
            picture.attempt(Stage.DECODE, () -> finish(picture, pixels));
          }
        });
  }

  private void finish(Picture picture, float[] pixels) {
    probe.decoded(picture.index, pixels);
    picture.requireFinite(Stage.DECODE, pixels, "The VAE gave pixels that are not finite numbers");
    if (picture.hasFailed()) {
      return;
    }
    Size size = picture.fit.padded();
    RgbImage image = VaeImages.toImage(FloatBuffer.wrap(pixels), size.width(), size.height());
    SafetyChecker checker = models.safetyChecker();
    if (checker != null && checker.flags(image)) {
      picture.flag(Stage.DECODE);
      return;
    }
    picture.finish(image);
  }

  /** Hands over those that have failed before they were seated, and those that left the loop. */
  private void handOver(Img2ImgFeed feed, List<Picture> taken, List<Picture> denoised) {
    boolean reproducible = models.vaeEncoder().isDeterministic();
    List<Img2ImgFeed.Done> done = new ArrayList<>();
    for (Picture picture : taken) {
      if (picture.hasFailed() && !denoised.contains(picture)) {
        done.add(picture.done(reproducible));
      }
    }
    denoised.forEach(picture -> done.add(picture.done(reproducible)));
    if (!done.isEmpty()) {
      feed.done(done);
    }
  }

  @Override
  public void close() {
    lifetime.close();
  }
}
