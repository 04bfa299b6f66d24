package dev.sgid.onnx.internal.graph;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The numbers and texts of a protocol buffer in a file; what is skipped is not read. */
final class ProtoReader {
  private static final int LONGEST_TEXT = 1 << 16;

  private final FileChannel file;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).limit(0);
  private long bufferEnd; // where in the file the buffer's content ends

  ProtoReader(FileChannel file) {
    this.file = file;
  }

  /** What is read next. */
  long position() {
    return bufferEnd - buffer.remaining();
  }

  /** The text from here to {@code next}. */
  String text(long next) throws IOException {
    long length = next - position();
    if (length > LONGEST_TEXT) {
      throw new EOFException();
    }
    byte[] bytes = new byte[(int) length];
    for (int i = 0; i < length; i++) {
      bytes[i] = next();
    }
    return new String(bytes, UTF_8);
  }

  /** A number, in as many bytes as it takes. */
  long number() throws IOException {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = next();
      number |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new EOFException();
  }

  private byte next() throws IOException {
    if (!buffer.hasRemaining()) {
      buffer.clear();
      int read = file.read(buffer, bufferEnd);
      buffer.flip();
      if (read <= 0) {
        throw new EOFException();
      }
      bufferEnd += read;
    }
    return buffer.get();
  }

  /** Goes on at a position, which must not be behind {@code end}. */
  void skipTo(long position, long end) throws IOException {
    if (position > end) {
      throw new EOFException();
    }
    if (position <= bufferEnd) {
      buffer.position((int) (buffer.limit() - (bufferEnd - position)));
    } else {
      buffer.limit(0);
      bufferEnd = position;
    }
  }
}
