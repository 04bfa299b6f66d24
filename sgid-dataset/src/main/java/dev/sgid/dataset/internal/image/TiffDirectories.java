package dev.sgid.dataset.internal.image;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * The directories that a TIFF file's first one leads to: its pages, and what is nested in them.
 * None of these is read for the picture; but a file whose directories are nested without an end was
 * made to stop who follows them.
 */
final class TiffDirectories {
  /** Pages of the longest documents, many times over. */
  private static final int MOST = 10_000;

  private static final int DEEPEST = 32;

  /** Where a directory has offsets of others: SubIFDs, EXIF, GPS, interoperability. */
  private static final int[] NESTED = {330, 34665, 34853, 40965};

  private final byte[] file;
  private final Set<Integer> open = new HashSet<>(); // on the way to here
  private final Set<Integer> done = new HashSet<>();

  private TiffDirectories(byte[] file) {
    this.file = file;
  }

  /**
   * Refuses a file whose directories are too many, or lead back to where they came from. Offsets
   * beyond the file, and what is no directory, end the way there.
   */
  static void requireFew(byte[] file) throws IOException {
    new TiffDirectories(file).follow(TiffDirectory.of(file).start(), 0);
  }

  private void follow(long first, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw bomb("nested more than " + DEEPEST + " deep");
    }
    Set<Integer> chain = new HashSet<>();
    long start = first;
    while (start > 0 && start < file.length && !done.contains((int) start)) {
      if (!chain.add((int) start)) {
        break; // some writers let the last page point back: viewers take it for the end
      }
      if (!open.add((int) start)) {
        throw bomb("nested in a circle");
      }
      if (open.size() + done.size() > MOST) {
        throw bomb("more than " + MOST);
      }
      start = next((int) start, depth);
    }
    open.removeAll(chain);
    done.addAll(chain);
  }

  private long next(int start, int depth) throws IOException {
    TiffDirectory directory;
    long next;
    try {
      directory = TiffDirectory.at(file, start);
      next = directory.nextStart();
    } catch (RuntimeException e) { // offsets that lead astray: no directory
      return 0;
    }
    for (int tag : NESTED) {
      for (double nested : directory.numbers(tag)) {
        follow((long) nested, depth + 1);
      }
    }
    return next;
  }

  private static IOException bomb(String how) {
    return new IOException("can't be decoded as TIFF: its directories are " + how);
  }
}
