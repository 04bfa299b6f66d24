package dev.sgid;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sgid.internal.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Where seeds come from: the base seed and the image itself, so that neither order, batch nor
 * worker changes a picture.
 */
final class Seeds {
  private static final long LOW_32_BITS = 0xffff_ffffL; // all that torch's CPU generator keeps

  private Seeds() {}

  /** The seed of a copy: {@code (hash(baseSeed, identity) + copy) mod 2^32}. */
  static long ofCopy(long baseSeed, String identity, int copy) {
    return (hash("copy", baseSeed, identity) + copy) & LOW_32_BITS;
  }

  /**
   * The seed of a copy whose picture was flagged before, made for the {@code attempt}-th time more:
   * {@code (hash(baseSeed, identity, copy) + attempt) mod 2^32}.
   */
  static long ofFlagged(long baseSeed, String identity, int copy, int attempt) {
    return (hash("flagged " + copy, baseSeed, identity) + attempt) & LOW_32_BITS;
  }

  /** The seed of an image's captions, in [0, 2^32). */
  static long ofCaption(long baseSeed, String identity) {
    return hash("caption", baseSeed, identity);
  }

  /** The first 32 bits of SHA-256 over purpose, base seed (big-endian) and identity. */
  private static long hash(String purpose, long baseSeed, String identity) {
    MessageDigest digest = Sha256.digest();
    digest.update(purpose.getBytes(US_ASCII));
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(baseSeed).array());
    digest.update(identity.getBytes(US_ASCII));
    return ByteBuffer.wrap(digest.digest()).getInt() & LOW_32_BITS;
  }
}
