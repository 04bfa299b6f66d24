"""Small random SigLIP models and what transformers says with them.

    python tools/reference/siglip_models.py [RESOURCES]

writes models/tiny-siglip, whose tokenizer is SigLIP's (sentencepiece), its hub form with a tokenizer.json,
models/tiny-siglip2 with Gemma's, and models/tiny-siglip-combined. Towers give pooler_output as those of
transformers.js do; the combined graph is optimum's. Needs tools/reference/requirements-exporters.txt.
"""

import argparse
import io
import json
import logging
import shutil
import tempfile
import warnings
from pathlib import Path

import onnx
import sentencepiece
import torch
from optimum.exporters.onnx import main_export
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from torch import nn
from transformers import GemmaTokenizerFast, SiglipTokenizer
from transformers.convert_slow_tokenizer import SpmConverter
from transformers.models.siglip.configuration_siglip import SiglipConfig
from transformers.models.siglip.image_processing_siglip import SiglipImageProcessor
from transformers.models.siglip.modeling_siglip import SiglipModel

import clip_blip_models as tiny
import clip_blip_reference as reference
from vit_gpt2_models import strip

LENGTH = 64
TEXTS = reference.TEXTS + [
    "  spaces   and\ttabs, UPPER Case!  ",
    "e-mail: a_b@c.de (50% off) \u00bd \ufb01ne \u2026",
    "the quick \u2581 brown ?!",
    "\u00c4rger \u0130stanbul \u03a3\u0391\u03a3",
]


def siglip_tokenizer(folder):
    """Sentencepiece's unigrams of `TEXT`, with the ids that SigLIP's have."""
    made = io.BytesIO()
    lines = [line.lower() for line in tiny.TEXT] * 4
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=made,
        vocab_size=150,
        model_type="unigram",
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spiece.model").write_bytes(made.getvalue())
    tokenizer = SiglipTokenizer(str(folder / "spiece.model"), model_max_length=LENGTH)
    tokenizer.save_pretrained(folder)
    return tokenizer


def hub_tokenizer(folder, slow):
    """The tokenizer.json that hub folders of SigLIP have beside, or in place of, spiece.model."""
    fast = SpmConverter(slow).converted()
    punctuation = Regex(r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]")
    fast.normalizer = normalizers.Sequence(
        [
            normalizers.Lowercase(),
            normalizers.Replace(punctuation, ""),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
            fast.normalizer,
        ]
    )
    fast.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fast.save(str(folder / "tokenizer.json"))


def gemma_tokenizer(folder):
    """Gemma's byte-fallback BPE, as SigLIP 2 has it: no start token, an end token, <pad> to the right."""
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    pieces = [f"<0x{byte:02X}>" for byte in range(256)]
    words = [["\u2581"] + list(word) for line in tiny.TEXT for word in line.lower().split()]
    merges = tiny.byte_pair_merges(words, 120)
    letters = sorted({letter for word in words for letter in word})
    tokens = list(dict.fromkeys(special + pieces + letters + [a + b for a, b in merges]))
    fast = Tokenizer(
        models.BPE(
            vocab={token: i for i, token in enumerate(tokens)},
            merges=merges,
            byte_fallback=True,
            fuse_unk=True,
            unk_token="<unk>",
        )
    )
    fast.normalizer = normalizers.Replace(" ", "\u2581")
    fast.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    fast.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    fast.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    tokenizer = GemmaTokenizerFast(
        tokenizer_object=fast, add_bos_token=False, add_eos_token=True, padding_side="right"
    )
    tokenizer.save_pretrained(folder)
    (folder / "tokenizer.model").unlink(missing_ok=True)
    return tokenizer


def siglip(words, seed, length=LENGTH):
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    text = {"vocab_size": words, "max_position_embeddings": length, **sizes}
    made = SiglipModel(SiglipConfig(text, {"image_size": 32, "patch_size": 8, **sizes}))
    tiny.seeded_normal(made, seed, 1.0)
    with torch.no_grad():
        made.logit_scale.fill_(4.7)  # about ln 110, as trained models have
        made.logit_bias.fill_(-12.9)
    return made.eval()


