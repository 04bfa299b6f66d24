package dev.sgid.cli;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What a command found out as one JSON object: {@code --json FILE|-}. */
final class JsonOutput {
  private static final String STDOUT = "-";
  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .disableHtmlEscaping()
          .serializeNulls()
          .setPrettyPrinting()
          .create();

  private JsonOutput() {}

  /** Whether it takes the place of the text. */
  static boolean isInstead(@Nullable String json) {
    return STDOUT.equals(json);
  }

  /**
   * Writes where it was asked for, if it was.
   *
   * @throws UncheckedIOException if the file can't be written
   */
  static void write(CommandSpec spec, @Nullable String json, Map<String, ?> values) {
    if (json == null) {
      return;
    }
    String text = GSON.toJson(values) + "\n";
    if (isInstead(json)) {
      PrintWriter utf8 = SgidCommand.utf8(spec);
      utf8.print(text);
      utf8.flush();
      return;
    }
    try {
      Path ignored = Files.writeString(Path.of(json), text);
    } catch (IOException e) {
      throw new UncheckedIOException("--json: " + json + " can't be written: " + e.getMessage(), e);
    }
  }
}
