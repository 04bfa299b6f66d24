package dev.sgid.onnx.internal.recognition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a file is that is not what it should be, by its first bytes; names may lie. */
enum FileKind {
  EMPTY("empty"),
  LFS_POINTER("a Git LFS pointer, which stands for a file that was not fetched"),
  WEB_PAGE("a web page, saved in place of the file"),
  SAFETENSORS("weights of PyTorch (safetensors)"),
  PICKLE("weights of PyTorch (a checkpoint)"),
  GGUF("weights in GGUF form, for llama.cpp and its like"),
  HDF5("weights in HDF5 form, of TensorFlow"),
  ORT("a graph in ONNX Runtime's own form (ORT)"),
  ZIP("a zip archive"),
  GZIP("a gzip archive"),
  TAR("a tar archive"),
  /** Anything else. */
  OTHER("a file");

  private static final int HEAD = 512;
  private static final int TAR_MAGIC_AT = 257;
  private static final int CHECKPOINT_NAME_AT = 30; // of the first entry of a zip archive
  private static final List<String> PAGES = List.of("<!doctype html", "<html");

  private final String text;

  FileKind(String text) {
    this.text = text;
  }

  /** In words, to stand behind "this is". */
  String text() {
    return text;
  }

  boolean isArchive() {
    return this == ZIP || this == GZIP || this == TAR;
  }

  /** Looks into a file; {@link #OTHER} where it can't be read, which whoever reads it will say. */
  static FileKind of(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return of(in.readNBytes(HEAD));
    } catch (IOException e) {
      return OTHER;
    }
  }

  private static FileKind of(byte[] bytes) {
    String head = new String(bytes, ISO_8859_1);
    if (head.isEmpty()) {
      return EMPTY;
    } else if (head.startsWith("version https://git-lfs")) {
      return LFS_POINTER;
    } else if (head.startsWith("PK\3\4")) {
      // torch.save writes a zip archive whose first entry is named so
      String first = head.substring(Math.min(CHECKPOINT_NAME_AT, head.length()));
      return first.contains("/data.pkl") ? PICKLE : ZIP;
    } else if (head.startsWith("\u0080") && head.length() > 1 && head.charAt(1) <= 5) {
      return PICKLE; // the protocol's version follows
    } else if (head.startsWith("GGUF")) {
      return GGUF;
    } else if (head.startsWith("\u0089HDF")) {
      return HDF5;
    } else if (head.startsWith("ORTM", 4)) {
      return ORT;
    } else if (head.startsWith("\u001f\u008b")) {
      return GZIP;
    } else if (head.startsWith("ustar", TAR_MAGIC_AT)) {
      return TAR;
    } else if (head.startsWith("{\"", 8) && head.startsWith("\0\0", 6)) {
      return SAFETENSORS; // eight bytes of length, then JSON
    }
    String page = head.strip().toLowerCase(Locale.ROOT);
    return PAGES.stream().anyMatch(page::startsWith) ? WEB_PAGE : OTHER;
  }
}
