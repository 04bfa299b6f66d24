"""Expected values of TextTokenizer: what transformers' Fast tokenizers make of hard strings.

    python tools/reference/tokenizers_reference.py

Writes the CLIP merges (the vocabulary follows from them), a WordPiece vocabulary learned from the
strings themselves, the small files of each tokenizer folder, and ids, masks and decoded texts.
"""

import gzip
import importlib.util
import json
import random
import tempfile
from collections import Counter
from pathlib import Path

from tokenizers import normalizers, pre_tokenizers
from transformers import BertTokenizerFast, CLIPTokenizerFast, GPT2TokenizerFast

import golden
from clip_blip_models import byte_pair_merges

SEED = 20240


def byte_characters():
    """The 256 characters of byte-level BPE, in the order of CLIP's vocabulary."""
    own = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    rest = [b for b in range(256) if b not in own]
    return [chr(b) for b in own] + [chr(256 + i) for i in range(len(rest))]


def clip_vocabulary():
    package = importlib.util.find_spec("open_clip").submodule_search_locations[0]
    text = gzip.decompress((Path(package) / "bpe_simple_vocab_16e6.txt.gz").read_bytes()).decode()
    merges = text.split("\n")[1 : 49152 - 256 - 2 + 1]
    letters = byte_characters()
    tokens = letters + [c + "</w>" for c in letters]
    tokens += ["".join(merge.split()) for merge in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return {token: i for i, token in enumerate(tokens)}, merges


def hard_strings():
    strings = [
        "",
        " ",
        "     ",
        "\t\n\r\n",
        "\u00a0\u2003\u3000",
        "a photo of a cat",
        "A Photo of a CAT.",
        "I'm you're he'll we've they'd it's don't CAN'T I'M YOU'RE",
        "the dog's bone; the dogs' bones; rock'n'roll; 'quoted' ''double''",
        "\u201ccurly quotes\u201d and \u2018single\u2019 don\u2019t \u201ait\u2019s\u201c",
        "caf\u00e9 na\u00efve \u00fcber \u00c5ngstr\u00f6m \u00c6on stra\u00dfe \u0130stanbul \u01c6",
        "cafe\u0301 e\u0301\u0300 n\u0303 o\u0308 \u1e9b\u0323 \ufb01ne",
        "\u4e2d\u6587\u5b57\u7b26 mixed with english \u65e5\u672c\u8a9e\u306e\u6587\u7ae0 \ud55c\uad6d\uc5b4",
        "\uff21\uff22\uff23 \uff11\uff12\uff13 \u2460\u2461",
        "emoji \U0001f600\U0001f525\U0001f44d\U0001f3fd end",
        "family \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 flag \U0001f1e9\U0001f1ea",
        "zero\u200bwidth\u200cjoiner\u200dmarks\ufeff",
        "control\x00\x01\x07\x1b\x7f\x85chars",
        "tab\tnewline\ncarriage\rform\x0cvertical\x0bend",
        "line\u2028separator\u2029paragraph",
        "soft\u00adhyphen non\u2011breaking \u2013 en \u2014 em",
        "<|endoftext|>",
        "<|startoftext|>hello<|endoftext|>",
        "before <|endoftext|> after",
        "<|ENDOFTEXT|> upper <| endoftext |>",
        "[SEP]",
        "[CLS] a [SEP] b [PAD] [MASK] [UNK] [sep]",
        "x[SEP]y",
        "[DEC] [ENC]",
        "wow! really!! !!! ! <!>",
        "a! b !c",
        "12345 3.14 1,000,000 2nd 10k $5 50% #1 @home",
        "http://example.com/a?b=c&d=%20 user@example.com C:\\path",
        "snake_case kebab-case CamelCase a.b.c",
        "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 \u05e9\u05dc\u05d5\u05dd",
        "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
        "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u0393\u03b5\u03b9\u03ac \u03c3\u03b1\u03c2 \u03a3\u03a3",
        "\u00bd \u00b2 \u2103 \u00b5m \u2126 \u212b \u2160",
        "\U0001d4d7\U0001d4ee\U0001d4f5\U0001d4f5\U0001d4f8 \U00020000\U0002a6d6",
        "a" * 99,
        "a" * 101,
        "word " * 80,
        "supercalifragilisticexpialidocious " * 20,
        "\u4e2d" * 120,
        "\U0001f600" * 60,
        "!" * 90,
        "  leading and trailing  ",
        "ankle_boot, a pair of black leather boots with laces",
        "t-shirt, a white t-shirt with the word \u2018love\u2019 printed on it",
        "\u2581sentencepiece \u0120gpt2 </w> ##ing",
        "\ufffd replacement \ue000 private \U0010ffff",
        "\u0301 lone accent",
        "na\u0308\u0323ive \u0323\u0308",
        "\u1100\u1161\u11a8 jamo \uac01",
    ]
    pieces = [
        "cat", "Dog's", "don't", "caf\u00e9", "e\u0301", "\u4e2d\u6587", "\U0001f600", "\u200d", "\u200b", "!", "?",
        ",", ".", "'", "\u2019", "\u201c", "...", "\t", "\n", " ", "  ", "\u00a0", "123", "4", "<|endoftext|>",
        "[SEP]", "[MASK]", "_", "-", "\u00df", "\u0130", "\u03a3", "\u0645\u0631", "\x00", "\x1f", "\u00ad", "#", "##x",
        "photograph", "running", "Antidisestablishmentarianism", "\U0001f468\u200d\U0001f469", "'ll", "'S", "\ufb03",
        "\u0915\u094d\u0937", "\u3042", "\uff76\uff9e", "\u2126", "<|start", "oftext|>", "</w>", "\U00020bb7",
    ]  # fmt: skip
    choose = random.Random(SEED)
    while len(strings) < 500:
        n = choose.choice([2, 3, 5, 8, 13, 30, 60])
        glue = choose.choice(["", " ", " ", "\u3000"])
        strings.append(glue.join(choose.choice(pieces) for _ in range(n)))
    assert len(set(strings)) == 500
    return strings


def wordpiece_vocabulary(strings):
    """700 pieces, few enough that words split and some characters are unknown.

    The 250 most frequent characters, then merges; ties by spelling. The tokenizers library's own
    trainer breaks ties by a hash that differs from run to run.
    """
    normalizer = normalizers.BertNormalizer(lowercase=False)
    splitter = pre_tokenizers.BertPreTokenizer()
    words = []
    for text in strings + [text.lower() for text in strings]:
        words += [word for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text))]
    counts = Counter("".join(words))
    alphabet = set(sorted(counts, key=lambda char: (-counts[char], char))[:250])
    spelled = [[word[0], *("##" + char for char in word[1:])] for word in words if alphabet.issuperset(word)]
    pieces = {piece for word in spelled for piece in word}
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    merges = byte_pair_merges(spelled, 700 - len(special) - len(pieces))
    pieces.update(first + second.removeprefix("##") for first, second in merges)
    return special + sorted(pieces)


