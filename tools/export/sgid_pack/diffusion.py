"""Stable Diffusion 1, 2 and XL, with what was distilled from them, as diffusers' folders have them."""

import gc
import json
from dataclasses import dataclass
from pathlib import Path

import diffusers
import torch
from diffusers import AutoencoderKL, DDIMScheduler, DiffusionPipeline, SchedulerMixin, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizerFast

from .check import FLOAT, HALF, ExportError, hold, run
from .graphs import export_onnx
from .lora import Loras

LATENTS = {0: "batch", 2: "height", 3: "width"}
IMAGE = {0: "batch", 2: "image_height", 3: "image_width"}
TEXT = {0: "batch", 1: "sequence"}
TIME_IDS = 6
PROMPTS = ["", "a photo of an ankle boot, a dark boot with a heel on a white background", "sneaker " * 60]


# --- the graphs ----------------------------------------------------------------------------------------------------


class Unet(nn.Module):
    """Takes what the model is told beside prompts by name, in the order of `names`."""

    def __init__(self, model: UNet2DConditionModel, names: list[str] = ()):
        super().__init__()
        self.model, self._names = model, names

    def forward(self, sample, timestep, encoder_hidden_states, *more):
        told = dict(zip(self._names, more))
        guidance = told.pop("timestep_cond", None)
        return self.model(sample, timestep, encoder_hidden_states, timestep_cond=guidance,
                          added_cond_kwargs=told or None, return_dict=False)[0]


class TextEncoder(nn.Module):
    def __init__(self, model: CLIPTextModel | CLIPTextModelWithProjection, with_states: bool = False):
        super().__init__()
        self.model, self._with_states = model, with_states

    def forward(self, input_ids):
        out = self.model(input_ids, output_hidden_states=self._with_states)
        whole = (out.text_embeds, out.last_hidden_state) if "text_embeds" in out else (
            out.last_hidden_state, out.pooler_output)
        return *whole, *(out.hidden_states or ())


class VaeEncoder(nn.Module):
    def __init__(self, model: AutoencoderKL):
        super().__init__()
        self.model = model

    def forward(self, sample):
        moments = self.model.encoder(sample)
        return self.model.quant_conv(moments) if self.model.quant_conv is not None else moments


class VaeDecoder(nn.Module):
    def __init__(self, model: AutoencoderKL):
        super().__init__()
        self.model = model

    def forward(self, latent_sample):
        if self.model.post_quant_conv is not None:
            latent_sample = self.model.post_quant_conv(latent_sample)
        return self.model.decoder(latent_sample)


def unet_inputs(config, batch: int, height: int, width: int, tokens: int, seed: int) -> dict[str, torch.Tensor]:
    """Random ones, with all that a UNet of this config is told."""
    random = torch.Generator().manual_seed(seed)
    inputs = {
        "sample": torch.randn((batch, config.in_channels, height, width), generator=random),
        "timestep": torch.tensor(481.0 + seed),
        "encoder_hidden_states": torch.randn((batch, tokens, config.cross_attention_dim), generator=random)}
    if config.time_cond_proj_dim:
        inputs["timestep_cond"] = torch.randn((batch, config.time_cond_proj_dim), generator=random)
    if config.addition_embed_type == "text_time":
        pooled = config.projection_class_embeddings_input_dim - TIME_IDS * config.addition_time_embed_dim
        inputs["text_embeds"] = torch.randn((batch, pooled), generator=random)
        inputs["time_ids"] = torch.tensor([[512.0, 768.0, 0.0, 0.0, 512.0, 768.0]]).repeat(batch, 1)
    return inputs


