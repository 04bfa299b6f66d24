"""Puts LoRA files into the weights of a Stable Diffusion before it is exported.

Files of diffusers' training scripts, of kohya's and of peft; diffusers itself reads and merges them.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import safetensors
import safetensors.torch
import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders import StableDiffusionLoraLoaderMixin, StableDiffusionXLLoraLoaderMixin
from diffusers.loaders.lora_base import _remove_text_encoder_monkey_patch, fuse_text_encoder_lora

from .check import ExportError

PARTS = ("unet", "text_encoder", "text_encoder_2")
PEFT = "base_model.model."


@dataclass(frozen=True)
class Lora:
    """A file, and how much of it is put in."""

    file: Path
    weight: float

    @staticmethod
    def parse(text: str) -> "Lora":
        """`FILE` or `FILE:WEIGHT`."""
        name, _, weight = text.rpartition(":")
        file = Path(text)
        scale = 1.0
        if not file.exists() and name:
            try:
                file, scale = Path(name), float(weight)
            except ValueError:
                pass  # a colon in a name that there is not
        if not file.is_file():
            raise ExportError(f"--lora {text}: there is no file {file}")
        if file.suffix != ".safetensors":
            raise ExportError(f"--lora {text}: only .safetensors files are read, others can run code")
        return Lora(file, scale)


@dataclass
class Loras:
    """All that are wanted, one after the other; read once what they are for is known."""

    wanted: list[Lora]
    _read: list["_Read"] = field(default_factory=list)
    _reader: type = StableDiffusionLoraLoaderMixin

    def read(self, source, layers_per_block: int) -> None:
        """Reads all files, in the names that diffusers has for the parts of `source`."""
        self._reader = StableDiffusionXLLoraLoaderMixin if source.is_xl else StableDiffusionLoraLoaderMixin
        parts = PARTS if source.is_xl else PARTS[:2]
        for lora in self.wanted:
            try:
                weights, alphas, metadata = self._reader.lora_state_dict(
                    _of_peft(lora.file) or str(lora.file.absolute().parent), weight_name=lora.file.name,
                    unet_config=SimpleNamespace(layers_per_block=layers_per_block), return_lora_metadata=True)
            except (OSError, ValueError, KeyError, safetensors.SafetensorError) as e:
                raise ExportError(f"{lora.file} can't be read as a LoRA: {str(e).splitlines()[0]}") from e
            unknown = sorted({name.split(".")[0] for name in weights} - set(parts))
            if unknown or not weights:
                raise ExportError(f"{lora.file} is no LoRA of {source.name}, whose parts are {', '.join(parts)}: it has "
                                  f"weights of {', '.join(unknown) or 'none'}")
            self._read.append(_Read(lora, weights, alphas, None if alphas else metadata))

    def merge_into_unet(self, model: UNet2DConditionModel) -> None:
        for read in self._for("unet"):
            read.load("unet", lambda: self._reader.load_lora_into_unet(
                read.weights, read.alphas, model, metadata=read.metadata))
            model.fuse_lora(lora_scale=read.lora.weight, safe_fusing=True)
            model.unload_lora()

    def merge_into_text_encoder(self, model, part: str) -> None:
        for read in self._for(part):
            read.load(part, lambda: self._reader.load_lora_into_text_encoder(
                read.weights, read.alphas, model, prefix=part, metadata=read.metadata))
            fuse_text_encoder_lora(model, read.lora.weight, safe_fusing=True)
            _remove_text_encoder_monkey_patch(model)

    def _for(self, part: str) -> list["_Read"]:
        return [read for read in self._read if any(name.startswith(part + ".") for name in read.weights)]


@dataclass(frozen=True)
class _Read:
    lora: Lora
    weights: dict[str, torch.Tensor]
    alphas: dict[str, float] | None
    metadata: dict | None

    def load(self, part: str, into) -> None:
        try:
            into()
        except (RuntimeError, ValueError) as e:
            raise ExportError(f"{self.lora.file} does not fit {part}: {str(e).splitlines()[0]}") from e
        print(f"  {part}: {self.lora.file.name} at {self.lora.weight:g}", flush=True)


def _of_peft(file: Path) -> dict[str, torch.Tensor] | None:
    """The weights of a file that peft itself saved, named as diffusers does; None for others.

    Its scale is in adapter_config.json beside it, and is put into the weights.
    """
    with safetensors.safe_open(file, framework="pt") as opened:
        names = list(opened.keys())
    if not any(name.startswith(PEFT) for name in names):
        return None
    config = json.loads(file.with_name("adapter_config.json").read_text(encoding="utf-8"))
    scale = config["lora_alpha"] / (config["r"] ** 0.5 if config.get("use_rslora") else config["r"])
    weights = {}
    for name, weight in safetensors.torch.load_file(file).items():
        part = "text_encoder" if ".text_model." in name else "unet"
        weights[f"{part}.{name.removeprefix(PEFT)}"] = weight * scale if ".lora_B." in name else weight
    return weights
