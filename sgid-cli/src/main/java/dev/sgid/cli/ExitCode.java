package dev.sgid.cli;

import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.LeakageException;
import dev.sgid.internal.Reason;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine.ParameterException;

/** Exit codes, and the one line on stderr that goes with those that mean trouble. */
final class ExitCode {
  /** All pictures were made. */
  static final int OK = 0;

  /** Some images failed; they are listed. */
  static final int SOME_FAILED = 1;

  /** Wrong usage, settings or folders. */
  static final int USAGE = 2;

  /** The pack or the device can't be used, or the folder can't be written. */
  static final int UNUSABLE = 3;

  /** A bug: the only case that prints a stack trace. */
  static final int BUG = 70;

  /** Interrupted, as a shell numbers it: 128 and SIGINT. */
  static final int INTERRUPTED = 130;

  private static final int NAMED = 20; // of the images that leak

  private ExitCode() {}

  /** The command line can't be understood. */
  static int usage(ParameterException e) {
    e.getCommandLine()
        .getErr()
        .println(
            "sgid: "
                + Reason.oneLine(e.getMessage())
                + " (see "
                + e.getCommandLine().getCommandSpec().qualifiedName()
                + " --help)");
    return USAGE;
  }

  /** The command failed. */
  static int report(Throwable e, PrintWriter err) {
    if (e instanceof LeakageException leakage) {
      leakage.leaks().stream().limit(NAMED).forEach(leak -> err.println("  " + leak));
      if (leakage.leaks().size() > NAMED) {
        err.println(
            "  and "
                + (leakage.leaks().size() - NAMED)
                + " more, which sgid plan --json FILE lists");
      }
    }
    int code = of(e);
    err.println("sgid: " + message(e));
    if (code == BUG) {
      e.printStackTrace(err);
    }
    return code;
  }

  /** The exit code of a command that failed so. */
  static int of(Throwable e) {
    if (e instanceof ParameterException
        || e instanceof DatasetException
        || e instanceof IllegalArgumentException) {
      return USAGE;
    }
    if (e instanceof SgidException
        || e instanceof UncheckedIOException
        || e instanceof OutOfMemoryError) {
      return UNUSABLE;
    }
    return BUG; // something is wrong with sgid itself
  }

  /** What went wrong, in a line. */
  static String message(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return "out of memory: try --lanes 1 --batch 1, or SGID_JAVA_OPTS=-Xmx8g";
    }
    return of(e) == BUG
        ? "this should not have happened, please report it"
        : Reason.oneLine(e.getMessage());
  }

  /** An exit code in a word, for machines. */
  static String reason(int code) {
    return switch (code) {
      case OK -> "done";
      case SOME_FAILED -> "some_failed";
      case USAGE -> "usage";
      case UNUSABLE -> "unusable";
      case BUG -> "bug";
      default -> "interrupted"; // 128 and a signal
    };
  }
}
