package dev.sgid.dataset.internal.vp8;

import java.io.EOFException;

/**
 * VP8's arithmetic decoder (RFC 6386, section 7). A byte is read when it is needed, so that data
 * that end too early are noticed exactly where libwebp does. Not thread-safe.
 */
final class BoolDecoder {
  private static final int EVEN = 128;

  private final byte[] data;
  private final int end;
  private int at;
  private int range = 254; // less one
  private int value;
  private int bits = -8; // that value has beyond the eight in use

  BoolDecoder(byte[] data, int from, int end) {
    this.data = data;
    this.at = from;
    this.end = end;
  }

  /**
   * A bit that is 0 with a probability.
   *
   * @param probability of 256
   */
  boolean bit(int probability) throws EOFException {
    if (bits < 0) {
      load();
    }
    int split = (range * probability) >> 8;
    boolean bit = (value >> bits) > split;
    if (bit) {
      range -= split + 1;
      value -= (split + 1) << bits;
    } else {
      range = split;
    }
    if (range < 127) { // as narrow as a shift allows, so that range + 1 is 128 or more
      int shift = Integer.numberOfLeadingZeros(range + 1) - 24;
      range = ((range + 1) << shift) - 1;
      bits -= shift;
    }
    return bit;
  }

  private void load() throws EOFException {
    if (at >= end) {
      throw new EOFException();
    }
    value = value << 8 | (data[at++] & 0xff);
    bits += 8;
  }

  int bitAsInt(int probability) throws EOFException {
    return bit(probability) ? 1 : 0;
  }

  /** A bit of a header. */
  boolean flag() throws EOFException {
    return bit(EVEN);
  }

  /** A number of {@code count} bits. */
  int number(int count) throws EOFException {
    int number = 0;
    for (int i = 0; i < count; i++) {
      number = 2 * number + bitAsInt(EVEN);
    }
    return number;
  }

  /** A number of {@code count} bits and a sign if a flag says so, else 0. */
  int optionalSigned(int count) throws EOFException {
    return flag() ? signed(number(count)) : 0;
  }

  /** The number, negative if the next bit says so. */
  int signed(int number) throws EOFException {
    return flag() ? -number : number;
  }
}
