package dev.sgid.testing;

import java.util.ArrayList;
import java.util.List;

/** What the fakes were asked, in order. Thread-safe. */
public final class CallLog {
  private final List<String> calls = new ArrayList<>();

  /** Notes a call. */
  public synchronized void add(String call) {
    calls.add(call);
  }

  /** All calls so far. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }
}
