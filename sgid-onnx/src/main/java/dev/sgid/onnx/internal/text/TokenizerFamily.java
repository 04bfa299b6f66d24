package dev.sgid.onnx.internal.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The tokenizer classes whose rules are known, and what their constructors take for granted. */
@SuppressWarnings("ImmutableEnumChecker") // Map.of and Set.of are immutable
enum TokenizerFamily {
  CLIP(
      Map.of(
          "bos_token", "<|startoftext|>",
          "eos_token", "<|endoftext|>",
          "unk_token", "<|endoftext|>",
          "pad_token", "<|endoftext|>"),
      Set.of("bos_token", "eos_token", "unk_token")),
  GPT2(
      Map.of(
          "bos_token", "<|endoftext|>",
          "eos_token", "<|endoftext|>",
          "unk_token", "<|endoftext|>"),
      Set.of("bos_token", "eos_token", "unk_token", "pad_token")),
  BERT(
      Map.of(
          "unk_token", "[UNK]",
          "sep_token", "[SEP]",
          "pad_token", "[PAD]",
          "cls_token", "[CLS]",
          "mask_token", "[MASK]"),
      Set.of()),
  SIGLIP(
      Map.of("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "</s>"), Set.of("eos_token")),
  /** Gemma's, which SigLIP 2 has. */
  GEMMA(
      Map.of(
          "bos_token", "<bos>", "eos_token", "<eos>", "unk_token", "<unk>", "pad_token", "<pad>"),
      Set.of()),
  /** Any other, which its {@code tokenizer.json} describes in full. */
  OTHER(Map.of(), Set.of());

  private final Map<String, String> usual;
  private final Set<String> normalized;

  TokenizerFamily(Map<String, String> usual, Set<String> normalized) {
    this.usual = usual;
    this.normalized = normalized;
  }

  /** Special tokens by role, where no file names one. */
  Map<String, String> usualTokens() {
    return usual;
  }

  /**
   * The roles whose token, where a file gives nothing but its text, is looked for in the normalised
   * text. That is so only of a tokenizer built from its vocabulary: the constructors of the slow
   * tokenizers, which transformers then goes through, do it.
   */
  Set<String> rolesNormalizedWhenBuilt() {
    return normalized;
  }

  /** The family of {@code tokenizer_class}, or, where that is empty, of the files in the folder. */
  static TokenizerFamily of(String tokenizerClass, Path folder) {
    return switch (tokenizerClass.replace("Fast", "")) {
      case "CLIPTokenizer" -> CLIP;
      case "BertTokenizer" -> BERT;
      case "GPT2Tokenizer" -> GPT2;
      case "SiglipTokenizer" -> SIGLIP;
      case "GemmaTokenizer" -> GEMMA;
      case "" -> {
        if (Files.exists(folder.resolve("tokenizer.json"))) {
          yield OTHER;
        }
        // a bare BPE vocabulary beside a text encoder is CLIP's
        yield Files.exists(folder.resolve("vocab.txt")) ? BERT : CLIP;
      }
      default -> OTHER;
    };
  }
}
