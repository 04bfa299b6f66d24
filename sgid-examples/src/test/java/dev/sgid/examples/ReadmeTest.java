package dev.sgid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path README = Path.of("../README.md");
  private static final Path EXAMPLES = Path.of("src/main/java/dev/sgid/examples");
  private static final Pattern JAVA_BLOCK = Pattern.compile("(?s)```java\\n(.*?)```");
  private static final Pattern REGION =
      Pattern.compile("(?s)// \\[(\\w+)]\\n(.*?)\\n *// \\[/\\1]");

  @Test
  void readme_javaBlocks_areWhatTheExamplesCompile() throws IOException {
    List<String> shown =
        JAVA_BLOCK.matcher(text(README)).results().map(block -> block.group(1).strip()).toList();

    assertThat(shown).containsExactly(region("QuickStart"), region("ManyImages"));
  }

  private static String region(String example) throws IOException {
    List<MatchResult> regions =
        REGION.matcher(text(EXAMPLES.resolve(example + ".java"))).results().toList();
    assertThat(regions).as("regions of %s", example).hasSize(1);
    return regions.get(0).group(2).stripIndent().strip();
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file).replace("\r\n", "\n");
  }
}
