"""Reads a pack's `stable-diffusion` folder back into a diffusers pipeline.

The weights come out of the ONNX initialisers, so the reference runs on exactly what the Java side runs.
"""

import json
import logging
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionImg2ImgPipeline,
    UNet2DConditionModel,
)
from onnx import numpy_helper
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizerFast


def read_json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def initializers(path: Path) -> dict[str, torch.Tensor]:
    """A graph's initialisers by name, float16 ones (storage only: a Cast follows) as float32."""
    tensors = {}
    for initializer in onnx.load(path).graph.initializer:
        array = numpy_helper.to_array(initializer)
        if array.dtype == np.float16:
            array = array.astype(np.float32)
        tensors[initializer.name] = torch.from_numpy(array.copy())
    return tensors


def load_weights(module: torch.nn.Module, weights: dict[str, torch.Tensor], origin: Path) -> None:
    """Loads every parameter of `module`; a missing or misshapen one is an error that names `origin`."""
    parameters = {name for name, _ in module.named_parameters()}
    missing = sorted(parameters - weights.keys())
    if missing:
        raise ValueError(f"{origin} has no initialisers named {', '.join(missing[:5])} ({len(missing)} missing)")
    module.load_state_dict({name: weights[name] for name in parameters}, strict=False)


def text_encoder(folder: Path) -> CLIPTextModel:
    model = CLIPTextModel(CLIPTextConfig.from_dict(read_json(folder / "config.json"))).eval()
    load_weights(model, initializers(folder / "model.onnx"), folder / "model.onnx")
    return model


def unet(folder: Path) -> UNet2DConditionModel:
    model = UNet2DConditionModel.from_config(read_json(folder / "config.json")).eval()
    load_weights(model, initializers(folder / "model.onnx"), folder / "model.onnx")
    return model


def vae(encoder: Path, decoder: Path) -> AutoencoderKL:
    model = AutoencoderKL.from_config(read_json(decoder / "config.json")).eval()
    weights = initializers(encoder / "model.onnx") | initializers(decoder / "model.onnx")
    load_weights(model, weights, decoder / "model.onnx")
    return model


def ddim(folder: Path) -> DDIMScheduler:
    """DDIM from the pack's scheduler_config.json, whichever scheduler that names."""
    return DDIMScheduler.from_config(read_json(folder / "scheduler_config.json"))


def pipeline(tokenizer, text_encoder, unet, vae, scheduler) -> StableDiffusionImg2ImgPipeline:
    """The pipeline built through its constructor, which forces clip_sample=false and steps_offset=1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # it announces what it forces on old configs
        built = StableDiffusionImg2ImgPipeline(
            tokenizer=tokenizer,
            text_encoder=text_encoder,
            unet=unet,
            vae=vae,
            scheduler=scheduler,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    built.set_progress_bar_config(disable=True)
    logging.getLogger("diffusers").setLevel(logging.ERROR)  # "the following part … was truncated"
    return built


def load(folder: Path, overlay: Path | None = None) -> StableDiffusionImg2ImgPipeline:
    """The pipeline of a `stable-diffusion` folder; each part is taken from `overlay` where it is there."""

    def part(name: str) -> Path:
        return overlay / name if overlay is not None and (overlay / name).is_dir() else folder / name

    return pipeline(
        CLIPTokenizerFast.from_pretrained(part("tokenizer")),
        text_encoder(part("text_encoder")),
        unet(part("unet")),
        vae(part("vae_encoder"), part("vae_decoder")),
        ddim(part("scheduler")),
    )
