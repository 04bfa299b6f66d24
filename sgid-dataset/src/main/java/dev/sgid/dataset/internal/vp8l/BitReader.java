package dev.sgid.dataset.internal.vp8l;

import java.io.EOFException;

/** Bits of bytes, the lowest first. Not thread-safe. */
final class BitReader {
  private final byte[] data;
  private final int end;
  private int at;
  private long bits;
  private int count; // of bits

  BitReader(byte[] data, int from, int end) {
    this.data = data;
    this.at = from;
    this.end = end;
  }

  /** A number of up to 32 bits. */
  int read(int length) throws EOFException {
    while (count < length) {
      if (at >= end) {
        throw new EOFException();
      }
      bits |= (data[at++] & 0xffL) << count;
      count += 8;
    }
    int number = (int) (bits & ((1L << length) - 1));
    bits >>>= length;
    count -= length;
    return number;
  }

  boolean flag() throws EOFException {
    return read(1) == 1;
  }
}
