package dev.sgid.dataset;

import java.util.ArrayList;
import java.util.List;

/** Images that are augmented in one call: so many copies, and no more pixels than fit in memory. */
final class Chunk {
  /** Of the originals; 64 million pixels take 256 MB. A larger image is a chunk of its own. */
  private static final long MAX_PIXELS = 64_000_000;

  private final int mostImages;
  private List<LoadedImage> images = new ArrayList<>();
  private long pixels;

  /** Chunks of {@code pictures}, or of one image where it has more copies than that. */
  Chunk(int pictures, int copies) {
    this.mostImages = Math.max(1, pictures / copies);
  }

  boolean hasRoomFor(LoadedImage image) {
    return images.isEmpty()
        || (images.size() < mostImages && pixels + image.pixels() <= MAX_PIXELS);
  }

  void add(LoadedImage image) {
    images.add(image);
    pixels += image.pixels();
  }

  /** What was added since the last call, for the caller to keep. */
  List<LoadedImage> take() {
    List<LoadedImage> taken = images;
    images = new ArrayList<>();
    pixels = 0;
    return taken;
  }
}
