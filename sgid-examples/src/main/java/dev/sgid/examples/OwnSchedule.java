package dev.sgid.examples;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Outcome;
import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.ImageDecoder;
import dev.sgid.dataset.Source;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides by itself how strongly a caption guides: {@code OwnSchedule FOLDER}, with one folder of
 * images per class in FOLDER.
 */
public final class OwnSchedule {
  /**
   * A soft step: captions that match their image guide with {@code high}, others with {@code low}.
   * A record says in {@code sgid-job.json} what it was; a lambda would do as well.
   */
  record SoftStep(double middle, double width, double low, double high)
      implements GuidanceSchedule {
    @Override
    public double scaleFor(double similarity) {
      return low + (high - low) / (1 + Math.exp((middle - similarity) / width));
    }
  }

  private OwnSchedule() {}

  /**
   * Prints what a copy of each class's first image was guided by.
   *
   * @param args the folder
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("Usage: OwnSchedule FOLDER");
    }
    Map<String, AugmentRequest> firstOfClass = new LinkedHashMap<>();
    for (Source source : DatasetReader.of(Path.of(args[0]))) {
      if (!firstOfClass.containsKey(source.label())) {
        BufferedImage image = new ImageDecoder().read(source.file());
        firstOfClass.put(source.label(), AugmentRequest.of(image, source.label()));
      }
    }
    try (Sgid sgid = Sgid.builder().withGuidance(new SoftStep(0.65, 0.02, 2, 9)).build()) {
      for (Outcome outcome : sgid.augmentAll(List.copyOf(firstOfClass.values()))) {
        Augmentation a = outcome.orThrow();
        System.out.printf(
            "similarity %.2f, guidance scale %.2f: %s%n",
            a.similarity(), a.guidanceScale(), a.prompt());
      }
    }
  }
}
