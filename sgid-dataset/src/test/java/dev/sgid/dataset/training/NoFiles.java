package dev.sgid.dataset.training;

import java.awt.image.BufferedImage;
import java.io.IOException;

/** Pictures that nobody reads. */
final class NoFiles implements PictureFiles {
  @Override
  public BufferedImage read(Sample sample) throws IOException {
    throw new IOException("there is no file");
  }

  @Override
  public String place(Sample sample) {
    return sample.name();
  }
}