class Pooled(nn.Module):
    """A tower as transformers.js has it: the states, and what is the embedding."""

    def __init__(self, tower, argument):
        super().__init__()
        self.tower, self.argument = tower, argument

    def forward(self, values):
        out = self.tower(**{self.argument: values})
        return out.last_hidden_state, out.pooler_output


def towers(folder, made, words):
    pixels = torch.zeros(2, 3, 32, 32).normal_(generator=torch.Generator().manual_seed(0))
    ids = torch.randint(3, words, (2, LENGTH), generator=torch.Generator().manual_seed(1))
    for name, tower, argument, example in (
        ("text_model", made.text_model, "input_ids", ids),
        ("vision_model", made.vision_model, "pixel_values", pixels),
    ):
        axes = {0: "batch_size", 1: "sequence_length"} if name == "text_model" else {0: "batch_size"}
        tiny.export(
            Pooled(tower, argument),
            (example,),
            folder / f"{name}.onnx",
            [argument],
            ["last_hidden_state", "pooler_output"],
            {argument: axes, "last_hidden_state": {0: "batch_size", 1: "tokens"}, "pooler_output": {0: "batch_size"}},
        )


def golden(folder, made, tokenizer, lower, images):
    """SigLIP is asked with texts of 64 tokens and no mask; Gemma's tokenizer wants them in lower case."""
    texts = [text.lower() for text in TEXTS] if lower else TEXTS
    ids = tokenizer(texts, padding="max_length", truncation=True, max_length=LENGTH, return_tensors="pt")["input_ids"]
    pixels = SiglipImageProcessor.from_pretrained(folder)(
        [image.convert("RGB") for image in images.values()], return_tensors="pt"
    )["pixel_values"]
    with torch.no_grad():
        out = made(input_ids=ids, pixel_values=pixels)
    text, image = reference.unit(out.text_embeds), reference.unit(out.image_embeds)
    reference.write_golden(
        folder / "goldens.json.gz",
        {
            "versions": reference.versions(),
            "images": list(images),
            "texts": TEXTS,
            "ids": ids.tolist(),
            "similarity": (image @ text.T).tolist(),
            "imageSimilarity": (image @ image.T).tolist(),
        },
    )


def config(folder, made):
    made.config.save_pretrained(folder)
    SiglipImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)


def combined(source, folder):
    """optimum's own graph of both."""
    with tempfile.TemporaryDirectory() as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main_export(str(source), output=out, task="zero-shot-image-classification", do_validation=False)
        graph = onnx.load(f"{out}/model.onnx")
        strip(graph.graph)
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(graph, str(folder / "model.onnx"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("resources", nargs="?", type=Path, default=reference.RESOURCES)
    resources = parser.parse_args().resources
    logging.getLogger("transformers").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    images = reference.make_images(resources / "images")

    first = resources / "models/tiny-siglip"
    tokenizer = siglip_tokenizer(first)
    made = siglip(len(tokenizer), seed=51)
    config(first, made)
    towers(first, made, len(tokenizer))
    golden(first, made, tokenizer, False, images)
    (resources / "models/tiny-siglip-hub").mkdir(exist_ok=True)
    hub_tokenizer(resources / "models/tiny-siglip-hub", tokenizer)
    with tempfile.TemporaryDirectory() as source:
        shutil.copytree(first, source, dirs_exist_ok=True)
        made.save_pretrained(source)
        combined(source, resources / "models/tiny-siglip-combined")

    second = resources / "models/tiny-siglip2"
    gemma = gemma_tokenizer(second)
    made = siglip(len(gemma), seed=52)
    config(second, made)
    towers(second, made, len(gemma))
    golden(second, made, gemma, True, images)
    settings = json.loads((second / "tokenizer_config.json").read_text())
    print({key: settings.get(key) for key in ("tokenizer_class", "padding_side", "model_max_length", "pad_token")})


if __name__ == "__main__":
    main()
