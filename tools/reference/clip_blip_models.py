"""Small random CLIP and BLIP models for sgid's tests, in the layouts that published models have.

Every model is made from a fixed seed, small enough to be committed, and wide enough in dialect to
hold the Java side to what it may meet: towers or one graph, embeddings normalised or not, with and
without an attention mask, int64 or int32 ids, a decoder with and without a key/value cache.
"""

import json
import re
import sys
import warnings
from collections import Counter
from pathlib import Path

import onnx
import torch
from torch import nn
from transformers import (
    BertTokenizerFast,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    BlipProcessor,
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    CLIPProcessor,
    CLIPTokenizerFast,
    DynamicCache,
    EncoderDecoderCache,
)
from transformers.models.clip.tokenization_clip import bytes_to_unicode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "export"))
from sgid_pack.blip import export_blip_graphs  # noqa: E402  (found through the path above)

OPSET = 17

# What the tokenizers are trained on: enough words to need several tokens each, and the punctuation
# that decoding joins to the word before it.
TEXT = """
a photo of an ankle boot, a sneaker and a sandal on a white table.
the picture shows a grey t-shirt with short sleeves; it's plain, isn't it?
a woman's dress, a man's coat, a child's pullover: they're all dark!
this bag has a long handle. we've seen one like it, but don't know where.
black trousers hang next to a striped shirt (size 12), i'm told.
an image of a shoe with a high heel and a pointed toe, seen from the side.
a close-up of leather, wool, cotton and denim: soft, rough, shiny or worn.
a person wearing a winter coat in the snow. "warm and dry", he said.
""".strip().splitlines()


def byte_pair_merges(words, count):
    """The `count` most frequent merges in `words`, lists of symbols; ties by spelling.

    The tokenizers library's trainers break ties by a hash that differs from run to run.
    """
    words = Counter(tuple(word) for word in words)
    merges = []
    for _ in range(count):
        pairs = Counter()
        for word, times in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += times
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        words = Counter({merged(word, best): times for word, times in words.items()})
    return merges


def merged(word, pair):
    symbols = []
    for symbol in word:
        if symbols and (symbols[-1], symbol) == pair:
            symbols[-1] += symbol.removeprefix("##")
        else:
            symbols.append(symbol)
    return tuple(symbols)


def seeded_normal(model, seed, std):
    """Draws every weight of `model` again: normal, `std` times what keeps a linear layer's input variance."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in sorted(model.named_parameters()):
            if weight.dim() > 1:
                fan_in = weight[0].numel()
                weight.normal_(0.0, std / fan_in**0.5, generator=generator)
            elif "norm" in name.lower() and name.endswith("weight"):
                weight.normal_(1.0, 0.1, generator=generator)
            elif weight.dim() == 1:
                weight.normal_(0.0, 0.1, generator=generator)
    return model.eval()


def export(module, example, path, inputs, outputs, axes):
    """Writes `module` as ONNX with symbolic dimensions `axes`, and checks the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            example,
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    proto = onnx.load(str(path))
    proto.graph.name = path.stem
    for node in proto.graph.node:
        node.ClearField("doc_string")
    onnx.checker.check_model(proto, full_check=True)
    onnx.save(proto, str(path))
    if path.stat().st_size > 500_000:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes, too many to commit")


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


# ----------------------------------------------------------------------------- CLIP


