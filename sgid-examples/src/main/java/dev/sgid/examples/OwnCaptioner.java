package dev.sgid.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.Captioner;
import dev.sgid.Outcome;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.ImageDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Takes captions that people wrote in place of the captioner's, several for an image, of which the
 * most similar is chosen: {@code OwnCaptioner CAPTIONS.csv}, with the columns {@code file_name},
 * from the table's folder on, {@code label} and {@code caption}.
 *
 * <p>Where each image has but one caption, {@link AugmentRequest#withCaption} does.
 */
public final class OwnCaptioner {
  private OwnCaptioner() {}

  /**
   * Prints which caption each image got, and what the copy came to.
   *
   * @param args the table
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("Usage: OwnCaptioner CAPTIONS.csv");
    }
    Map<String, List<String>> captions = new LinkedHashMap<>(); // by Sgid.identity
    Map<String, AugmentRequest> requests = new LinkedHashMap<>(); // by file_name
    Path table = Path.of(args[0]);
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser lines = CSVParser.parse(table, UTF_8, format)) {
      for (CSVRecord line : lines) {
        String name = line.get("file_name");
        BufferedImage image = new ImageDecoder().read(table.resolveSibling(name));
        captions
            .computeIfAbsent(Sgid.identity(image), identity -> new ArrayList<>())
            .add(line.get("caption"));
        requests.put(name, AugmentRequest.of(image, line.get("label")).withId(name));
      }
    }

    try (Sgid sgid = Sgid.builder().withCaptioner(byPeople(captions)).build()) {
      for (Outcome outcome : sgid.augmentAll(List.copyOf(requests.values()))) {
        Augmentation a = outcome.orThrow();
        System.out.printf("%s: %s%n", a.id(), a.caption());
        System.out.printf(
            "  similarity %.2f, guidance scale %.2f, consistency %.2f%n",
            a.similarity(), a.guidanceScale(), a.consistency());
      }
    }
  }

  /** A captioner gets an image and no name: the image's identity says which one it is. */
  private static Captioner byPeople(Map<String, List<String>> captions) {
    return (image, candidates, seed) -> {
      List<String> known = captions.get(Sgid.identity(image));
      if (known == null) { // that image's copies fail, and the others are made
        throw new SgidException(Stage.CAPTION, "There is no caption in the table");
      }
      return known.subList(0, Math.min(candidates, known.size()));
    };
  }
}
