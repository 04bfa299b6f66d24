"""Writes the trained parts as a model pack: ONNX files, configurations, tokenizers and `sgid.json`."""

import functools
import json
import math
import shutil
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import nn
from transformers import (BlipForConditionalGeneration, BlipImageProcessor, CLIPImageProcessor, CLIPModel,
                          CLIPTextModel, GenerationConfig)

from diffusion import new_scheduler
from tokenization import PROMPT_TOKENS, caption_tokenizer, prompt_tokenizer

sys.path.append(str(Path(__file__).resolve().parents[1] / "export"))
from sgid_pack import manifest  # noqa: E402  (found through the path above)
from sgid_pack.blip import export_blip_graphs  # noqa: E402
from sgid_pack.clip import ClipText, ClipVision  # noqa: E402
from sgid_pack.diffusion import TextEncoder, Unet, VaeDecoder, VaeEncoder, write_json  # noqa: E402
from sgid_pack.graphs import export_onnx  # noqa: E402

VERSION = "1.0.2"
LICENCE = "Apache-2.0 (weights); data: Fashion-MNIST, MIT, Copyright (c) 2017 Zalando SE"

#: With all weights as float16, cast back where the graph begins.
store = functools.partial(export_onnx, half=True)


def round_weights(model: nn.Module) -> nn.Module:
    """Rounds all weights to what float16 can hold, so that the pack computes exactly what was checked."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float())
    return model.eval()


def _plain_config(config: dict) -> dict:
    return {key: value for key, value in config.items() if key != "_name_or_path"}


def _export_stable_diffusion(trained: Path, out: Path) -> None:
    diffusers, transformers = "diffusers", "transformers"
    write_json(out / "model_index.json", {
        "_class_name": "StableDiffusionPipeline", "feature_extractor": [None, None],
        "requires_safety_checker": False, "safety_checker": [None, None],
        "scheduler": [diffusers, "DDIMScheduler"], "text_encoder": [transformers, "CLIPTextModel"],
        "tokenizer": [transformers, "CLIPTokenizer"], "unet": [diffusers, "UNet2DConditionModel"],
        "vae_decoder": [diffusers, "AutoencoderKL"], "vae_encoder": [diffusers, "AutoencoderKL"]})
    new_scheduler().save_pretrained(out / "scheduler")
    prompt_tokenizer().save_pretrained(out / "tokenizer")

    text_encoder = round_weights(CLIPTextModel.from_pretrained(
        trained / "diffusion" / "text_encoder", attn_implementation="eager"))
    write_json(out / "text_encoder" / "config.json", json.loads(text_encoder.config.to_json_string()))
    store(TextEncoder(text_encoder), {"input_ids": torch.zeros(2, PROMPT_TOKENS, dtype=torch.long)},
          ["last_hidden_state", "pooler_output"],
          {"input_ids": {0: "batch", 1: "length"}, "last_hidden_state": {0: "batch", 1: "length"},
           "pooler_output": {0: "batch"}}, out / "text_encoder" / "model.onnx")

    unet = round_weights(UNet2DConditionModel.from_pretrained(trained / "diffusion" / "unet"))
    write_json(out / "unet" / "config.json", _plain_config(dict(unet.config)) | {"_class_name": "UNet2DConditionModel"})
    store(Unet(unet), {"sample": torch.randn(2, 4, 8, 8), "timestep": torch.tensor([1, 500]),
                       "encoder_hidden_states": torch.randn(2, PROMPT_TOKENS, unet.config.cross_attention_dim)},
          ["out_sample"],
          {"sample": {0: "batch", 2: "height", 3: "width"}, "timestep": {0: "batch"},
           "encoder_hidden_states": {0: "batch", 1: "length"},
           "out_sample": {0: "batch", 2: "height", 3: "width"}}, out / "unet" / "model.onnx")

    autoencoder = round_weights(AutoencoderKL.from_pretrained(trained / "vae_decoder"))
    config = _plain_config(dict(autoencoder.config)) | {"_class_name": "AutoencoderKL"}
    write_json(out / "vae_encoder" / "config.json", config)
    write_json(out / "vae_decoder" / "config.json", config)
    store(VaeEncoder(autoencoder), {"sample": torch.randn(2, 3, 32, 32)}, ["latent_parameters"],
          {"sample": {0: "batch", 2: "height", 3: "width"},
           "latent_parameters": {0: "batch", 2: "latent_height", 3: "latent_width"}},
          out / "vae_encoder" / "model.onnx")
    store(VaeDecoder(autoencoder), {"latent_sample": torch.randn(2, 4, 8, 8)}, ["sample"],
          {"latent_sample": {0: "batch", 2: "latent_height", 3: "latent_width"},
           "sample": {0: "batch", 2: "height", 3: "width"}}, out / "vae_decoder" / "model.onnx")


def _export_clip(trained: Path, out: Path) -> None:
    model = round_weights(CLIPModel.from_pretrained(trained / "clip", attn_implementation="eager"))
    # The temperature is in no ONNX file; the configuration keeps it, and a model built from it starts with it.
    model.config.logit_scale_init_value = model.logit_scale.item()
    write_json(out / "config.json", json.loads(model.config.to_json_string()))
    tokenizer = prompt_tokenizer()
    tokenizer.save_pretrained(out)
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}, resample=3,
                       image_mean=[0.5] * 3, image_std=[0.5] * 3).save_pretrained(out)
    ids = tokenizer(["a bag", "an ankle boot"], padding="max_length", return_tensors="pt")
    store(ClipText(model), {"input_ids": ids.input_ids, "attention_mask": ids.attention_mask}, ["text_embeds"],
          {"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "length"},
           "text_embeds": {0: "batch"}}, out / "text_model.onnx")
    store(ClipVision(model), {"pixel_values": torch.randn(2, 3, 32, 32)}, ["image_embeds"],
          {"pixel_values": {0: "batch"}, "image_embeds": {0: "batch"}}, out / "vision_model.onnx")


def _export_blip(trained: Path, out: Path) -> None:
    model = round_weights(BlipForConditionalGeneration.from_pretrained(
        trained / "blip", attn_implementation="eager"))
    text = model.config.text_config
    write_json(out / "config.json", json.loads(model.config.to_json_string()))
    GenerationConfig(bos_token_id=text.bos_token_id, eos_token_id=text.sep_token_id,
                     pad_token_id=text.pad_token_id).save_pretrained(out)
    caption_tokenizer().save_pretrained(out)
    BlipImageProcessor(size={"height": 32, "width": 32}, resample=3, image_mean=[0.5] * 3,
                       image_std=[0.5] * 3).save_pretrained(out)
    export_blip_graphs(model, out, half=True)


def scale_of_clip(out: Path) -> float:
    """The logarithm of the trained temperature, which `_export_clip` keeps in the configuration."""
    return json.loads((out / "clip" / "config.json").read_text(encoding="utf-8"))["logit_scale_init_value"]


def write_manifest(out: Path, similarity: tuple[float, float], scale: tuple[float, float]) -> None:
    """Writes `sgid.json`: where the parts are, the default guidance schedule, and every file's checksum."""
    manifest.write(out, {
        "format": 1, "name": "fashion-mini", "version": VERSION,
        "stableDiffusion": "stable-diffusion", "clip": "clip", "blip": "blip",
        "defaults": {"guidance": "linear:" + ",".join(str(bound) for bound in (*similarity, *scale))},
        "caption": {"prefix": "", "maxNewTokens": 24},
        # labels stand alone in training texts, so here too
        "zero_shot": {"logit_scale": round(math.exp(scale_of_clip(out)), 4), "prompt": "{label}"}},
        {"licence": LICENCE})


def export(trained: Path, out: Path) -> None:
    """Writes everything but `sgid.json`, whose bounds are measured on the exported models."""
    shutil.rmtree(out, ignore_errors=True)
    _export_stable_diffusion(trained, out / "stable-diffusion")
    _export_clip(trained, out / "clip")
    _export_blip(trained, out / "blip")
