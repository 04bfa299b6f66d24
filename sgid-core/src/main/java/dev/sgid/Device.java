package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the models run.
 *
 * @param kind what sort of device
 * @param index which of them, from 0; always 0 but for CUDA
 */
public record Device(Kind kind, int index) {
  /** A GPU where one can be used, else the CPU; the log says why, once. */
  public static final Device AUTO = new Device(Kind.AUTO, 0);

  /** The CPU. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  private static final Pattern TEXT = Pattern.compile("(auto|cpu|cuda)(?:(?<=cuda):(\\d{1,3}))?");

  /** The sorts of devices. */
  public enum Kind {
    /** The best there is. */
    AUTO,
    /** The CPU. */
    CPU,
    /** An NVIDIA GPU through CUDA. */
    CUDA
  }

  public Device {
    requireNonNull(kind, "kind");
    Require.atLeast(0, index, "index");
    if (kind != Kind.CUDA && index != 0) {
      throw new IllegalArgumentException(
          "Only a CUDA device has an index, " + kind + " got " + index);
    }
  }

  /** The CUDA device of this index, from 0. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /**
   * Reads {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}.
   *
   * @throws IllegalArgumentException if {@code text} is none of them
   */
  public static Device parse(String text) {
    Matcher matcher = TEXT.matcher(requireNonNull(text, "text").strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "A device is auto, cpu, cuda or cuda:N, is \"" + text + "\"");
    }
    String index = matcher.group(2);
    return new Device(
        Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
        index == null ? 0 : Integer.parseInt(index));
  }

  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.CUDA ? name + ":" + index : name;
  }
}
