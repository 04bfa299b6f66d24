"""Makes the small random Stable Diffusion XL packs that sgid-onnx's tests run on.

    python tools/reference/tiny_xl_models.py

`tiny-sdxl` is laid over `tiny-sd1` (tiny_models.py), whose tokenizer and VAE it keeps; it is exported as optimum
does now, and its UNet has its weights beside it, as every UNet of Stable Diffusion XL. The other folders are laid
over that: `tiny-sdxl-int64` is what optimum before 1.24 wrote, and has the graphs alone, for the same weights.
"""

import json
from pathlib import Path

import diffusers
import onnx
import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPTextModelWithProjection, CLIPTokenizerFast

import tiny_models
from diffusion_pack import MODELS
from tiny_models import LATENTS, TEXT, export, largest_difference, report, save_config, write_json, write_tokenizer

torch.set_grad_enabled(False)
torch.set_num_threads(1)

#: Of the first and of the second text encoder, and of what the second pools.
WIDTHS, POOLED = (8, 12), 10
TIME_IDS, TIME_WIDTH = 6, 8
DATA = "model.onnx_data"

#: As Stable Diffusion XL base was published.
XL_SCHEDULER = {
    "_class_name": "EulerDiscreteScheduler",
    "_diffusers_version": "0.19.0.dev0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "interpolation_type": "linear",
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "sample_max_value": 1.0,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "timestep_spacing": "leading",
    "trained_betas": None,
    "use_karras_sigmas": False,
}

#: As SDXL-Turbo was.
TURBO_SCHEDULER = XL_SCHEDULER | {
    "_class_name": "EulerAncestralDiscreteScheduler",
    "timestep_spacing": "trailing",
}


