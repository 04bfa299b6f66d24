package dev.sgid;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what an image shows. The method's first stage; BLIP in the paper.
 *
 * <p>Implementations are thread-safe and never change the image.
 */
@FunctionalInterface
public interface Captioner {
  /**
   * The captioner that says nothing, of any image: prompts are of the label alone, and so are the
   * texts that images are compared with. Takes the place of a pack's, which need not have one then.
   */
  static Captioner none() {
    return NoCaptions.NONE;
  }

  /**
   * Captions one image.
   *
   * @param image any size, not changed
   * @param candidates how many distinct captions are wanted, at least 1
   * @param seed of whatever is drawn at random; the same arguments give the same captions
   * @return between 1 and {@code candidates} distinct captions, the most likely first
   * @throws IllegalArgumentException if {@code candidates} is less than 1
   * @throws SgidException if the model fails or the thread is interrupted
   */
  List<String> caption(BufferedImage image, int candidates, long seed);

  /**
   * Captions several images; a backend that can batch them overrides this.
   *
   * @param images any sizes
   * @param candidates as in {@link #caption}
   * @param seeds one per image
   * @return one list per image, in order, equal to what {@link #caption} gives
   * @throws IllegalArgumentException if there are not as many seeds as images
   */
  default List<List<String>> captionAll(
      List<BufferedImage> images, int candidates, List<Long> seeds) {
    if (images.size() != seeds.size()) {
      throw new IllegalArgumentException(
          images.size() + " images need as many seeds, there are " + seeds.size());
    }
    List<List<String>> captions = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      captions.add(caption(images.get(i), candidates, seeds.get(i)));
    }
    return captions;
  }
}
