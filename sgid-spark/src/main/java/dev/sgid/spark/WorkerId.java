package dev.sgid.spark;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.spark.SparkEnv;

/** Who a worker is, for messages. */
final class WorkerId {
  private WorkerId() {}

  /** This JVM, like {@code worker 10.0.0.7 (executor 3)}. */
  static String here() {
    SparkEnv spark = SparkEnv.get();
    return "worker " + host() + (spark == null ? "" : " (executor " + spark.executorId() + ")");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "of no name";
    }
  }
}
