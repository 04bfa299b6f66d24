package dev.sgid.onnx.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM of its own for what happens once in a JVM's life. */
public final class OwnJvm {
  private final List<String> options = new ArrayList<>();
  private Path folder = Path.of("").toAbsolutePath();

  /** Options of {@code java}. */
  public OwnJvm options(String... more) {
    options.addAll(List.of(more));
    return this;
  }

  /** The folder it runs in; the tests' by default. */
  public OwnJvm in(Path other) {
    folder = other;
    return this;
  }

  /** Runs a class; what it prints, on whichever stream. */
  public String run(Class<?> main, String... arguments) throws IOException {
    return new String(start(main, arguments).getInputStream().readAllBytes(), UTF_8);
  }

  /** Starts a class that prints, on whichever stream, what the process gives to read. */
  public Process start(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) { // which else warn of native libraries
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C.UTF-8"); // for arguments that are not ASCII
    return builder.directory(folder.toFile()).start();
  }

  /** All that this test's JVM has, without modules. */
  public static String classPath() {
    return Stream.of(
            Path.of("target", "classes").toAbsolutePath().toString(),
            Path.of("target", "test-classes").toAbsolutePath().toString(),
            System.getProperty("java.class.path"),
            System.getProperty("jdk.module.path", ""))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