def token(content, **flags):
    return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False} | flags


def folders():
    """name: (class, files to write, whether tokenizer.json of the built tokenizer is kept)"""
    clip = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77}
    sd1_map = {
        "bos_token": token("<|startoftext|>"),
        "eos_token": token("<|endoftext|>"),
        "pad_token": "<|endoftext|>",
        "unk_token": token("<|endoftext|>"),
    }
    typed = {"__type": "AddedToken"}
    sd1_config = clip | {
        "bos_token": typed | token("<|startoftext|>"),
        "eos_token": typed | token("<|endoftext|>"),
        "unk_token": typed | token("<|endoftext|>"),
        "pad_token": "<|endoftext|>",
        "do_lower_case": True,
        "errors": "replace",
    }
    decoder = {
        "49406": token("<|startoftext|>", special=True),
        "49407": token("<|endoftext|>", special=True),
    }
    sd2_decoder = {"0": token("!", normalized=False, special=True)} | decoder
    strings = {k: v["content"] if isinstance(v, dict) else v for k, v in sd1_map.items()}
    bert = {"tokenizer_class": "BertTokenizer", "model_max_length": 40}
    return {
        "clip-bare": (CLIPTokenizerFast, {}, False),
        "clip-sd1": (
            CLIPTokenizerFast,
            {"tokenizer_config.json": sd1_config, "special_tokens_map.json": sd1_map},
            False,
        ),
        "clip-sd1-json": (
            CLIPTokenizerFast,
            {"tokenizer_config.json": sd1_config, "special_tokens_map.json": sd1_map},
            True,
        ),
        "clip-sd2": (
            CLIPTokenizerFast,
            {
                "tokenizer_config.json": sd1_config | {"pad_token": "!"},
                "special_tokens_map.json": sd1_map | {"pad_token": "!"},
            },
            False,
        ),
        "clip-sd2-decoder": (
            CLIPTokenizerFast,
            {
                "tokenizer_config.json": clip | strings | {"pad_token": "!", "added_tokens_decoder": sd2_decoder},
                "special_tokens_map.json": {"pad_token": "<|endoftext|>"},
            },
            False,
        ),
        "clip-decoder-json": (
            CLIPTokenizerFast,
            {
                "tokenizer_config.json": clip
                | strings
                | {
                    "added_tokens_decoder": decoder | {"49408": token("<sgid>", normalized=False, special=False)},
                    "additional_special_tokens": ["cat"],
                    "model_max_length": 20,
                    "clean_up_tokenization_spaces": True,
                },
            },
            True,
        ),
        "clip-left": (
            CLIPTokenizerFast,
            {"tokenizer_config.json": clip | {"model_max_length": 16, "truncation_side": "left", "padding_side": "left"}},
            False,
        ),
        "bert-bare": (BertTokenizerFast, {}, False),
        "bert-uncased": (
            BertTokenizerFast,
            {"tokenizer_config.json": bert | {"do_lower_case": True, "clean_up_tokenization_spaces": True}},
            False,
        ),
        "bert-cased": (BertTokenizerFast, {"tokenizer_config.json": bert | {"do_lower_case": False}}, False),
        "bert-accents": (
            BertTokenizerFast,
            {
                "tokenizer_config.json": bert
                | {"do_lower_case": True, "strip_accents": False, "tokenize_chinese_chars": False}
            },
            False,
        ),
        "bert-json": (BertTokenizerFast, {"tokenizer_config.json": bert | {"do_lower_case": False}}, True),
        # BLIP's: two more special tokens, appended to the vocabulary
        "bert-blip": (
            BertTokenizerFast,
            {
                "tokenizer_config.json": bert
                | {
                    "bos_token": "[DEC]",
                    "additional_special_tokens": ["[ENC]"],
                    "model_max_length": 512,
                    "clean_up_tokenization_spaces": True,
                },
                "special_tokens_map.json": {"bos_token": "[DEC]", "cls_token": "[CLS]", "pad_token": "[PAD]"},
            },
            False,
        ),
        "bert-blip-json": (
            BertTokenizerFast,
            {
                "tokenizer_config.json": bert
                | {"bos_token": "[DEC]", "additional_special_tokens": ["[ENC]"], "model_max_length": 512}
            },
            True,
        ),
        "gpt2": (GPT2TokenizerFast, {"tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer", "model_max_length": 24, "pad_token": "<|endoftext|>"}}, False),
    }


