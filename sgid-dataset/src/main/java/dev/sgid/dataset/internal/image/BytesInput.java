package dev.sgid.dataset.internal.image;

import javax.imageio.stream.ImageInputStreamImpl;

/** A file in memory as readers take it, without another copy of it. Not thread-safe. */
public final class BytesInput extends ImageInputStreamImpl {
  private final byte[] bytes;

  /** Reads {@code bytes}, which are not changed. */
  public BytesInput(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    bitOffset = 0;
    return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xff : -1;
  }

  @Override
  public int read(byte[] to, int offset, int length) {
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    int available = (int) Math.min(length, bytes.length - streamPos);
    if (available <= 0) {
      return -1;
    }
    System.arraycopy(bytes, (int) streamPos, to, offset, available);
    streamPos += available;
    return available;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
