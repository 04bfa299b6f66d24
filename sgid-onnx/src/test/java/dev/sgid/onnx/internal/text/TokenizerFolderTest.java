package dev.sgid.onnx.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonObject;
import dev.sgid.SgidException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFolderTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // by JUnit
  Path parent;

  @Test
  void read_noFolder_isNamed() {
    Path folder = parent.resolve("tokenizer");

    assertProblem(() -> TextTokenizer.open(folder, 77), "Missing tokenizer folder", folder);
  }

  @Test
  void read_emptyFolder_namesTheFirstMissingFile() {
    assertProblem(
        () -> TextTokenizer.open(parent, 77), "Missing file", parent.resolve("vocab.json"));
  }

  @Test
  void read_noMerges_isNamed() throws IOException {
    Path folder = write("clip-bare");
    Files.delete(folder.resolve("merges.txt"));

    assertProblem(
        () -> TextTokenizer.open(folder, 77), "Missing file", folder.resolve("merges.txt"));
  }

  @Test
  void read_brokenMerge_isQuoted() throws IOException {
    Path folder = write("clip-bare");
    Files.writeString(folder.resolve("merges.txt"), "#version\na b c\n");

    assertProblem(
        () -> TextTokenizer.open(folder, 77),
        "Expected two tokens on each line, but found \"a b c\"",
        folder.resolve("merges.txt"));
  }

  @Test
  void read_truncatedVocabulary_isNamed() throws IOException {
    Path folder = write("clip-bare");
    Path vocabulary = folder.resolve("vocab.json");
    Files.writeString(vocabulary, Files.readString(vocabulary).substring(0, 1000));

    assertProblem(() -> TextTokenizer.open(folder, 77), "Can't read JSON", vocabulary);
  }

  @Test
  void read_vocabularyWithoutTheEndToken_isNamed() throws IOException {
    Path folder = write("bert-bare");
    Files.writeString(folder.resolve("vocab.txt"), "[UNK]\n[CLS]\n[PAD]\na\n");

    assertProblem(
        () -> TextTokenizer.open(folder, 77), "The vocabulary lacks sep_token \"[SEP]\"", folder);
  }

  @Test
  void read_unknownClassWithoutTokenizerJson_saysWhatIsNeeded() throws IOException {
    Files.writeString(
        parent.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"T5Tokenizer\"}");

    assertProblem(
        () -> TextTokenizer.open(parent, 77),
        "only CLIP, GPT-2, BERT and SigLIP tokenizers can do without, and this is a T5Tokenizer",
        parent.resolve("tokenizer.json"));
  }

  @Test
  void read_lengthOfTheWrongKind_isQuoted() throws IOException {
    Path folder = write("bert-bare");
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(config, "{\"model_max_length\": \"77\"}");

    assertProblem(
        () -> TextTokenizer.open(folder, 77),
        "\"model_max_length\" must be a number but is \"77\"",
        config);
  }

  @Test
  void read_specialTokenOfTheWrongKind_isTheFoldersProblem() throws IOException {
    Path folder = write("bert-bare");
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": {\"text\": 1}}");

    assertProblem(
        () -> TextTokenizer.open(folder, 77),
        "The tokenizer's files are not as transformers writes them",
        folder);
  }

  @Test
  void read_unlimitedLength_isNoLimit() throws IOException {
    Path folder = write("bert-bare");
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"model_max_length\": 1000000000000000019884624838656}");

    assertThat(TokenizerFolder.read(folder).maxLength()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void open_tokenizerJsonThatIsNone_isRefusedByTheNativePart() throws IOException {
    Files.writeString(
        parent.resolve("tokenizer.json"),
        "{\"version\": \"1.0\", \"model\": {\"type\": \"Nonsense\", \"vocab\": {\"a\": 0}}}");

    assertProblem(() -> TextTokenizer.open(parent, 77), "Not a usable tokenizer", parent);
  }

  private Path write(String name) throws IOException {
    JsonObject golden = TokenizerFolders.named(name);
    return TokenizerFolders.write(golden, parent);
  }

  private static void assertProblem(ThrowingCallable open, String problem, Path path) {
    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(open)
        .withMessageContaining(problem)
        .withMessageEndingWith(": " + path)
        .satisfies(e -> assertThat(e.model()).contains(path));
  }
}