class Unet(torch.nn.Module):
    """The UNet with the inputs and the output of the published ONNX graphs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, sample, timestep, encoder_hidden_states, text_embeds, time_ids):
        added = {"text_embeds": text_embeds, "time_ids": time_ids}
        return self.model(sample, timestep, encoder_hidden_states, added_cond_kwargs=added, return_dict=False)[0]


class TextEncoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        out = self.model(input_ids, output_hidden_states=True)
        if "text_embeds" in out:
            return out.text_embeds, out.last_hidden_state, *out.hidden_states
        return out.last_hidden_state, out.pooler_output, *out.hidden_states


def unet(seed: int) -> UNet2DConditionModel:
    torch.manual_seed(seed)
    model = UNet2DConditionModel(
        sample_size=8,
        layers_per_block=1,
        norm_num_groups=4,
        block_out_channels=(4, 8),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=[1, 2],
        transformer_layers_per_block=1,
        use_linear_projection=True,
        cross_attention_dim=sum(WIDTHS),
        addition_embed_type="text_time",
        addition_time_embed_dim=TIME_WIDTH,
        projection_class_embeddings_input_dim=TIME_IDS * TIME_WIDTH + POOLED,
    ).eval()
    tiny_models.stir(model)
    for name, parameter in model.named_parameters():
        if "attn2.to_out.0.weight" in name or "attn2.to_k.weight" in name:
            parameter.mul_(6)
        elif "add_embedding" in name and "weight" in name:
            parameter.mul_(3)
    generator = torch.Generator().manual_seed(seed)
    out = Unet(model)(*unet_inputs(16, torch.linspace(1, 981, 16).long(), generator).values())
    model.conv_out.weight.div_(out.std())
    model.conv_out.bias.div_(out.std())
    return model


def unet_inputs(batch: int, timestep: torch.Tensor, generator, width: int = 8, tokens: int = 77) -> dict:
    return {
        "sample": torch.randn((batch, 4, 8, width), generator=generator),
        "timestep": timestep,
        "encoder_hidden_states": torch.randn((batch, tokens, sum(WIDTHS)), generator=generator),
        "text_embeds": torch.randn((batch, POOLED), generator=generator),
        "time_ids": torch.tensor([[64.0, 32.0, 0.0, 0.0, 64.0, 32.0]]).repeat(batch, 1),
    }


def export_unet(model, path: Path, timestep: torch.Tensor, steps: str | None) -> Path:
    examples = unet_inputs(2, timestep, torch.Generator().manual_seed(1))
    free = {
        "sample": LATENTS,
        "timestep": {0: steps} if steps else {},
        "encoder_hidden_states": TEXT,
        "text_embeds": {0: "batch"},
        "time_ids": {0: "batch"},
    }
    inputs = {name: (example, free[name]) for name, example in examples.items()}
    export(Unet(model), path, inputs, {"out_sample": LATENTS})
    onnx.save(
        onnx.load(path), path, save_as_external_data=True, all_tensors_to_one_file=True, location=DATA,
        size_threshold=256,
    )
    unseen = timestep * 0 + 500
    seen = unet_inputs(3, unseen, torch.Generator().manual_seed(4), width=12, tokens=16)
    report(path, largest_difference(path, Unet(model), seen))
    return path


def export_text_encoder(model, path: Path, dtype=torch.int64) -> Path:
    ids = torch.full((2, 77), model.config.eos_token_id, dtype=dtype)
    ids[:, 0] = model.config.bos_token_id
    ids[:, 1:5] = torch.tensor([[5, 9, 300, 520], [40, 41, 42, 43]])
    pooled = {"text_embeds": {0: "batch"}, "last_hidden_state": TEXT}
    if not isinstance(model, CLIPTextModelWithProjection):
        pooled = {"last_hidden_state": TEXT, "pooler_output": {0: "batch"}}
    states = {f"hidden_states.{i}": TEXT for i in range(model.config.num_hidden_layers + 1)}
    export(TextEncoder(model), path, {"input_ids": (ids, TEXT)}, pooled | states)
    unseen = torch.randint(0, model.config.vocab_size, (3, 16), generator=torch.Generator().manual_seed(4))
    report(path, largest_difference(path, TextEncoder(model), {"input_ids": unseen.to(dtype)}))
    return path


def write_model_index(folder: Path, scheduler: str, force_zeros: bool = True) -> None:
    write_json(folder / "model_index.json", {
        "_class_name": "ORTStableDiffusionXLPipeline",
        "_diffusers_version": diffusers.__version__,
        "force_zeros_for_empty_prompt": force_zeros,
        "scheduler": ["diffusers", scheduler],
        "text_encoder": ["optimum", "ORTModelTextEncoder"],
        "text_encoder_2": ["optimum", "ORTModelTextEncoder"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "tokenizer_2": ["transformers", "CLIPTokenizer"],
        "unet": ["optimum", "ORTModelUnet"],
        "vae_decoder": ["optimum", "ORTModelVaeDecoder"],
        "vae_encoder": ["optimum", "ORTModelVaeEncoder"],
    })


def write_vae_configs(folder: Path, **changes) -> None:
    for part in ("vae_encoder", "vae_decoder"):
        file = MODELS / "tiny-sd1" / "stable-diffusion" / part / "config.json"
        write_json(folder / part / "config.json", json.loads(file.read_text(encoding="utf-8")) | changes)


def fresh(name: str, what: str, **seeds: int) -> Path:
    return tiny_models.fresh(name, what, script=Path(__file__).name, **seeds)


def make_xl() -> dict:
    """Two text encoders, pad token "!" for the second, a UNet of text_embeds and time_ids; timestep float32 []."""
    seeds = {"text_encoder": 41, "text_encoder_2": 42, "unet": 43}
    folder = fresh("tiny-sdxl", make_xl.__doc__, **seeds)
    write_model_index(folder, "EulerDiscreteScheduler")
    write_json(folder / "scheduler" / "scheduler_config.json", XL_SCHEDULER)
    write_vae_configs(folder, scaling_factor=0.13025, force_upcast=True)
    first = CLIPTokenizerFast.from_pretrained(MODELS / "tiny-sd1" / "stable-diffusion" / "tokenizer")
    second = write_tokenizer(folder / "tokenizer_2", 77, "!")
    parts = {
        "text_encoder": tiny_models.text_encoder(
            seeds["text_encoder"], first, hidden_size=WIDTHS[0], intermediate_size=16, num_hidden_layers=2,
            num_attention_heads=2,
        ),
        "text_encoder_2": tiny_models.text_encoder(
            seeds["text_encoder_2"], second, kind=CLIPTextModelWithProjection, hidden_size=WIDTHS[1],
            intermediate_size=24, num_hidden_layers=3, num_attention_heads=3, hidden_act="gelu",
            projection_dim=POOLED,
        ),
        "unet": unet(seeds["unet"]),
    }
    for name in ("text_encoder", "text_encoder_2"):
        save_config(parts[name], folder / name)
        export_text_encoder(parts[name], folder / name / "model.onnx")
    save_config(parts["unet"], folder / "unet")
    export_unet(parts["unet"], folder / "unet" / "model.onnx", torch.tensor(481.0), steps=None)
    return parts


def make_variants(parts: dict) -> None:
    folder = fresh("tiny-sdxl-int64", "Timestep int64 [steps], input_ids int32: optimum before 1.24. Graphs alone.")
    path = export_unet(parts["unet"], folder / "unet" / "model.onnx", torch.tensor([481]), steps="steps")
    data = path.with_name(DATA)
    if data.read_bytes() != (MODELS / "tiny-sdxl" / "stable-diffusion" / "unet" / DATA).read_bytes():
        raise AssertionError("The two graphs have their weights in another order")
    data.unlink()
    export_text_encoder(parts["text_encoder_2"], folder / "text_encoder_2" / "model.onnx", dtype=torch.int32)

    folder = fresh("tiny-sdxl-encodes-empty", "force_zeros_for_empty_prompt is false.")
    write_model_index(folder, "EulerDiscreteScheduler", force_zeros=False)

    folder = fresh("tiny-sdxl-turbo", "The scheduler's config of SDXL-Turbo.")
    write_model_index(folder, "EulerAncestralDiscreteScheduler")
    write_json(folder / "scheduler" / "scheduler_config.json", TURBO_SCHEDULER)

    folder = fresh("tiny-sdxl-mean", "The VAE's config has latents_mean and latents_std.")
    write_vae_configs(
        folder, scaling_factor=0.5, latents_mean=[-1.6574, 1.886, -1.383, 2.5155],
        latents_std=[8.4927, 5.9022, 6.5498, 5.2299],
    )


def main() -> None:
    make_variants(make_xl())


if __name__ == "__main__":
    main()
