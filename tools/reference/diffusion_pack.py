"""Builds a diffusers img2img pipeline from a model pack alone.

The weights come out of the ONNX initialisers, so the reference runs on exactly what the Java side runs.
"""

import json
import logging
import sys
import warnings
from pathlib import Path

from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LatentConsistencyModelImg2ImgPipeline,
    LCMScheduler,
    PNDMScheduler,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionXLImg2ImgPipeline,
    UniPCMultistepScheduler,
)
from transformers import CLIPTokenizerFast

import golden

sys.path.append(str(Path(__file__).resolve().parents[1] / "fashion-mini"))
import onnx_to_torch  # noqa: E402

#: The tiny packs that tiny_models.py makes.
MODELS = golden.RESOURCES / "models"


#: The schedulers that sgid has, by class name.
SCHEDULERS = {
    c.__name__: c
    for c in (
        DDIMScheduler, DPMSolverMultistepScheduler, LCMScheduler,
        EulerDiscreteScheduler, EulerAncestralDiscreteScheduler, PNDMScheduler, UniPCMultistepScheduler,
    )
}


def scheduler(pack: Path, name: str, options: dict | None = None, spacing: str | None = None):
    """A scheduler from the pack's scheduler_config.json, whichever that names, with the manifest's changes."""
    file = pack / "stable-diffusion" / "scheduler" / "scheduler_config.json"
    changes = dict(options or {})
    if spacing:
        changes["timestep_spacing"] = spacing
    return SCHEDULERS[name].from_config(json.loads(file.read_text(encoding="utf-8")), **changes)


def ddim(pack: Path) -> DDIMScheduler:
    """DDIM from the pack's scheduler_config.json, whichever scheduler that names."""
    return scheduler(pack, "DDIMScheduler")


def with_scheduler(built, changed):
    """A pipeline of the same models, built with another scheduler: LCM's own where the UNet is given the scale."""
    if isinstance(built, StableDiffusionXLImg2ImgPipeline):
        return xl_pipeline(built.config.force_zeros_for_empty_prompt, **built.components | {"scheduler": changed})
    embeds = isinstance(changed, LCMScheduler) and built.unet.config.time_cond_proj_dim is not None
    kind = LatentConsistencyModelImg2ImgPipeline if embeds else StableDiffusionImg2ImgPipeline
    return pipeline(built.tokenizer, built.text_encoder, built.unet, built.vae, changed, kind)


def length(built, steps: int, noise_rate: float) -> dict:
    """What a call is to be given as the length of its schedule.

    LCM's `set_timesteps` takes the strength itself, and its own pipeline hands it on; those of Stable Diffusion,
    which want no UNet that takes the guidance scale, must be given the timesteps that come of it.
    """
    if isinstance(built.scheduler, LCMScheduler) and not isinstance(built, LatentConsistencyModelImg2ImgPipeline):
        built.scheduler.set_timesteps(steps, strength=noise_rate)
        return {"timesteps": built.scheduler.timesteps.tolist(), "strength": 1.0}
    return {"num_inference_steps": steps, "strength": noise_rate}


def more_arguments(built, negative_prompt: str, eta: float) -> dict:
    """What a call is given that not every pipeline takes; for Stable Diffusion XL an empty prompt is none."""
    if isinstance(built, LatentConsistencyModelImg2ImgPipeline):
        return {}
    xl = isinstance(built, StableDiffusionXLImg2ImgPipeline)
    return {"negative_prompt": (negative_prompt or None) if xl else negative_prompt, "eta": eta}


def pipeline(tokenizer, text_encoder, unet, vae, scheduler, kind: type = StableDiffusionImg2ImgPipeline):
    """The pipeline built through its constructor, which forces clip_sample=false and steps_offset=1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # it announces what it forces on old configs
        built = kind(
            tokenizer=tokenizer,
            text_encoder=text_encoder,
            unet=unet,
            vae=vae,
            scheduler=scheduler,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    return _quiet(built)


def xl_pipeline(force_zeros_for_empty_prompt: bool, **parts) -> StableDiffusionXLImg2ImgPipeline:
    return _quiet(StableDiffusionXLImg2ImgPipeline(
        **parts, force_zeros_for_empty_prompt=force_zeros_for_empty_prompt, add_watermarker=False))


def _quiet(built):
    built.set_progress_bar_config(disable=True)
    logging.getLogger("diffusers").setLevel(logging.ERROR)  # what a tokenizer cuts off is part of the tests
    return built


def load(pack: Path, *overlays: Path):
    """The pipeline of a pack; a part that an overlay has is taken from the last that has it."""

    def owner(part: str) -> Path:
        folders = [folder for folder in (pack, *overlays) if (folder / "stable-diffusion" / part).exists()]
        if not folders:
            raise FileNotFoundError(f"{pack / 'stable-diffusion' / part} is missing")
        return folders[-1]

    def tokenizer(part: str) -> CLIPTokenizerFast:
        return CLIPTokenizerFast.from_pretrained(owner(part) / "stable-diffusion" / part)

    models = (onnx_to_torch.unet(owner("unet")), onnx_to_torch.autoencoder(owner("vae_encoder")))
    first = tokenizer("tokenizer"), onnx_to_torch.text_encoder(owner("text_encoder"))
    index = owner("model_index.json") / "stable-diffusion" / "model_index.json"
    index = json.loads(index.read_text(encoding="utf-8"))
    if "StableDiffusionXL" not in index["_class_name"]:
        return pipeline(*first, *models, ddim(owner("scheduler")))
    return xl_pipeline(
        index.get("force_zeros_for_empty_prompt", True),
        unet=models[0],
        vae=models[1],
        tokenizer=first[0],
        text_encoder=first[1],
        tokenizer_2=tokenizer("tokenizer_2"),
        text_encoder_2=onnx_to_torch.text_encoder(owner("text_encoder_2"), "text_encoder_2"),
        scheduler=ddim(owner("scheduler")),
    )
