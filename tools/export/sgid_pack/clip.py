"""CLIP and SigLIP: the models that score captions, as two towers."""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from transformers import (AutoConfig, AutoImageProcessor, AutoModel, AutoTokenizer, PreTrainedTokenizerFast)

from .check import FLOAT, HALF, ExportError, hold, run
from .graphs import export_onnx

KINDS = ("clip", "siglip")
TEXTS = ["a photo of an ankle boot", "trousers"]
TOGETHER = 50


class ClipText(nn.Module):
    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask=None):
        return self.model.get_text_features(input_ids, attention_mask)


class ClipVision(nn.Module):
    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.get_image_features(pixel_values)


@dataclass(frozen=True)
class Scorer:
    """A model with its tokenizer and its image processor, as transformers has them."""

    model: nn.Module
    tokenizer: PreTrainedTokenizerFast
    processor: object

    @staticmethod
    def load(source: str) -> "Scorer":
        kind = AutoConfig.from_pretrained(source).model_type
        if kind not in KINDS:
            raise ExportError(f"{source} is a {kind}; --clip takes {' or '.join(KINDS)}")
        model = AutoModel.from_pretrained(source, attn_implementation="eager").float().eval()
        return Scorer(model, _fast_tokenizer(source), AutoImageProcessor.from_pretrained(source, use_fast=False))

    @property
    def logit_scale(self) -> float:
        """What multiplies cosines before a softmax."""
        return math.exp(self.model.logit_scale.item())

    def tokens(self, texts: list[str]) -> dict[str, torch.Tensor]:
        """Padded to the model's length; the mask for CLIP only, as SigLIP was trained without one."""
        length = self.model.config.text_config.max_position_embeddings
        tokens = self.tokenizer(texts, padding="max_length", truncation=True, max_length=length, return_tensors="pt")
        names = ("input_ids", "attention_mask") if self.model.config.model_type == "clip" else ("input_ids",)
        return {name: tokens[name] for name in names}

    @torch.no_grad()
    def embed_texts(self, texts: list[str]) -> np.ndarray:
        """float64 (texts, width), of length 1."""
        parts = [texts[i:i + TOGETHER] for i in range(0, len(texts), TOGETHER)]
        return _unit([self.model.get_text_features(**self.tokens(part)) for part in parts])

    @torch.no_grad()
    def embed_images(self, images: Iterable[Image.Image]) -> np.ndarray:
        """float64 (images, width), of length 1."""
        return _unit([self.model.get_image_features(self.processor(part, return_tensors="pt").pixel_values)
                      for part in batches(images)])


def _fast_tokenizer(source: str) -> PreTrainedTokenizerFast:
    """The one of tokenizer.json, which is what sgid reads."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        return tokenizer if tokenizer.is_fast else PreTrainedTokenizerFast.from_pretrained(source)
    except (ImportError, OSError, ValueError):  # transformers has only one of sentencepiece for it
        try:
            return PreTrainedTokenizerFast.from_pretrained(source)
        except (OSError, ValueError) as e:
            raise ExportError(f"{source} has no tokenizer.json, which sgid needs: {str(e).splitlines()[0]}") from e


def batches(images: Iterable[Image.Image]) -> Iterator[list[Image.Image]]:
    rest = iter(images)
    while part := list(islice(rest, TOGETHER)):
        yield part


def _unit(parts: list[torch.Tensor]) -> np.ndarray:
    embeddings = torch.cat(parts).double().numpy()
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


@torch.no_grad()
def export(scorer: Scorer, out: Path, half: bool) -> None:
    """Writes the folder `clip` and holds its graphs against the original."""
    out.mkdir(parents=True)
    model = scorer.model
    (out / "config.json").write_text(model.config.to_json_string(use_diff=False), encoding="utf-8")
    scorer.tokenizer.save_pretrained(out)
    scorer.processor.save_pretrained(out)
    _keep_length(out / "tokenizer_config.json", model.config.text_config.max_position_embeddings)
    tokens = scorer.tokens(TEXTS)
    export_onnx(ClipText(model), tokens, ["text_embeds"],
                {name: {0: "batch", 1: "length"} for name in tokens} | {"text_embeds": {0: "batch"}},
                out / "text_model.onnx", half)
    side = model.config.vision_config.image_size
    pixels = torch.randn((2, 3, side, side), generator=torch.Generator().manual_seed(0))
    export_onnx(ClipVision(model), {"pixel_values": pixels}, ["image_embeds"],
                {"pixel_values": {0: "batch"}, "image_embeds": {0: "batch"}}, out / "vision_model.onnx", half)
    bound = HALF if half else FLOAT
    unseen = scorer.tokens(["", *TEXTS, "sneaker " * 100])
    hold("clip, texts", run(out / "text_model.onnx", {name: value.numpy() for name, value in unseen.items()})["text_embeds"],
         model.get_text_features(**unseen).numpy(), bound)
    pixels = torch.randn((3, 3, side, side), generator=torch.Generator().manual_seed(1))
    hold("clip, images", run(out / "vision_model.onnx", {"pixel_values": pixels.numpy()})["image_embeds"],
         model.get_image_features(pixels).numpy(), bound)


def _keep_length(file: Path, length: int) -> None:
    """Some tokenizers say that they have no limit; the model has one."""
    config = json.loads(file.read_text(encoding="utf-8"))
    if not config.get("model_max_length", length) <= length:
        file.write_text(json.dumps(config | {"model_max_length": length}, indent=2, ensure_ascii=False) + "\n",
                        encoding="utf-8")
