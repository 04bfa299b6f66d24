package dev.sgid.onnx.internal.text;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.sgid.onnx.internal.JsonFile;
import java.nio.file.Path;

/**
 * A tokenizer of Hugging Face's native library, which neither cuts nor pads.
 *
 * <p>DJL's own class for it would, each time one is opened, ask the EC2 metadata service who it is
 * in order to report usage, unless the process is told not to. So its native methods are called
 * here.
 *
 * <p>Thread-safe; not to be used after {@link #close()}.
 */
final class NativeTokenizer implements AutoCloseable {
  private static final TokenizersLibrary NATIVE = TokenizersLibrary.LIB;

  private final long handle;

  private NativeTokenizer(long handle) {
    this.handle = handle;
  }

  /**
   * An encoded text.
   *
   * @param ids token ids, special ones among them
   * @param special 1 where the token is a special one
   * @param spans where in the text a token stands, in code points
   */
  @SuppressWarnings("ArrayRecordComponent") // as the native library gives them
  record Tokens(long[] ids, long[] special, CharSpan[] spans) {}

  /**
   * Opens a tokenizer.
   *
   * @param folder named in errors
   * @param json the content of a {@code tokenizer.json} without truncation and padding
   * @throws dev.sgid.SgidException if the native library does not load, or refuses {@code json}
   */
  static NativeTokenizer open(Path folder, String json) {
    TokenizersNatives.load(null);
    try {
      return new NativeTokenizer(NATIVE.createTokenizerFromString(json));
    } catch (RuntimeException e) {
      throw JsonFile.broken(folder, "Not a usable tokenizer (" + e.getMessage() + ")", e);
    }
  }

  Tokens encode(String text) {
    long encoding = NATIVE.encode(handle, text, true);
    try {
      return new Tokens(
          NATIVE.getTokenIds(encoding),
          NATIVE.getSpecialTokenMask(encoding),
          NATIVE.getTokenCharSpans(encoding));
    } finally {
      NATIVE.deleteEncoding(encoding);
    }
  }

  String decode(long[] ids, boolean skipSpecialTokens) {
    return NATIVE.decode(handle, ids, skipSpecialTokens);
  }

  @Override
  public void close() {
    NATIVE.deleteTokenizer(handle);
  }
}
