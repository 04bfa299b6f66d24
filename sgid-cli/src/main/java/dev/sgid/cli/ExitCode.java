package dev.sgid.cli;

import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.LeakageException;
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
                + oneLine(e)
                + " (see "
                + e.getCommandLine().getCommandSpec().qualifiedName()
                + " --help)");
    return USAGE;
  }

  /** The command failed. */
  static int report(Exception e, PrintWriter err) {
    if (e instanceof LeakageException leakage) {
      leakage.leaks().stream().limit(NAMED).forEach(leak -> err.println("  " + leak));
      if (leakage.leaks().size() > NAMED) {
        err.println(
            "  and "
                + (leakage.leaks().size() - NAMED)
                + " more, which sgid plan --json FILE lists");
      }
    }
    if (e instanceof DatasetException || e instanceof IllegalArgumentException) {
      err.println("sgid: " + oneLine(e));
      return USAGE;
    }
    if (e instanceof SgidException || e instanceof UncheckedIOException) {
      err.println("sgid: " + oneLine(e));
      return UNUSABLE;
    }
    return bug(e, err);
  }

  /** Something is wrong with sgid itself. */
  static int bug(Throwable e, PrintWriter err) {
    err.println("sgid: this should not have happened, please report it");
    e.printStackTrace(err);
    return BUG;
  }

  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
