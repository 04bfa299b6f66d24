package dev.sgid.testing;

import static java.util.Objects.requireNonNull;

import dev.sgid.Captioner;
import dev.sgid.Stage;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Captions that are a function of the pixels and the seed. Thread-safe. */
public final class FakeCaptioner implements Captioner {
  private final CallLog log;

  /** A captioner whose calls nobody wants to know of. */
  public FakeCaptioner() {
    this(new CallLog());
  }

  /** A captioner that notes {@code caption WIDTHxHEIGHT CANDIDATES SEED} for each image. */
  public FakeCaptioner(CallLog log) {
    this.log = log;
  }

  @Override
  public List<String> caption(BufferedImage image, int candidates, long seed) {
    requireNonNull(image, "image");
    if (candidates < 1) {
      throw new IllegalArgumentException("candidates must be at least 1, is " + candidates);
    }
    Fakes.stopIfInterrupted(Stage.CAPTION);
    log.add("caption %dx%d %d %d".formatted(image.getWidth(), image.getHeight(), candidates, seed));
    String content = Integer.toHexString(Arrays.hashCode(Fakes.pixels(image)));
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < candidates; i++) {
      captions.add("picture " + content + " seen in way " + i + " of " + (seed & 7));
    }
    return captions;
  }
}