# --- the folder ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A Stable Diffusion as diffusers has it: a folder, or a name on the hub."""

    name: str
    index: dict
    is_xl: bool

    @staticmethod
    def of(name: str) -> "Source":
        """Looks at `model_index.json` alone, and refuses what sgid doesn't run."""
        try:
            index = dict(DiffusionPipeline.load_config(name))
        except (OSError, ValueError) as e:
            raise ExportError(f"{name} is no Stable Diffusion as diffusers saves it, with a model_index.json: {e}") from e
        kind = index.get("_class_name", "")
        if not kind.removeprefix("ORT").removeprefix("Onnx").startswith(("StableDiffusion", "LatentConsistencyModel")) or any(
                other in kind for other in ("StableDiffusion3", "Inpaint", "Upscale", "Pix2Pix", "ControlNet", "GLIGEN")):
            raise ExportError(f"{name} is a {kind}, which sgid does not run; it takes Stable Diffusion 1, 2 and XL for "
                              "text-to-image, and what was distilled from them")
        if index.get("requires_aesthetics_score") or not _there(index, "text_encoder"):
            raise ExportError(f"{name} is the refiner of Stable Diffusion XL, which sgid does not run; take the base")
        return Source(name, index, "StableDiffusionXL" in kind or _there(index, "text_encoder_2"))

    def load(self, kind: type, part: str):
        """A part in float32; the variant fp16 where the folder has no other."""
        try:
            return kind.from_pretrained(self.name, subfolder=part).float().eval()
        except OSError as missing:
            try:
                return kind.from_pretrained(self.name, subfolder=part, variant="fp16").float().eval()
            except OSError:
                raise ExportError(f"{part} of {self.name} can't be read: {missing}") from missing

    def config(self, kind: type, part: str) -> dict:
        return {key: value for key, value in kind.load_config(self.name, subfolder=part).items()
                if key != "_name_or_path"}


def _there(index: dict, part: str) -> bool:
    return any(index.get(part, [None]))


def export(source: Source, out: Path, half: bool, loras: Loras, scheduler: str | None) -> bool:
    """Writes the folder `stable-diffusion`, part by part, and holds each against the original.

    :param scheduler: the class that scheduler_config.json is to name; None for the original's
    :return: whether pictures are made with a guidance scale
    """
    unet_config = source.config(UNet2DConditionModel, "unet")
    if unet_config.get("in_channels", 4) != 4:
        raise ExportError(f"The UNet of {source.name} takes {unet_config['in_channels']} channels, as one for inpainting "
                          "does; sgid runs those that take 4")
    loras.read(source, unet_config.get("layers_per_block", 2))
    schedule = _export_scheduler(source, out / "scheduler", scheduler)
    for part in _text_encoders(source):
        _export_text_encoder(source, part, out, half, loras)
        gc.collect()
    _export_unet(source, unet_config, out / "unet", half, loras)
    gc.collect()
    _export_vae(source, out, half)
    _write_index(source, out, schedule)
    return _takes_guidance(schedule, unet_config)


def _text_encoders(source: Source) -> list[str]:
    return ["text_encoder", "text_encoder_2"] if source.is_xl else ["text_encoder"]


def _export_scheduler(source: Source, folder: Path, name: str | None) -> dict:
    config = source.config(DDIMScheduler, "scheduler")  # the file's own, whichever class it names
    if name:
        kind = getattr(diffusers, name, None)
        if not (isinstance(kind, type) and issubclass(kind, SchedulerMixin)):
            raise ExportError(f"--scheduler {name} is no scheduler of diffusers, as LCMScheduler is")
        config |= {"_class_name": name}
    write_json(folder / "scheduler_config.json", config)
    return config


def _takes_guidance(schedule: dict, unet: dict) -> bool:
    """Not models that were distilled with guidance in them: LCM's LoRA, SD-Turbo, SDXL-Turbo."""
    turbo = (schedule["_class_name"] in ("EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler")
             and schedule.get("timestep_spacing") == "trailing" and schedule.get("prediction_type", "epsilon") == "epsilon"
             and not schedule.get("rescale_betas_zero_snr"))
    return bool(unet.get("time_cond_proj_dim")) or not (turbo or schedule["_class_name"] == "LCMScheduler")


@torch.no_grad()
def _export_text_encoder(source: Source, part: str, out: Path, half: bool, loras: Loras) -> None:
    tokenizer = CLIPTokenizerFast.from_pretrained(source.name, subfolder=part.replace("text_encoder", "tokenizer"))
    tokenizer.save_pretrained(out / part.replace("text_encoder", "tokenizer"))
    kind = CLIPTextModelWithProjection if part == "text_encoder_2" else CLIPTextModel
    model = source.load(kind, part)
    model.set_attn_implementation("eager")
    loras.merge_into_text_encoder(model, part)
    write_json(out / part / "config.json", json.loads(model.config.to_json_string(use_diff=False)))
    ids = tokenizer(PROMPTS, padding="max_length", truncation=True, return_tensors="pt").input_ids
    wrapper = TextEncoder(model, with_states=source.is_xl)
    names = ["text_embeds", "last_hidden_state"] if part == "text_encoder_2" else ["last_hidden_state", "pooler_output"]
    if source.is_xl:
        names += [f"hidden_states.{layer}" for layer in range(model.config.num_hidden_layers + 1)]
    expected = [state.numpy() for state in wrapper(ids)]
    if half:
        model.half()
    axes = {name: {0: "batch"} if name in ("text_embeds", "pooler_output") else TEXT for name in names}
    file = out / part / "model.onnx"
    export_onnx(wrapper, {"input_ids": ids[:2]}, names, {"input_ids": TEXT} | axes, file)
    del model, wrapper
    actual = run(file, {"input_ids": ids.numpy()})
    for name, values in zip(names, expected):
        if name == names[0] or name == names[1] or name == names[-2]:
            hold(f"{part}, {name}", actual[name], values, HALF if half else FLOAT)


