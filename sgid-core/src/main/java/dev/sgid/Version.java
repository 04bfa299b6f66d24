package dev.sgid;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The library's version, which the build writes into a resource. */
final class Version {
  static final String TEXT = read();

  private Version() {}

  private static String read() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(requireNonNull(in, "version.properties"));
    } catch (IOException e) {
      throw new UncheckedIOException("The sgid-core jar is damaged", e);
    }
    return properties.getProperty("version", "unknown");
  }
}