def clip_tokenizer(folder, length=16):
    """A byte-level BPE like CLIP's, with its special tokens, trained on `TEXT`."""
    bytes_of = bytes_to_unicode()
    words = re.findall(r"'(?:s|t|re|ve|m|ll|d)|[a-z]+|[0-9]|[^\sa-z0-9]+", " ".join(TEXT).lower())
    spelled = [["".join(bytes_of[byte] for byte in char.encode()) for char in word] for word in words]
    merges = byte_pair_merges([word[:-1] + [word[-1] + "</w>"] for word in spelled], 120)
    alphabet = list(bytes_of.values())
    tokens = alphabet + [token + "</w>" for token in alphabet] + [first + second for first, second in merges]
    tokens = list(dict.fromkeys(tokens)) + ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "vocab.json", {token: i for i, token in enumerate(tokens)})
    lines = "".join(f"{first} {second}\n" for first, second in merges)
    (folder / "merges.txt").write_text("#version: 0.2\n" + lines, encoding="utf-8")
    tokenizer = CLIPTokenizerFast(
        vocab_file=str(folder / "vocab.json"), merges_file=str(folder / "merges.txt"), model_max_length=length
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


def clip_model(tokenizer, seed, eos_token_id, embedding=24, length=16):
    config = CLIPConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": 32,
            "intermediate_size": 64,
            "projection_dim": embedding,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "max_position_embeddings": length,
            "hidden_act": "quick_gelu",
            "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
        },
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 64,
            "projection_dim": embedding,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "image_size": 32,
            "patch_size": 8,
            "hidden_act": "quick_gelu",
        },
        projection_dim=embedding,
        attn_implementation="eager",
    )
    model = CLIPModel(config)
    seeded_normal(model, seed, 1.0)
    with torch.no_grad():
        model.logit_scale.fill_(4.6)  # about ln 100, as trained models have
    return model.eval()


class TextTower(nn.Module):
    def __init__(self, clip, mask, normalise):
        super().__init__()
        self.clip, self.mask, self.normalise = clip, mask, normalise

    def forward(self, input_ids, attention_mask=None):
        mask = attention_mask if self.mask else None
        embeds = self.clip.get_text_features(input_ids=input_ids.long(), attention_mask=mask)
        return embeds / embeds.norm(dim=-1, keepdim=True) if self.normalise else embeds


class VisionTower(nn.Module):
    def __init__(self, clip, normalise):
        super().__init__()
        self.clip, self.normalise = clip, normalise

    def forward(self, pixel_values):
        embeds = self.clip.get_image_features(pixel_values=pixel_values)
        return embeds / embeds.norm(dim=-1, keepdim=True) if self.normalise else embeds


class WholeClip(nn.Module):
    def __init__(self, clip):
        super().__init__()
        self.clip = clip

    def forward(self, input_ids, pixel_values, attention_mask):
        out = self.clip(input_ids=input_ids, pixel_values=pixel_values, attention_mask=attention_mask)
        return out.logits_per_image, out.logits_per_text, out.text_embeds, out.image_embeds


def clip_files(folder, model, tokenizer):
    """Config, tokenizer and preprocessor files, as `save_pretrained` writes them; returns the processor."""
    processor = CLIPProcessor(
        CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}), tokenizer
    )
    model.config.save_pretrained(folder)
    processor.save_pretrained(folder)
    (folder / "chat_template.jinja").unlink(missing_ok=True)
    return processor


def example_text(tokenizer):
    return tokenizer(["a photo of a boot", "a bag"], padding=True, return_tensors="pt")


def tiny_clip(folder):
    """Towers of their own, as Xenova's exports have them; not normalised; eos id 2 (pooled at the highest id)."""
    tokenizer = clip_tokenizer(folder)
    model = clip_model(tokenizer, seed=11, eos_token_id=2)
    processor = clip_files(folder, model, tokenizer)
    text = example_text(tokenizer)
    export(
        TextTower(model, mask=True, normalise=False),
        (text["input_ids"], text["attention_mask"]),
        folder / "text_model.onnx",
        ["input_ids", "attention_mask"],
        ["text_embeds"],
        {name: {0: "batch_size", 1: "sequence_length"} for name in ("input_ids", "attention_mask")}
        | {"text_embeds": {0: "batch_size"}},
    )
    export_vision(model, folder, normalise=False)
    return model, processor


def export_vision(model, folder, normalise):
    export(
        VisionTower(model, normalise),
        (torch.zeros(2, 3, 32, 32).normal_(generator=torch.Generator().manual_seed(0)),),
        folder / "vision_model.onnx",
        ["pixel_values"],
        ["image_embeds"],
        {"pixel_values": {0: "batch_size"}, "image_embeds": {0: "batch_size"}},
    )


