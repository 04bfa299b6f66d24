package dev.sgid.cli;

import dev.sgid.SgidException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Turns SIGINT (Ctrl-C) and SIGTERM into an interrupt of the working thread, which then ends its
 * call and leaves whole files behind. A second signal ends the process at once.
 *
 * <p>Not a shutdown hook: those run all at once, and ONNX Runtime's own frees what a running call
 * still uses. {@code sun.misc.Signal} is the only other way, called by reflection because javac
 * warns of it; where a Java has none, signals end the process as usual.
 */
final class Interrupts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Interrupts.class);
  private static final Map<String, Integer> SIGNALS = Map.of("INT", 2, "TERM", 15);

  private final Map<String, Object> former = new LinkedHashMap<>(); // handlers by signal
  private final AtomicInteger received = new AtomicInteger();

  private Interrupts() {}

  /** Interrupts {@code worker} from now on until {@link #close()}. */
  static Interrupts of(Thread worker) {
    Interrupts interrupts = new Interrupts();
    synchronized (interrupts.former) {
      SIGNALS.forEach((name, number) -> interrupts.install(name, number, worker));
    }
    return interrupts;
  }

  /**
   * Does what a signal may cut short, and then what it may not.
   *
   * @param work ends with a cancelled {@link SgidException} where it is interrupted, of which the
   *     user is told
   * @param then gives the exit code
   */
  static <T> int heeded(CommandLine command, Supplier<T> work, ToIntFunction<? super T> then) {
    Interrupts interrupts = of(Thread.currentThread());
    T done;
    try (interrupts) {
      done = work.get();
    } catch (SgidException e) {
      if (!e.isCancelled()) {
        throw e;
      }
      command.getErr().println("sgid: interrupted");
      return interrupts.exitCode();
    }
    return then.applyAsInt(done);
  }

  private void install(String name, int number, Thread worker) {
    Runnable action =
        () -> {
          received.compareAndSet(0, number);
          close();
          worker.interrupt();
        };
    try {
      former.put(name, handle(name, handler(action)));
    } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException e) {
      LOG.debug("This Java can't handle signals", e);
    } catch (InvocationTargetException e) {
      LOG.debug("This platform has no signal {} to handle", name, e);
    }
  }

  private static Object handler(Runnable action) throws ClassNotFoundException {
    Class<?> type = Class.forName("sun.misc.SignalHandler");
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, args) ->
            switch (method.getName()) {
              case "handle" -> {
                action.run();
                yield null;
              }
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> proxy == args[0];
              default -> "handler of sgid";
            });
  }

  /** {@code sun.misc.Signal.handle(new Signal(name), handler)}: the handler before. */
  private static Object handle(String name, Object handler)
      throws ClassNotFoundException,
          NoSuchMethodException,
          IllegalAccessException,
          InvocationTargetException {
    Class<?> type = Class.forName("sun.misc.Signal");
    Object signal;
    try {
      signal = type.getConstructor(String.class).newInstance(name);
    } catch (InstantiationException e) {
      throw new AssertionError("Signal is no abstract class", e);
    }
    Method handle = type.getMethod("handle", type, Class.forName("sun.misc.SignalHandler"));
    return handle.invoke(null, signal, handler);
  }

  /** The exit code of a process that a signal ended. */
  int exitCode() {
    int number = received.get();
    return number == 0 ? ExitCode.INTERRUPTED : 128 + number;
  }

  /** Handles signals as before. */
  @Override
  public void close() {
    synchronized (former) {
      former.forEach(
          (name, handler) -> {
            try {
              Object ignored = handle(name, handler);
            } catch (ReflectiveOperationException e) {
              LOG.debug("Signal {} stays with sgid", name, e); // it could be taken before
            }
          });
      former.clear();
    }
  }
}
