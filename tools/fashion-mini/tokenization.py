"""The two tokenizers: CLIP's byte-level BPE for prompts, WordPiece for captions."""

import json
import string
import tempfile
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import BertTokenizerFast, CLIPTokenizerFast

import captions
import data

#: Prompts are padded and cut to this many tokens; the longest of the pack's own takes 16.
PROMPT_TOKENS = 24

_END_OF_WORD = "</w>"
_CLIP_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def prompts() -> list[str]:
    """Every prompt the pack is trained on."""
    texts = captions.vocabulary()
    return [*texts, *data.LABEL_TEXTS, *(f"{label}, {text}" for label in data.LABEL_TEXTS for text in texts)]


def prompt_tokenizer() -> CLIPTokenizerFast:
    """CLIP's tokenizer with merges learned from the prompts; any other text falls apart into bytes."""
    learned = Tokenizer(models.BPE(end_of_word_suffix=_END_OF_WORD, continuing_subword_prefix=""))
    learned.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    learned.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(_CLIP_SPLIT), behavior="removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    learned.train_from_iterator(prompts(), trainers.BpeTrainer(
        vocab_size=2_000, min_frequency=1, initial_alphabet=alphabet, end_of_word_suffix=_END_OF_WORD,
        show_progress=False))
    merges = [tuple(merge) for merge in json.loads(learned.to_str())["model"]["merges"]]

    # CLIP's order: bytes, bytes that end a word, merges in the order learned, the two special tokens.
    tokens = [*alphabet, *(byte + _END_OF_WORD for byte in alphabet), *("".join(merge) for merge in merges),
              "<|startoftext|>", "<|endoftext|>"]
    vocab = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    with tempfile.TemporaryDirectory() as folder:
        vocab_file, merges_file = Path(folder, "vocab.json"), Path(folder, "merges.txt")
        vocab_file.write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
        merges_file.write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
        return CLIPTokenizerFast(str(vocab_file), str(merges_file), model_max_length=PROMPT_TOKENS,
                                 pad_token="<|endoftext|>")


def caption_tokenizer() -> BertTokenizerFast:
    """BERT's tokenizer: the words of the captions and labels, and letters for everything else."""
    words = dict.fromkeys(word for text in prompts() for word in text.replace(",", " ").replace("-", " ").split())
    letters = string.ascii_lowercase + string.digits
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]", "[ENC]",
              *string.punctuation, *letters, *(f"##{letter}" for letter in letters), *words]
    with tempfile.TemporaryDirectory() as folder:
        vocab_file = Path(folder, "vocab.txt")
        vocab_file.write_text("".join(f"{token}\n" for token in dict.fromkeys(tokens)), encoding="utf-8")
        tokenizer = BertTokenizerFast(str(vocab_file), do_lower_case=True, model_max_length=PROMPT_TOKENS)
    tokenizer.add_special_tokens({"bos_token": "[DEC]", "additional_special_tokens": ["[ENC]"]})
    return tokenizer