def tiny_clip_normalised(folder):
    """Towers whose embeddings come normalised; int32 ids of a fixed length, no mask; pooled at the eos id."""
    tokenizer = clip_tokenizer(folder)
    model = clip_model(tokenizer, seed=12, eos_token_id=tokenizer.eos_token_id)
    processor = clip_files(folder, model, tokenizer)
    ids = tokenizer(["a photo of a boot", "a bag"], padding="max_length", return_tensors="pt")["input_ids"]
    export(
        TextTower(model, mask=False, normalise=True),
        (ids.int(),),
        folder / "text_model.onnx",
        ["input_ids"],
        ["text_embeds"],
        {"input_ids": {0: "batch"}, "text_embeds": {0: "batch"}},
    )
    export_vision(model, folder, normalise=True)
    return model, processor


def tiny_clip_combined(folder):
    """One graph with optimum's names."""
    tokenizer = clip_tokenizer(folder)
    model = clip_model(tokenizer, seed=13, eos_token_id=tokenizer.eos_token_id)
    processor = clip_files(folder, model, tokenizer)
    text = example_text(tokenizer)
    pixels = torch.zeros(3, 3, 32, 32).normal_(generator=torch.Generator().manual_seed(0))
    export(
        WholeClip(model),
        (text["input_ids"], pixels, text["attention_mask"]),
        folder / "model.onnx",
        ["input_ids", "pixel_values", "attention_mask"],
        ["logits_per_image", "logits_per_text", "text_embeds", "image_embeds"],
        {
            "input_ids": {0: "text_batch_size", 1: "sequence_length"},
            "pixel_values": {0: "image_batch_size", 1: "num_channels", 2: "height", 3: "width"},
            "attention_mask": {0: "text_batch_size", 1: "sequence_length"},
            "logits_per_image": {0: "image_batch_size", 1: "text_batch_size"},
            "logits_per_text": {0: "text_batch_size", 1: "image_batch_size"},
            "text_embeds": {0: "text_batch_size"},
            "image_embeds": {0: "image_batch_size"},
        },
    )
    return model, processor


# ----------------------------------------------------------------------------- BLIP


def blip_tokenizer(folder, dec_in_vocabulary):
    """BERT's WordPiece trained on `TEXT`.

    Salesforce's checkpoints keep [DEC] and [ENC] outside of the tokenizer (the model knows two ids
    more); others add them as special tokens.
    """
    words = re.findall(r"[a-z0-9]+|[^\sa-z0-9]", " ".join(TEXT).lower())
    spelled = [[word[0]] + ["##" + char for char in word[1:]] for word in words]
    merges = byte_pair_merges(spelled, 140)
    pieces = sorted({piece for word in spelled for piece in word})
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + pieces
    tokens = list(dict.fromkeys(tokens + [first + second.removeprefix("##") for first, second in merges]))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(tokens) + "\n", encoding="utf-8")
    extra = {"additional_special_tokens": ["[DEC]", "[ENC]"]} if dec_in_vocabulary else {}
    vocab = str(folder / "vocab.txt")
    tokenizer = BertTokenizerFast(vocab_file=vocab, model_max_length=32, do_lower_case=True, **extra)
    tokenizer.save_pretrained(folder)
    return tokenizer


def blip_model(tokenizer, seed, dec_in_vocabulary):
    words = len(tokenizer)
    bos = tokenizer.convert_tokens_to_ids("[DEC]") if dec_in_vocabulary else words
    config = BlipConfig(
        text_config={
            "vocab_size": words if dec_in_vocabulary else words + 2,
            "hidden_size": 32,
            "encoder_hidden_size": 24,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "max_position_embeddings": 32,
            "bos_token_id": bos,
            "eos_token_id": tokenizer.sep_token_id,
            "sep_token_id": tokenizer.sep_token_id,
            "pad_token_id": tokenizer.pad_token_id,
            "tie_word_embeddings": False,
        },
        vision_config={
            "hidden_size": 24,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 3,
            "image_size": 48,
            "patch_size": 16,
        },
        tie_word_embeddings=False,
    )
    model = BlipForConditionalGeneration(config)
    model.tie_weights()
    seeded_normal(model, seed, 1.0)
    sharpen(model, tokenizer)
    return model.eval()