@torch.no_grad()
def _export_unet(source: Source, config: dict, folder: Path, half: bool, loras: Loras) -> None:
    model = source.load(UNet2DConditionModel, "unet")
    loras.merge_into_unet(model)
    write_json(folder / "config.json", config)
    unit = 2 ** (len(model.config.block_out_channels) - 1)
    unseen = unet_inputs(model.config, 3, 2 * unit, 3 * unit, 77, seed=1)
    seen = unet_inputs(model.config, 2, 3 * unit, 2 * unit, 77, seed=0)
    wrapper = Unet(model, list(seen)[3:])
    expected = wrapper(*unseen.values()).numpy()
    if half:
        model.half()
        seen = {name: value if name == "timestep" else value.half() for name, value in seen.items()}
    axes = {name: {0: "batch"} for name in list(seen)[3:]}
    file = folder / "model.onnx"
    export_onnx(wrapper, seen, ["out_sample"], {"sample": LATENTS, "encoder_hidden_states": TEXT} | axes
                | {"out_sample": LATENTS}, file)
    del model, wrapper
    gc.collect()
    actual = run(file, {name: value.numpy() for name, value in unseen.items()})["out_sample"]
    hold("unet", actual, expected, HALF if half else FLOAT)


@torch.no_grad()
def _export_vae(source: Source, out: Path, half: bool) -> None:
    config = source.config(AutoencoderKL, "vae")
    model = source.load(AutoencoderKL, "vae")
    factor = 2 ** (len(model.config.block_out_channels) - 1)
    for part in ("vae_encoder", "vae_decoder"):
        write_json(out / part / "config.json", config)
    random = torch.Generator().manual_seed(2)
    pixels = torch.rand((2, 3, 4 * factor, 6 * factor), generator=random) * 2 - 1
    latents = torch.randn((2, model.config.latent_channels, 4, 6), generator=random)
    cases = (("vae_encoder", VaeEncoder(model), "sample", pixels, IMAGE, "latent_parameters", LATENTS),
             ("vae_decoder", VaeDecoder(model), "latent_sample", latents, LATENTS, "sample", IMAGE))
    expected = [wrapper(inputs).numpy() for _, wrapper, _, inputs, *_ in cases]
    # in float16 that of XL overflows, which its config says; older configs don't, and mean nothing by it
    narrow = half and not (source.is_xl and config.get("force_upcast", True))
    if narrow:
        model.half()
    for (part, wrapper, name, inputs, axes, output, axes_of_output), values in zip(cases, expected):
        file = out / part / "model.onnx"
        seen = inputs[:1].transpose(2, 3)
        export_onnx(wrapper, {name: seen.half() if narrow else seen}, [output],
                    {name: axes, output: axes_of_output}, file)
        hold(part, run(file, {name: inputs.numpy()})[output], values, HALF if narrow else FLOAT)


def _write_index(source: Source, out: Path, schedule: dict) -> None:
    encoders = {part: ["transformers", "CLIPTextModelWithProjection" if part[-1] == "2" else "CLIPTextModel"]
                for part in _text_encoders(source)}
    tokenizers = {part.replace("text_encoder", "tokenizer"): ["transformers", "CLIPTokenizer"] for part in encoders}
    kept = {key: value for key, value in source.index.items() if key in ("_class_name", "force_zeros_for_empty_prompt")}
    vae = ["diffusers", "AutoencoderKL"]
    write_json(out / "model_index.json", kept | {"_diffusers_version": diffusers.__version__} | encoders | tokenizers | {
        "feature_extractor": [None, None], "safety_checker": [None, None],
        "scheduler": ["diffusers", schedule["_class_name"]], "unet": ["diffusers", "UNet2DConditionModel"],
        "vae_decoder": vae, "vae_encoder": vae})


def write_json(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