def main():
    strings = hard_strings()
    vocabulary, merges = clip_vocabulary()
    assert len(vocabulary) == 49408
    pieces = wordpiece_vocabulary(strings)
    written = {"clip_merges": merges, "wordpiece": pieces, "strings": strings, "folders": []}

    for name, (kind, files, keep_json) in folders().items():
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            for file, content in files.items():
                (folder / file).write_text(json.dumps(content))
            if kind is BertTokenizerFast:
                (folder / "vocab.txt").write_text("".join(p + "\n" for p in pieces), encoding="utf-8")
            else:
                (folder / "vocab.json").write_text(json.dumps(vocabulary))
                (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
            if keep_json:
                # as a plain folder's tokenizer is saved, without what the other files will add
                bare = kind(**{f"{k}_file": str(folder / v) for k, v in
                               ({"vocab": "vocab.txt"} if kind is BertTokenizerFast
                                else {"vocab": "vocab.json", "merges": "merges.txt"}).items()})  # fmt: skip
                bare.backend_tokenizer.save(str(folder / "tokenizer.json"))
            fast = kind.from_pretrained(folder)
            limited = fast.model_max_length < 1e6
            length = fast.model_max_length if limited else 32
            padded = fast(strings, truncation=True, padding="max_length", max_length=length)
            whole = fast(strings, verbose=False)["input_ids"]
            backend = json.loads(fast.backend_tokenizer.to_str())
            entry = {
                "name": name,
                "family": "bert" if kind is BertTokenizerFast else "clip",
                "files": files,
                "length": length,
                "limited": limited,
                "pad": fast.pad_token_id,
                "vocabulary_size": len(fast),
                "added_tokens": backend["added_tokens"],
                "ids": golden.encode(padded["input_ids"], "i4"),
                "lengths": [sum(mask) for mask in padded["attention_mask"]],
                "first": [mask.index(1) if 1 in mask else 0 for mask in padded["attention_mask"]],
                "cut": [cut_text(fast, text, ids, length) for text, ids in zip(strings, whole)],
                "decoded": [fast.decode(ids, skip_special_tokens=True) for ids in padded["input_ids"]],
                "decoded_whole": [fast.decode(ids, skip_special_tokens=False) for ids in whole[:60]],
            }
            if keep_json:
                saved = json.loads((folder / "tokenizer.json").read_text())
                del saved["model"]["vocab"]
                saved["model"].pop("merges", None)
                entry["tokenizer_json"] = saved
            written["folders"].append(entry)
            print(name, len(fast), fast.pad_token_id, [t["content"] for t in backend["added_tokens"]])
    golden.write("text/tokenizers.json.gz", written)


def cut_text(fast, text, ids, length):
    """What the tokens left out stand for, by their offsets."""
    if len(ids) <= length:
        return ""
    offsets = fast(text, return_offsets_mapping=True, verbose=False)["offset_mapping"]
    cut = len(ids) - length
    prefix = 0 if fast.__class__ is GPT2TokenizerFast else 1
    if fast.truncation_side == "left":
        return text[: offsets[prefix + cut - 1][1]]
    return text[offsets[length - prefix][0] :]


if __name__ == "__main__":
    main()
