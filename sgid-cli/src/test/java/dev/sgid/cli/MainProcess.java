package dev.sgid.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command in a process of its own, without a terminal.
 *
 * @param exitCode what it ended with
 * @param stdout what it printed, which is UTF-8 or an exception
 * @param stderr as stdout
 */
record MainProcess(int exitCode, String stdout, String stderr) {
  /** Runs it with these variables and no others. */
  static MainProcess run(Map<String, String> environment, List<String> options, List<String> args)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    line.addAll(args);
    Path err = Files.createTempFile("sgid", ".txt");
    ProcessBuilder builder = new ProcessBuilder(line).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      byte[] out = process.getInputStream().readAllBytes();
      int exitCode = process.waitFor();
      return new MainProcess(exitCode, text(out), text(Files.readAllBytes(err)));
    } finally {
      Files.delete(err);
    }
  }

  private static String text(byte[] utf8) throws IOException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
  }
}
