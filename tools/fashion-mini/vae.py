"""The autoencoder: 32x32 pixels to 8x8x4 latents and back."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL
from torch.nn import functional

import data
from training import Trainer

STEPS = 4_500
BATCH = 32
LEARNING_RATE = 1.5e-3
KL_WEIGHT = 1e-3

#: Refining also asks for as much fine structure as the image has, which squared errors alone smooth away.
REFINE_STEPS = 2_800
REFINE_LEARNING_RATE = 1e-3
DETAIL_WEIGHT = 2.0


def new_model() -> AutoencoderKL:
    return AutoencoderKL(
        in_channels=3, out_channels=3, sample_size=32, latent_channels=4,
        down_block_types=["DownEncoderBlock2D"] * 3, up_block_types=["UpDecoderBlock2D"] * 3,
        block_out_channels=(24, 48, 96), layers_per_block=1, norm_num_groups=8)


def _loss(model: AutoencoderKL, pixels: torch.Tensor,
          detail_weight: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
    # Convolutions run in bfloat16 while training (twice as fast on a CPU that has it); the pack is float32.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        posterior = model.encode(pixels).latent_dist
        mean, logvar = posterior.mean.float(), posterior.logvar.float()
        latents = mean + torch.randn_like(mean) * torch.exp(0.5 * logvar)
        decoded = model.decode(latents).sample.float()
    squared = functional.mse_loss(decoded, pixels)
    divergence = 0.5 * (mean.square() + logvar.exp() - 1.0 - logvar).mean()
    loss = 0.5 * functional.l1_loss(decoded, pixels) + 5.0 * squared + KL_WEIGHT * divergence
    if detail_weight:
        loss = loss + detail_weight * functional.l1_loss(_detail(decoded), _detail(pixels))
    return loss, squared


def _detail(pixels: torch.Tensor) -> torch.Tensor:
    """How much fine structure there is around every pixel: the local deviation from the local mean."""
    gray = pixels.mean(dim=1, keepdim=True)
    fine = gray - functional.avg_pool2d(gray, 3, stride=1, padding=1, count_include_pad=False)
    return (functional.avg_pool2d(fine.square(), 3, stride=1, padding=1) + 1e-4).sqrt()


@torch.no_grad()
def moments(model: AutoencoderKL, images, batch_size: int = 250) -> torch.Tensor:
    """The encoder's mean and log-variance, [n, 8, h, w]."""
    parts = [model.encode(data.to_tensor(images[i:i + batch_size])).latent_dist.parameters
             for i in range(0, len(images), batch_size)]
    return torch.cat(parts)


@torch.no_grad()
def psnr(model: AutoencoderKL, images, batch_size: int = 250) -> tuple[float, float]:
    """Peak signal-to-noise ratio in dB, pixels in [0, 1]: the images' mean, and that of the mean squared error."""
    errors = []
    for i in range(0, len(images), batch_size):
        pixels = data.to_tensor(images[i:i + batch_size])
        decoded = model.decode(model.encode(pixels).latent_dist.mean).sample.clamp(-1, 1)
        errors.append((decoded - pixels).div(2).square().mean(dim=(1, 2, 3)))
    errors = torch.cat(errors)
    return -10 * errors.log10().mean().item(), -10 * errors.mean().log10().item()


def _save(model: AutoencoderKL, train_images, out: Path) -> None:
    """Writes the model with the measured scaling factor, 1 / std of sampled latents."""
    mean, logvar = moments(model, train_images[:2_000]).chunk(2, dim=1)
    variance = mean.var() + logvar.exp().mean()
    model.register_to_config(scaling_factor=round(1 / variance.sqrt().item(), 4))
    model.save_pretrained(out)


def train(data_folder: Path, out: Path, steps: int = STEPS, seed: int = 1) -> None:
    torch.manual_seed(seed)
    train_images = data.training_split(data_folder).images
    check_images = data.validation_split(data_folder).images[:1_000]
    trainer = Trainer("vae", new_model().train(), out, steps, seed, LEARNING_RATE)
    for indices in trainer.batches(len(train_images), BATCH):
        loss, squared = _loss(trainer.model, data.to_tensor(train_images[indices.numpy()]))
        trainer.step(loss, psnr=(-10 * torch.log10(squared.detach() / 4)).item())
        if trainer.due(every=500):
            by_image, overall = psnr(trainer.average, check_images)
            trainer.say(f"validation PSNR {by_image:.2f} dB, of the mean error {overall:.2f} dB")
            _save(trainer.average, train_images, out)
            trainer.save_state()


def refine(data_folder: Path, vae_folder: Path, out: Path, steps: int = REFINE_STEPS, seed: int = 6) -> None:
    """Trains the decoder on with the encoder fixed: the latents, and all that is trained on them, stay valid."""
    torch.manual_seed(seed)
    train_images = data.training_split(data_folder).images
    check_images = data.validation_split(data_folder).images[:1_000]
    model = AutoencoderKL.from_pretrained(vae_folder).train()
    for part in (model.encoder, model.quant_conv):
        part.requires_grad_(False)
    trainer = Trainer("vae_decoder", model, out, steps, seed, REFINE_LEARNING_RATE, decay=0.995)
    for indices in trainer.batches(len(train_images), BATCH):
        loss, squared = _loss(trainer.model, data.to_tensor(train_images[indices.numpy()]), DETAIL_WEIGHT)
        trainer.step(loss, psnr=(-10 * torch.log10(squared.detach() / 4)).item())
        if trainer.due(every=200):
            by_image, overall = psnr(trainer.average, check_images)
            trainer.say(f"validation PSNR {by_image:.2f} dB, of the mean error {overall:.2f} dB")
            trainer.average.save_pretrained(out)
            trainer.save_state()
