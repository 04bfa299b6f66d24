package dev.sgid.onnx.internal.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.internal.Reason;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.OpenedFiles;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A file of sentencepiece with a unigram model: its pieces with their scores, and its rules for
 * characters. The numbers are those of {@code sentencepiece_model.proto}.
 *
 * @param vocabulary ids by piece
 * @param model as {@code tokenizer.json} has it
 * @param charsMap sentencepiece's own table; empty for none
 */
record SentencePiece(JsonObject vocabulary, JsonObject model, String charsMap) {
  private static final int UNIGRAM = 1;
  private static final int UNKNOWN = 2;

  /** What becomes of a message's fields. */
  private interface Fields {
    void field(int number, long value, ByteBuffer bytes);
  }

  /** What has been read so far. */
  private static final class Reading {
    private final JsonArray pieces = new JsonArray();
    private final JsonObject vocabulary = new JsonObject();
    private int unknown = -1;
    private long kind = UNIGRAM;
    private String charsMap = "";
    private String text = "";
    private float score;

    private void top(int number, long value, ByteBuffer bytes) {
      switch (number) {
        case 1 -> piece(bytes);
        case 2 -> each(bytes, (field, model, below) -> kind = field == 3 ? model : kind);
        case 3 ->
            each(bytes, (field, own, below) -> charsMap = field == 2 ? base64(below) : charsMap);
        default -> {}
      }
    }

    private void piece(ByteBuffer bytes) {
      text = "";
      score = 0;
      int id = pieces.size();
      each(
          bytes,
          (field, value, below) -> {
            switch (field) {
              case 1 -> text = UTF_8.decode(below).toString();
              case 2 -> score = Float.intBitsToFloat((int) value);
              case 3 -> unknown = value == UNKNOWN ? id : unknown;
              default -> {}
            }
          });
      JsonArray scored = new JsonArray();
      scored.add(text);
      scored.add((double) score);
      pieces.add(scored);
      vocabulary.addProperty(text, id);
    }

    private static String base64(ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return Base64.getEncoder().encodeToString(copy);
    }
  }

  /**
   * Reads a file.
   *
   * @throws dev.sgid.SgidException if it is missing, broken, or of another kind than unigram
   */
  static SentencePiece read(Path file) {
    OpenedFiles.add(file);
    Reading reading = new Reading();
    try {
      each(ByteBuffer.wrap(Files.readAllBytes(file)), reading::top);
    } catch (NoSuchFileException e) {
      throw JsonFile.broken(file, "Missing file (tokenizer.json would do as well)", e);
    } catch (IOException e) {
      throw JsonFile.broken(file, "Can't read the file (" + Reason.of(e) + ")", e);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw JsonFile.broken(file, "Not a model of sentencepiece, or a damaged one", e);
    }
    if (reading.kind != UNIGRAM || reading.unknown < 0) {
      throw JsonFile.broken(
          file, "Not a unigram model of sentencepiece with an unknown piece", null);
    }
    JsonObject model = new JsonObject();
    model.addProperty("type", "Unigram");
    model.addProperty("unk_id", reading.unknown);
    model.add("vocab", reading.pieces);
    model.addProperty("byte_fallback", false);
    return new SentencePiece(reading.vocabulary, model, reading.charsMap);
  }

  /** What is done to characters, as {@code tokenizer.json} has it, in order. */
  List<JsonObject> normalizers() {
    List<JsonObject> normalizers = new ArrayList<>();
    if (!charsMap.isEmpty()) {
      JsonObject own = new JsonObject();
      own.addProperty("type", "Precompiled");
      own.addProperty("precompiled_charsmap", charsMap);
      normalizers.add(own);
    }
    normalizers.add(
        JsonParser.parseString("{'type': 'Strip', 'strip_left': false, 'strip_right': true}")
            .getAsJsonObject());
    normalizers.add(
        JsonParser.parseString(
                "{'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': '\u2581'}")
            .getAsJsonObject());
    return normalizers;
  }

  private static void each(ByteBuffer message, Fields fields) {
    ByteBuffer bytes = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer none = ByteBuffer.allocate(0);
    while (bytes.hasRemaining()) {
      long tag = number(bytes);
      int field = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case 0 -> fields.field(field, number(bytes), none);
        case 1 -> fields.field(field, bytes.getLong(), none);
        case 5 -> fields.field(field, bytes.getInt(), none);
        case 2 -> {
          int length = Math.toIntExact(Math.min(number(bytes), Integer.MAX_VALUE));
          if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
          }
          fields.field(field, 0, bytes.slice(bytes.position(), length));
          bytes.position(bytes.position() + length);
        }
        default -> throw new IllegalArgumentException("wire type " + (tag & 7));
      }
    }
  }

  private static long number(ByteBuffer bytes) {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = bytes.get();
      number |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("number too long");
  }
}
