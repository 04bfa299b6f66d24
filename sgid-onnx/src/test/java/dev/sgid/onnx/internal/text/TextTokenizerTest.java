package dev.sgid.onnx.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.gson.JsonObject;
import dev.sgid.onnx.internal.text.TextTokenizer.Encoded;
import dev.sgid.onnx.reference.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTokenizerTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // by JUnit
  static Path folders;

  @SuppressWarnings("NullAway.Init") // by openClip
  private static TextTokenizer clip;

  @BeforeAll
  static void openClip() throws IOException {
    clip = open(TokenizerFolders.named("clip-sd1"));
  }

  /** As long as the folder itself allows. */
  private static TextTokenizer open(JsonObject golden) throws IOException {
    return TextTokenizer.open(TokenizerFolders.write(golden, folders), Integer.MAX_VALUE);
  }

  @AfterAll
  static void closeClip() {
    clip.close();
  }

  static Stream<String> names() {
    return TokenizerFolders.all().stream().map(folder -> folder.get("name").getAsString());
  }

  @ParameterizedTest
  @MethodSource("names")
  void encode_hardStrings_equalsTheFastTokenizer(String name) throws IOException {
    JsonObject golden = TokenizerFolders.named(name);
    int length = golden.get("length").getAsInt();
    IntBuffer ids =
        ByteBuffer.wrap(Golden.bytes(golden.get("ids")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asIntBuffer();
    long[] lengths = Golden.longs(golden.get("lengths"));
    long[] first = Golden.longs(golden.get("first"));
    List<String> cut = TokenizerFolders.strings(golden.get("cut"));
    SoftAssertions softly = new SoftAssertions();
    try (TextTokenizer tokenizer =
        TextTokenizer.open(TokenizerFolders.write(golden, folders), length)) {
      for (int i = 0; i < TokenizerFolders.STRINGS.size(); i++) {
        String text = TokenizerFolders.STRINGS.get(i);
        Encoded encoded = tokenizer.encode(text);
        long[] expected = IntStream.range(0, length).mapToLong(j -> ids.get()).toArray();
        softly.assertThat(encoded.ids()).as("ids of %s", quoted(text)).isEqualTo(expected);
        softly.assertThat(encoded.length()).as("length of %s", quoted(text)).isEqualTo(lengths[i]);
        softly
            .assertThat(encoded.attentionMask())
            .as("mask of %s", quoted(text))
            .isEqualTo(mask(length, (int) first[i], (int) lengths[i]));
        softly.assertThat(encoded.cutText()).as("cut of %s", quoted(text)).isEqualTo(cut.get(i));
      }
      softly.assertAll();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void decode_hardStrings_equalsTheFastTokenizer(String name) throws IOException {
    JsonObject golden = TokenizerFolders.named(name);
    List<String> decoded = TokenizerFolders.strings(golden.get("decoded"));
    List<String> whole = TokenizerFolders.strings(golden.get("decoded_whole"));
    Path folder = TokenizerFolders.write(golden, folders);
    SoftAssertions softly = new SoftAssertions();
    try (TextTokenizer tokenizer = TextTokenizer.open(folder, golden.get("length").getAsInt());
        TextTokenizer endless = open(golden)) {
      for (int i = 0; i < decoded.size(); i++) {
        String text = TokenizerFolders.STRINGS.get(i);
        softly
            .assertThat(tokenizer.decode(tokenizer.encode(text).ids(), true))
            .as("without special tokens, %s", quoted(text))
            .isEqualTo(decoded.get(i));
        if (endless.maxLength() == Integer.MAX_VALUE && i < whole.size()) {
          softly
              .assertThat(endless.decode(endless.encodeUnpadded(text).ids(), false))
              .as("with special tokens, %s", quoted(text))
              .isEqualTo(whole.get(i));
        }
      }
      softly.assertAll();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void read_eachFolder_hasLengthPaddingAndVocabulary(String name) throws IOException {
    JsonObject golden = TokenizerFolders.named(name);
    boolean limited = golden.get("limited").getAsBoolean();

    TokenizerFolder folder = TokenizerFolder.read(TokenizerFolders.write(golden, folders));

    assertThat(folder.maxLength())
        .isEqualTo(limited ? golden.get("length").getAsInt() : Integer.MAX_VALUE);
    assertThat(folder.padId()).isEqualTo(golden.get("pad").getAsInt());
    assertThat(folder.vocabulary()).hasSize(golden.get("vocabulary_size").getAsInt());
    for (JsonObject added : Golden.objects(golden.get("added_tokens"))) {
      assertThat(folder.vocabulary())
          .containsEntry(added.get("content").getAsString(), added.get("id").getAsInt());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void read_eachFolder_addsTheSameTokensWithTheSameFlags(String name) throws IOException {
    JsonObject golden = TokenizerFolders.named(name);

    TokenizerFolder folder = TokenizerFolder.read(TokenizerFolders.write(golden, folders));

    assertThat(Golden.objects(folder.json().get("added_tokens")))
        .containsExactlyInAnyOrderElementsOf(Golden.objects(golden.get("added_tokens")));
  }

  @Test
  void encode_textTooLong_keepsTheEndTokenAndTellsWhatWasCut() {
    String text = "cat ".repeat(75) + "and a dog";

    Encoded encoded = clip.encode(text);

    assertThat(encoded.ids()).hasSize(77).startsWith(49406).endsWith(49407);
    assertThat(encoded.length()).isEqualTo(77);
    assertThat(encoded.cutText()).isEqualTo("and a dog");
  }

  @Test
  void encodeUnpadded_shortText_hasNoPadding() {
    Encoded encoded = clip.encodeUnpadded("a cat");

    assertThat(encoded.ids()).containsExactly(49406, 320, 2368, 49407);
    assertThat(encoded.attentionMask()).containsExactly(1, 1, 1, 1);
    assertThat(encoded.cutText()).isEmpty();
  }

  @Test
  void encode_loneSurrogates_countAsReplacementCharacters() {
    assertThat(clip.encode("a\ud83d b\ude00").ids())
        .isEqualTo(clip.encode("a\ufffd b\ufffd").ids());
  }

  @Test
  void encode_manyThreads_givesTheSameIds() {
    List<long[]> expected = new ArrayList<>();
    TokenizerFolders.STRINGS.forEach(text -> expected.add(clip.encode(text).ids()));

    List<long[]> actual =
        TokenizerFolders.STRINGS.parallelStream().map(text -> clip.encode(text).ids()).toList();

    assertThat(actual.toArray(long[][]::new)).isDeepEqualTo(expected.toArray(long[][]::new));
  }

  @Test
  void encode_noLengthAnywhere_isRefused() throws IOException {
    JsonObject bare = TokenizerFolders.named("clip-bare");
    try (TextTokenizer tokenizer = open(bare)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> tokenizer.encode("a cat"))
          .withMessageContaining("no model_max_length in " + folders.resolve("clip-bare"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 0, -3})
  void open_lengthWithoutRoom_isRefused(int longest) throws IOException {
    Path folder = TokenizerFolders.write(TokenizerFolders.named("clip-bare"), folders);
    if (longest < 1) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TextTokenizer.open(folder, longest))
          .withMessage("longest must be at least 1, is " + longest);
      return;
    }
    try (TextTokenizer tokenizer = TextTokenizer.open(folder, longest)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> tokenizer.encode("a cat"))
          .withMessageContaining("adds more than 1 special tokens");
    }
  }

  @Test
  void encode_closed_isRefused() throws IOException {
    TextTokenizer tokenizer = open(TokenizerFolders.named("bert-bare"));
    tokenizer.close();
    tokenizer.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> tokenizer.encodeUnpadded("a cat"))
        .withMessageContaining("closed");
  }

  private static long[] mask(int size, int first, int length) {
    long[] mask = new long[size];
    Arrays.fill(mask, first, first + length, 1);
    return mask;
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }
}
