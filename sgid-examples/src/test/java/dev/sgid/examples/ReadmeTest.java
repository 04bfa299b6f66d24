package dev.sgid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path README = Path.of("../README.md");
  private static final Path QUICK_START =
      Path.of("src/main/java/dev/sgid/examples/QuickStart.java");
  private static final Pattern JAVA_BLOCK = Pattern.compile("(?s)```java\\n(.*?)```");
  private static final Pattern REGION =
      Pattern.compile("(?s)// \\[quickstart]\\n(.*?)\\n *// \\[/quickstart]");

  @Test
  void readme_javaBlock_isTheQuickStart() throws IOException {
    String shown = found(JAVA_BLOCK, README);
    String compiled = found(REGION, QUICK_START).stripIndent();
    assertThat(shown.strip()).isEqualTo(compiled.strip());
  }

  private static String found(Pattern pattern, Path file) throws IOException {
    Matcher matcher = pattern.matcher(Files.readString(file).replace("\r\n", "\n"));
    assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
    String text = matcher.group(1);
    assertThat(matcher.find()).as("a second %s in %s", pattern, file).isFalse();
    return text;
  }
}
