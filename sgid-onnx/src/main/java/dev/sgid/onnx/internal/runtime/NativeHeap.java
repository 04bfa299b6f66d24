package dev.sgid.onnx.internal.runtime;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of the C library.
 *
 * <p>ONNX Runtime reads a graph, weights and all, into blocks that glibc keeps once they are free:
 * for a model of 500 MB as much again. The JVM can tell glibc to give them back (from JDK 18 on,
 * and 17.0.9), and has one way to be asked, the diagnostic command of {@code jcmd}.
 */
final class NativeHeap {
  private static final Logger LOG = LoggerFactory.getLogger(NativeHeap.class);

  private NativeHeap() {}

  /** Gives back what is free. Does nothing where it can't be done. */
  static void trim() {
    try {
      Object said =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "systemTrimNativeHeap",
                  null,
                  null);
      LOG.debug("{}", said);
    } catch (JMException | RuntimeException e) {
      LOG.debug("What the C library keeps stays with the process", e);
    }
  }
}
