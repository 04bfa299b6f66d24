package dev.sgid.dataset.plan;

import dev.sgid.Size;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes of the images that can be read.
 *
 * @param smallest by pixels
 * @param median by pixels
 * @param largest by pixels
 * @param different how many sizes there are
 * @param mostCommon the most common ones, at most 5, the most common first
 */
public record Sizes(
    Size smallest, Size median, Size largest, int different, List<Count> mostCommon) {
  private static final int COMMON = 5;

  public Sizes {
    mostCommon = List.copyOf(mostCommon);
  }

  /**
   * A size.
   *
   * @param size of an image as it is shown
   * @param images how many have it
   */
  public record Count(Size size, int images) {}

  /**
   * Of images.
   *
   * @param sizes of each, at least one
   * @throws IllegalArgumentException if there is none
   */
  public static Sizes of(List<Size> sizes) {
    if (sizes.isEmpty()) {
      throw new IllegalArgumentException("sizes must not be empty");
    }
    Comparator<Size> byPixels =
        Comparator.comparingLong((Size size) -> (long) size.width() * size.height())
            .thenComparingInt(Size::width);
    List<Size> sorted = sizes.stream().sorted(byPixels).toList();
    Map<Size, Integer> counts = new LinkedHashMap<>();
    sorted.forEach(size -> counts.merge(size, 1, Integer::sum));
    List<Count> common =
        counts.entrySet().stream()
            .map(entry -> new Count(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparingInt(Count::images).reversed())
            .limit(COMMON)
            .toList();
    return new Sizes(
        sorted.get(0),
        sorted.get((sorted.size() - 1) / 2),
        sorted.get(sorted.size() - 1),
        counts.size(),
        common);
  }
}
