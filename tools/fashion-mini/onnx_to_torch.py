"""Rebuilds the diffusers and transformers modules from a model pack alone.

The ONNX files keep every weight as an initialiser under the name it has in the module's state dict, so a
Python program can replay what the pack does with the original libraries.
"""

import json
from pathlib import Path

import onnx
import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from onnx import TensorProto, numpy_helper
from torch import nn
from transformers import (BlipConfig, BlipForConditionalGeneration, CLIPConfig, CLIPModel, CLIPTextConfig,
                          CLIPTextModel, CLIPTextModelWithProjection)


def weights(*onnx_files: Path) -> dict[str, torch.Tensor]:
    """The float weights of some ONNX files by name, as float32."""
    found = {}
    for file in onnx_files:
        model = onnx.load(file)
        for initialiser in model.graph.initializer:
            if initialiser.data_type in (TensorProto.FLOAT16, TensorProto.FLOAT):
                found[initialiser.name] = torch.from_numpy(numpy_helper.to_array(initialiser).copy()).float()
        notes = {note.key: note.value for note in model.metadata_props}
        for name, twin in json.loads(notes.get("shared_weights", "{}")).items():
            found[name] = found[twin]
    return found


def _fill(model: nn.Module, found: dict[str, torch.Tensor], elsewhere: frozenset[str] = frozenset()) -> nn.Module:
    """Loads the weights; only tied ones and those named in `elsewhere` may be missing."""
    result = model.load_state_dict(found, strict=False)
    parameters = dict(model.named_parameters())
    missing = [name for name in result.missing_keys if name in parameters and name not in elsewhere]
    if missing or result.unexpected_keys:
        raise ValueError(f"missing {missing}, unexpected {result.unexpected_keys}")
    return model.eval().requires_grad_(False)


def _config(folder: Path) -> dict:
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))


def scheduler(pack: Path) -> DDIMScheduler:
    return DDIMScheduler.from_pretrained(pack / "stable-diffusion" / "scheduler")


def autoencoder(pack: Path) -> AutoencoderKL:
    encoder, decoder = (pack / "stable-diffusion" / name for name in ("vae_encoder", "vae_decoder"))
    model = AutoencoderKL.from_config(_config(encoder))
    return _fill(model, weights(encoder / "model.onnx", decoder / "model.onnx"))


def unet(pack: Path) -> UNet2DConditionModel:
    folder = pack / "stable-diffusion" / "unet"
    return _fill(UNet2DConditionModel.from_config(_config(folder)), weights(folder / "model.onnx"))


def text_encoder(pack: Path, part: str = "text_encoder") -> CLIPTextModel | CLIPTextModelWithProjection:
    """The only text encoder, or the first or second (`text_encoder_2`) of Stable Diffusion XL."""
    folder = pack / "stable-diffusion" / part
    kind = CLIPTextModelWithProjection if part == "text_encoder_2" else CLIPTextModel
    return _fill(kind(CLIPTextConfig(**_config(folder))), weights(folder / "model.onnx"))


def clip(pack: Path) -> CLIPModel:
    folder = pack / "clip"
    model = CLIPModel(CLIPConfig(**_config(folder)))
    return _fill(model, weights(folder / "text_model.onnx", folder / "vision_model.onnx"),
                 elsewhere=frozenset({"logit_scale"}))


def blip(pack: Path) -> BlipForConditionalGeneration:
    folder = pack / "blip"
    model = BlipForConditionalGeneration(BlipConfig(**_config(folder)))
    return _fill(model, weights(folder / "vision_model.onnx", folder / "text_decoder.onnx"))
