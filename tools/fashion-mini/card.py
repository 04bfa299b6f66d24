"""Writes the model card from the pack, the training logs and the figures that evaluate.py measured."""

import argparse
import json
from pathlib import Path

import onnx_to_torch
from augment import linear_guidance
from evaluate import BOUNDS, met

FIGURES = {
    "vae_psnr_db": "VAE reconstruction, PSNR, mean over the images (dB)",
    "classifier_fall_points": "an independent classifier's fall from real images to reconstructions (points)",
    "clip_zero_shot_percent": "CLIP zero-shot accuracy over the ten labels (%)",
    "clip_own_minus_other": "CLIP cosine of an image with its own caption − with another class's, mean",
    "true_captions_percent": "greedy captions whose every word is true of the image (%)",
    "label_agreement_0.6_percent": "label agreement, SGID at its defaults, noise rate 0.6 (%)",
    "label_agreement_0.9_gain_points": "the same at 0.9: SGID − (empty prompt, guidance 1) (points)",
    "diversity_0.6": "diversity: distance of two copies at 0.6 ÷ distance of two images of the class",
}

PARTS = {
    "vae": ("autoencoder", "AutoencoderKL, 32×32×3 to 8×8×4", "stable-diffusion/vae_*"),
    "unet": ("denoiser", "UNet2DConditionModel with cross-attention", "stable-diffusion/unet"),
    "text_encoder": ("prompts' encoder", "CLIPTextModel, 24 tokens", "stable-diffusion/text_encoder"),
    "clip": ("image-text similarity", "CLIPModel, 4×4 patches, 64 dimensions", "clip"),
    "blip": ("captions", "BlipForConditionalGeneration, 4×4 patches", "blip"),
}


def _figure_rows(figures: dict) -> str:
    rows = []
    for name, text in FIGURES.items():
        bound, kind = BOUNDS[name]
        verdict = "met" if met(name, figures[name]) else "**missed**"
        rows.append(f"| {text} | {kind} {bound:g} | {figures[name]:g} | {verdict} |")
    return "\n".join(rows)


def _part_rows(pack: Path) -> str:
    models = {"vae": onnx_to_torch.autoencoder(pack), "unet": onnx_to_torch.unet(pack),
              "text_encoder": onnx_to_torch.text_encoder(pack), "clip": onnx_to_torch.clip(pack),
              "blip": onnx_to_torch.blip(pack)}
    rows = []
    for name, (task, kind, folder) in PARTS.items():
        parameters = sum(parameter.numel() for parameter in models[name].parameters())
        size = sum(path.stat().st_size for path in pack.glob(f"{folder}/**/*.onnx"))
        rows.append(f"| {task} | {kind} | {parameters / 1e6:.2f} M | {size / 2 ** 20:.2f} MiB |")
    return "\n".join(rows)


def _training_rows(trained: Path) -> str:
    rows = []
    for name in ("vae", "vae_decoder", "diffusion", "clip", "blip", "classifier"):
        log = json.loads((trained / name / "training.json").read_text(encoding="utf-8"))
        rows.append(f"| {name} | {log['steps']:,} | {log['seconds'] / 60:.0f} min |")
    return "\n".join(rows)


