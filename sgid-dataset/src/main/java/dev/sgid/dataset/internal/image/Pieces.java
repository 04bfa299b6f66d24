package dev.sgid.dataset.internal.image;

import java.util.ArrayList;
import java.util.List;

/** Parts of a file, and bytes of its own in between, that become another file by one copy. */
final class Pieces {
  private final byte[] file;
  private final List<Piece> pieces = new ArrayList<>();
  private int length;

  @SuppressWarnings("ArrayRecordComponent") // compared by identity alone
  private record Piece(byte[] from, int at, int length) {
    boolean isBefore(byte[] other, int otherAt) {
      return from == other && at + length == otherAt;
    }
  }

  Pieces(byte[] file) {
    this.file = file;
  }

  /** The next piece is the file's, from {@code from} up to {@code to}. */
  void keep(int from, int to) {
    add(file, from, to - from);
  }

  /** The next piece is {@code bytes}. */
  void put(byte[] bytes) {
    add(bytes, 0, bytes.length);
  }

  /** The next pieces are those of {@code others}. */
  void putAll(Pieces others) {
    others.pieces.forEach(piece -> add(piece.from, piece.at, piece.length));
  }

  private void add(byte[] from, int at, int count) {
    int last = pieces.size() - 1;
    if (last >= 0 && pieces.get(last).isBefore(from, at)) {
      Piece former = pieces.get(last);
      pieces.set(last, new Piece(from, former.at, former.length + count));
    } else {
      pieces.add(new Piece(from, at, count));
    }
    length = Math.addExact(length, count);
  }

  int length() {
    return length;
  }

  /** All of them in their order: the file itself where it is one piece. */
  byte[] toByteArray() {
    if (length == file.length && pieces.size() == 1 && pieces.get(0).from == file) {
      return file;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (Piece piece : pieces) {
      System.arraycopy(piece.from, piece.at, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }
}
