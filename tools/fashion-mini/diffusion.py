"""The denoiser and its text encoder, trained together on the latents of the autoencoder."""

from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel

import captions
import clip
import data
import vae
from tokenization import prompt_tokenizer, prompts
from training import Trainer, rank

STEPS = 3_000
BATCH = 64
LEARNING_RATE = 1.2e-3
WIDTH = 64

#: How often a prompt is: label and caption, label alone, caption alone, empty.
PROMPT_FORMS = (0.65, 0.15, 0.10, 0.10)


def new_scheduler() -> DDIMScheduler:
    """Stable Diffusion's own noise schedule."""
    return DDIMScheduler(
        num_train_timesteps=1_000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        clip_sample=False, set_alpha_to_one=False, steps_offset=1, prediction_type="epsilon",
        timestep_spacing="leading")


class Denoiser(nn.Module):
    """UNet and text encoder under one roof, so that one optimizer holds both."""

    def __init__(self, tokenizer) -> None:
        super().__init__()
        self.unet = UNet2DConditionModel(
            sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(64, 128),
            down_block_types=["DownBlock2D", "CrossAttnDownBlock2D"],
            up_block_types=["CrossAttnUpBlock2D", "UpBlock2D"],
            mid_block_type="UNetMidBlock2DCrossAttn", cross_attention_dim=WIDTH, attention_head_dim=4,
            norm_num_groups=16)
        config = CLIPTextConfig(**clip.text_config(tokenizer, WIDTH))
        config.eos_token_id = tokenizer.eos_token_id
        self.text_encoder = CLIPTextModel(config)

    def forward(self, latents: torch.Tensor, timesteps: torch.Tensor, token_ids: torch.Tensor) -> torch.Tensor:
        hidden = self.text_encoder(token_ids).last_hidden_state
        return self.unet(latents, timesteps, encoder_hidden_states=hidden).sample

    def save(self, out: Path) -> None:
        self.unet.save_pretrained(out / "unet")
        self.text_encoder.save_pretrained(out / "text_encoder")


def _prompt_table(tokenizer) -> tuple[torch.Tensor, dict[str, int]]:
    """Token ids [n, length] of every prompt there is, and the row of each."""
    texts = ["", *prompts()]
    return clip.tokenize(tokenizer, texts)["input_ids"], {text: row for row, text in enumerate(texts)}


def _prompt_rows(rows: dict[str, int], labels: np.ndarray, texts: list[str]) -> np.ndarray:
    """For every image the rows of its four prompt forms, [n, 4]."""
    names = [data.LABEL_TEXTS[label] for label in labels]
    return np.array([[rows[f"{name}, {text}"], rows[name], rows[text], rows[""]]
                     for name, text in zip(names, texts, strict=True)])


def _snr_weights(scheduler: DDIMScheduler, cap: float = 5.0) -> torch.Tensor:
    """Min-SNR weighting of the loss on predicted noise, one weight a timestep."""
    kept = scheduler.alphas_cumprod
    ratio = kept / (1 - kept)
    return ratio.clamp(max=cap) / ratio


@torch.no_grad()
def validation_loss(model: Denoiser, scheduler: DDIMScheduler, latents: torch.Tensor,
                    token_ids: torch.Tensor, seed: int = 0) -> float:
    """Plain mean squared error on fixed noise and timesteps."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(latents.shape, generator=generator)
    timesteps = torch.linspace(0, 999, len(latents)).long()
    predicted = model(scheduler.add_noise(latents, noise, timesteps), timesteps, token_ids)
    return functional.mse_loss(predicted, noise).item()


def train(data_folder: Path, vae_folder: Path, out: Path, steps: int = STEPS, seed: int = 5) -> None:
    torch.manual_seed(seed)
    split = data.training_split(data_folder)
    check = data.validation_split(data_folder).first(512)
    tokenizer = prompt_tokenizer()
    token_table, rows = _prompt_table(tokenizer)
    forms = _prompt_rows(rows, split.labels, captions.write(split))
    check_ids = token_table[_prompt_rows(rows, check.labels, captions.write(check))[:, 0]]

    autoencoder = AutoencoderKL.from_pretrained(vae_folder).eval()
    scale = autoencoder.config.scaling_factor
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mean, logvar = vae.moments(autoencoder, split.images).float().chunk(2, dim=1)
    deviation = torch.exp(0.5 * logvar)
    check_latents = vae.moments(autoencoder, check.images).chunk(2, dim=1)[0] * scale

    scheduler = new_scheduler()
    weights = _snr_weights(scheduler)
    trainer = Trainer("diffusion", Denoiser(tokenizer).train(), out, steps, seed, LEARNING_RATE)
    # Plain attention: in bfloat16 it is faster on a CPU than the fused one. The weights are the same.
    trainer.model.unet.set_attn_processor(AttnProcessor())
    random = np.random.default_rng((seed, trainer.step_number, rank()))
    for indices in trainer.batches(len(split), BATCH):
        latents = (mean[indices] + torch.randn_like(mean[indices]) * deviation[indices]) * scale
        noise = torch.randn_like(latents)
        timesteps = torch.randint(0, 1_000, (len(indices),))
        form = random.choice(4, size=len(indices), p=PROMPT_FORMS)
        token_ids = token_table[forms[indices.numpy(), form]]
        noisy = scheduler.add_noise(latents, noise, timesteps)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            predicted = trainer.model(noisy, timesteps, token_ids)
        squared = (predicted.float() - noise).square().mean(dim=(1, 2, 3))
        trainer.step((squared * weights[timesteps]).mean(), mse=squared.mean().item())
        if trainer.due(every=250):
            loss = validation_loss(trainer.average, scheduler, check_latents, check_ids)
            trainer.say(f"validation loss {loss:.4f}")
            trainer.average.save(out)
            trainer.save_state()