def sharpen(model, tokenizer):
    """Makes a random decoder talk: positions matter, likely tokens stand out, [SEP] comes after some of them."""
    decoder = model.text_decoder
    with torch.no_grad():
        decoder.bert.embeddings.position_embeddings.weight.mul_(2.0)
        for layer in decoder.bert.encoder.layer:
            layer.crossattention.self.query.weight.mul_(3.0)
            layer.attention.self.query.weight.mul_(2.0)
        head = decoder.cls.predictions
        head.decoder.weight.mul_(2.5)
        special = [tokenizer.pad_token_id, tokenizer.unk_token_id, tokenizer.cls_token_id, tokenizer.mask_token_id]
        head.decoder.bias[special] = -8.0
        head.decoder.bias[model.config.text_config.bos_token_id :] = -8.0
        head.decoder.bias[tokenizer.sep_token_id] = 5.0


class Decoder(nn.Module):
    """BLIP's text decoder with the self-attention's keys and values as inputs and outputs."""

    def __init__(self, blip):
        super().__init__()
        self.decoder = blip.text_decoder

    def forward(self, input_ids, attention_mask, encoder_hidden_states, *past):
        pairs = tuple((past[i], past[i + 1]) for i in range(0, len(past), 2))
        cache = EncoderDecoderCache(DynamicCache.from_legacy_cache(pairs), DynamicCache())
        out = self.decoder(
            input_ids=input_ids,
            attention_mask=attention_mask,
            encoder_hidden_states=encoder_hidden_states,
            past_key_values=cache,
            use_cache=True,
            is_decoder=True,
        )
        present = out.past_key_values.self_attention_cache
        flat = [tensor for layer in present.layers for tensor in (layer.keys, layer.values)]
        return (out.logits, *flat)


class RenamedDecoder(Decoder):
    def forward(self, tokens, attention_mask, states, states_mask, *past):
        return super().forward(tokens.long(), attention_mask.long(), states * states_mask[..., None], *past)


class PlainDecoder(nn.Module):
    """BLIP's text decoder without a cache."""

    def __init__(self, blip):
        super().__init__()
        self.decoder = blip.text_decoder

    def forward(self, input_ids, attention_mask, encoder_hidden_states):
        return self.decoder(
            input_ids=input_ids,
            attention_mask=attention_mask,
            encoder_hidden_states=encoder_hidden_states,
            use_cache=False,
            is_decoder=True,
        ).logits


class BlipVision(nn.Module):
    def __init__(self, blip):
        super().__init__()
        self.vision = blip.vision_model

    def forward(self, pixel_values):
        return self.vision(pixel_values=pixel_values).last_hidden_state


def blip_files(folder, model, tokenizer):
    processor = BlipProcessor(BlipImageProcessor(size={"height": 48, "width": 48}), tokenizer)
    model.config.save_pretrained(folder)
    processor.save_pretrained(folder)
    model.text_decoder.generation_config.save_pretrained(folder)
    export(
        BlipVision(model),
        (torch.zeros(2, 3, 48, 48).normal_(generator=torch.Generator().manual_seed(0)),),
        folder / "vision_model.onnx",
        ["pixel_values"],
        ["last_hidden_state"],
        {"pixel_values": {0: "batch_size"}, "last_hidden_state": {0: "batch_size", 1: "image_tokens"}},
    )
    return processor


def decoder_example(model, tokenizer, past):
    generator = torch.Generator().manual_seed(1)
    text = model.config.text_config
    heads, size = text.num_attention_heads, text.hidden_size // text.num_attention_heads
    ids = torch.randint(5, len(tokenizer), (2, 3), generator=generator)
    mask = torch.ones(2, 3 + past, dtype=torch.long)
    encoded = torch.zeros(2, 10, text.encoder_hidden_size).normal_(generator=generator)
    pairs = [torch.zeros(2, heads, past, size).normal_(generator=generator) for _ in range(2 * text.num_hidden_layers)]
    return ids, mask, encoded, pairs


