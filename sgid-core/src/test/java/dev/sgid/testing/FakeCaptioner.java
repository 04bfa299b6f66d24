package dev.sgid.testing;

import static java.util.Objects.requireNonNull;

import dev.sgid.Captioner;
import dev.sgid.Stage;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Captions that are a function of the pixels and the seed. Thread-safe, as its function is. */
public final class FakeCaptioner implements Captioner {
  private final CallLog log;
  private final @Nullable Function<BufferedImage, List<String>> own;

  /** A captioner whose calls nobody wants to know of. */
  public FakeCaptioner() {
    this(new CallLog());
  }

  /** A captioner that notes {@code caption WIDTHxHEIGHT CANDIDATES SEED} for each image. */
  public FakeCaptioner(CallLog log) {
    this(log, null);
  }

  private FakeCaptioner(CallLog log, @Nullable Function<BufferedImage, List<String>> own) {
    this.log = log;
    this.own = own;
  }

  /** This with captions of the test's own, of which a call gives as many as it is asked for. */
  public FakeCaptioner withCaptions(Function<BufferedImage, List<String>> captions) {
    return new FakeCaptioner(log, captions);
  }

  @Override
  public List<String> caption(BufferedImage image, int candidates, long seed) {
    requireNonNull(image, "image");
    if (candidates < 1) {
      throw new IllegalArgumentException("candidates must be at least 1, is " + candidates);
    }
    Fakes.stopIfInterrupted(Stage.CAPTION);
    log.add("caption %dx%d %d %d".formatted(image.getWidth(), image.getHeight(), candidates, seed));
    if (own != null) {
      return own.apply(image).stream().limit(candidates).toList();
    }
    String content = Integer.toHexString(Arrays.hashCode(Fakes.pixels(image)));
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < candidates; i++) {
      captions.add("picture " + content + " seen in way " + i + " of " + (seed & 7));
    }
    return captions;
  }
}