def card(pack: Path, trained: Path, figures: dict) -> str:
    size = sum(path.stat().st_size for path in pack.rglob("*") if path.is_file())
    low, high, least, most = linear_guidance(pack / "sgid.json")
    return f"""# fashion-mini

A complete set of models for SGID that is small enough to be part of the library: Stable Diffusion's own structure, a
BLIP that captions and a CLIP that compares, all trained from scratch for 32×32 images of clothes, shoes and bags. It is
there to try SGID with, to test programs on and for studies in the small. It knows nothing but Fashion-MNIST: for your
own photographs use models made for them.

## What it is

| part | model | parameters | file size |
|---|---|---|---|
{_part_rows(pack)}

The whole pack is {size / 2 ** 20:.1f} MiB. Weights are stored as 16-bit floats and cast back when a model is opened;
all computing is in 32-bit floats.

The noise schedule is Stable Diffusion's (scaled linear, 0.00085 to 0.012, 1,000 steps). Prompts are at most 24 tokens
of a byte-level BPE in CLIP's form, learned from the captions; any text can be encoded, other words letter by letter.
Default guidance goes linearly from {least:g} at similarity {low:g} to {most:g} at {high:g}: the 5 % and the 95 %
quantile of the similarity of training images with their captions.

## Data

The first 50,000 training images of [Fashion-MNIST](https://github.com/zalandoresearch/fashion-mnist), padded to 32×32
with zeros, three equal channels. The last 10,000 training images and the test images were never trained on; every choice
was made on the former. Ten labels: t-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.

Captions were made by rule from the pixels and the class, for example "a large dark top with a patterned surface":

| words | true when |
|---|---|
| small, large | the object's area is below, or at least, the median of its kind |
| dark, gray, light | the object's mean brightness is below 145, below 185, or above |
| top, trouser, dress, sandal, sneaker, bag, boot | the class; t-shirt, pullover, coat and shirt are all tops |
| plain, patterned | the mean step between horizontal neighbours inside the object is below, or at least, the median of its kind |

Prompts in training: label and caption, the label alone, the caption alone, and one in ten empty.

## Figures

Measured on the exported ONNX files by `tools/fashion-mini/evaluate.py` on the {figures["split"]} images: the
first {figures["images"]:,}, and the first {figures["generated_images"]:,} where something is generated (30 DDIM steps, eta 0).

| figure | bound | measured | |
|---|---|---|---|
{_figure_rows(figures)}

Besides: PSNR of the mean squared error of all pixels {figures["vae_psnr_of_mean_error_db"]:g} dB. The classifier is right on
{figures["classifier_real_percent"]:g} % of real images and {figures["classifier_rebuilt_percent"]:g} % of reconstructions. CLIP's cosine is
{figures["clip_own"]:g} with the own caption and {figures["clip_other"]:g} with another class's. Of the captions' words
{figures["true_size_words_percent"]:g} % (size), {figures["true_shade_words_percent"]:g} % (shade), {figures["true_kind_words_percent"]:g} % (kind) and {figures["true_surface_words_percent"]:g} % (surface) are true. At noise rate 0.9
the label survives in {figures["label_agreement_0.9_percent"]:g} % of SGID's copies and in {figures["label_agreement_0.9_empty_percent"]:g} % of those with an empty prompt
and guidance 1. The mean guidance scale was {figures["guidance_mean"]:g}. Diversity by Euclidean instead of absolute distance: {figures["diversity_0.6_euclidean"]:g}.

The classifier is a small convolutional network of its own, trained on real images only. A label agrees when the
classifier gives a copy the label of the original. Distances between images are means of absolute pixel differences.

## Training

| part | steps | about, on two shared CPU cores |
|---|---|---|
{_training_rows(trained)}

`tools/fashion-mini/` holds the whole project: pinned requirements, fixed seeds, one command. These weights were trained
in stages, going on from checkpoints on a shared machine, so a run in one piece gives others that are
close: the autoencoder had 1,000 and then 3,500 steps; its decoder 1,200 steps on pixel differences alone, 700 with the
term on fine structure and 900 with twice its weight; the denoiser saw the latents of an earlier state of the autoencoder
for its first 1,500 steps, went on twice and ended at step 3,000 of a schedule for 3,400; CLIP was continued once, after
1,600 steps, when BLIP's image encoder was started from its; BLIP was continued twice, after 1,800 steps with more weight
on its probe, and after 3,300 from the exported weights with a second probe, for patches. The times of what was continued
are reckoned from its steps.

What was tried for the captions: a BLIP started from random weights had 27 % of its captions all true after 500 steps;
started from CLIP's image encoder, with a probe for the measured quantities, 62 % after 250 steps, 75 % after 1,800 and
79 % after 3,300; the probe for patches brought 83 % after 4,000 more (validation images). The surface is the hardest
word: its bound lies where most images are.

For the reconstructions: with pixel differences alone the classifier fell by 2.8 points, because fine
structure was smoothed; the term on fine structure brought that to 1.9 at the same PSNR (validation images). Guidance
from 3 to 7.5 gave 94.5 % label agreement and a diversity of 0.375 on 200 validation images, 5 to 9 gave 95.0 % and 0.369;
5 to 10 was taken on that trend, as diversity stayed above its bound.

## Limits

Captions are coarse and know one form. Similarities of this CLIP are much higher than those of large ones; bounds for
other models do not fit it and the other way round. Shirts, t-shirts, pullovers and coats look alike at this size, to the
models as well. Nothing here can show people, and nothing was collected from people.

## Licence

Weights: Apache-2.0. Data: Fashion-MNIST, MIT licence, Copyright (c) 2017 Zalando SE, https://tech.zalando.com.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--trained", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True, nargs="+",
                        help="the JSON files that evaluate.py wrote, one or one for each of its parts")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    figures = {}
    for path in arguments.figures:
        figures |= json.loads(path.read_text(encoding="utf-8"))
    arguments.out.write_text(card(arguments.pack, arguments.trained, figures), encoding="utf-8")


if __name__ == "__main__":
    main()