def tiny_blip(folder):
    """A decoder with a cache; [DEC] outside of the tokenizer, as in Salesforce's checkpoints."""
    tokenizer = blip_tokenizer(folder, dec_in_vocabulary=False)
    model = blip_model(tokenizer, seed=26, dec_in_vocabulary=False)
    processor = blip_files(folder, model, tokenizer)
    ids, mask, encoded, pairs = decoder_example(model, tokenizer, past=2)
    names = [f"{i}.{part}" for i in range(len(pairs) // 2) for part in ("key", "value")]
    export(
        Decoder(model),
        (ids, mask, encoded, *pairs),
        folder / "text_decoder.onnx",
        ["input_ids", "attention_mask", "encoder_hidden_states"] + [f"past_key_values.{name}" for name in names],
        ["logits"] + [f"present.{name}" for name in names],
        {
            "input_ids": {0: "batch_size", 1: "sequence_length"},
            "attention_mask": {0: "batch_size", 1: "total_sequence_length"},
            "encoder_hidden_states": {0: "batch_size", 1: "image_tokens"},
            "logits": {0: "batch_size", 1: "sequence_length"},
        }
        | {f"past_key_values.{name}": {0: "batch_size", 2: "past_sequence_length"} for name in names}
        | {f"present.{name}": {0: "batch_size", 2: "total_sequence_length"} for name in names},
    )
    return model, processor


def tiny_blip_renamed(folder, model, processor):
    """The decoder of `tiny_blip` as a personal export script may have it: names of its own, int32, two masks."""
    ids, mask, encoded, pairs = decoder_example(model, processor.tokenizer, past=2)
    layers = range(len(pairs) // 2)
    past = [f"{part}_{i}_in" for i in layers for part in ("k", "v")]
    present = [f"{part}_{i}_out" for i in layers for part in ("k", "v")]
    names = ["tokens", "attention_mask", "image_states", "encoder_attention_mask", *past]
    axes = {
        "tokens": {0: "b", 1: "s"},
        "attention_mask": {0: "b", 1: "t"},
        "image_states": {0: "b", 1: "n"},
        "encoder_attention_mask": {0: "b", 1: "n"},
        "scores": {0: "b", 1: "s"},
    }
    export(
        RenamedDecoder(model),
        (ids.int(), mask.int(), encoded, torch.ones(encoded.shape[:2], dtype=torch.int32), *pairs),
        folder / "text_decoder.onnx",
        names,
        ["scores", *present],
        axes | {name: {0: "b", 2: "p"} for name in past} | {name: {0: "b", 2: "t"} for name in present},
    )


def tiny_blip_keys(folder, model):
    """The graphs that tools/export makes of `tiny_blip`: the image's keys and values, made once."""
    export_blip_graphs(model, folder)


def tiny_blip_nocache(folder):
    """A decoder without a cache; [DEC] is one of the tokenizer's special tokens."""
    tokenizer = blip_tokenizer(folder, dec_in_vocabulary=True)
    model = blip_model(tokenizer, seed=30, dec_in_vocabulary=True)
    processor = blip_files(folder, model, tokenizer)
    ids, mask, encoded, _ = decoder_example(model, tokenizer, past=0)
    export(
        PlainDecoder(model),
        (ids, mask, encoded),
        folder / "text_decoder.onnx",
        ["input_ids", "attention_mask", "encoder_hidden_states"],
        ["logits"],
        {
            "input_ids": {0: "batch_size", 1: "sequence_length"},
            "attention_mask": {0: "batch_size", 1: "sequence_length"},
            "encoder_hidden_states": {0: "batch_size", 1: "image_tokens"},
            "logits": {0: "batch_size", 1: "sequence_length"},
        },
    )
    return model, processor
