"""Which captioner a folder is, and what it says of images."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

import torch
from PIL import Image
from torch import nn
from transformers import AutoConfig, AutoImageProcessor, AutoTokenizer

from . import blip, vit_gpt2
from .check import ExportError

#: By config.json's model_type.
KINDS: dict[str, ModuleType] = {"blip": blip, "vision-encoder-decoder": vit_gpt2}

#: As sgid searches for captions where nobody says otherwise.
CANDIDATES, NEW_TOKENS = 3, 20
#: transformers' "not set".
UNSET_LENGTH = 20


@dataclass(frozen=True)
class Captioner:
    """A captioner as transformers has it, and the module that exports its kind."""

    source: str
    kind: ModuleType
    model: nn.Module

    @staticmethod
    def load(source: str) -> "Captioner":
        name = AutoConfig.from_pretrained(source).model_type
        if name not in KINDS:
            raise ExportError(f"{source} is a {name}; --captioner takes {' or '.join(KINDS)}")
        return Captioner(source, KINDS[name], KINDS[name].load(source))

    @torch.no_grad()
    def captions(self, images: Iterable[Image.Image]) -> list[list[str]]:
        """The distinct captions of a beam search for every image."""
        tokenizer = AutoTokenizer.from_pretrained(self.source)
        processor = AutoImageProcessor.from_pretrained(self.source, use_fast=False)
        longest = self.model.generation_config.max_length
        found = []
        for image in images:
            ids = self.model.generate(
                pixel_values=processor(image, return_tensors="pt").pixel_values, do_sample=False,
                num_beams=CANDIDATES, num_return_sequences=CANDIDATES,
                max_new_tokens=NEW_TOKENS if longest == UNSET_LENGTH else longest - 1)
            texts = (text.strip() for text in tokenizer.batch_decode(ids, skip_special_tokens=True))
            found.append(list(dict.fromkeys(text for text in texts if text)) or [""])
        return found
