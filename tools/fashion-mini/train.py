"""Trains the parts of fashion-mini and exports them as a model pack."""

import argparse
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import BlipForConditionalGeneration, CLIPModel, CLIPTextModel

import blip
import calibrate
import check_pack
import classifier
import clip
import diffusion
import domain
import examples
import export
import training
import vae

PARTS = ("vae", "vae_decoder", "classifier", "clip", "blip", "diffusion", "export", "calibrate", "domain", "check")


def _trained_models(trained: Path) -> dict[str, torch.nn.Module]:
    return {"autoencoder": AutoencoderKL.from_pretrained(trained / "vae_decoder"),
            "unet": UNet2DConditionModel.from_pretrained(trained / "diffusion" / "unet"),
            "text_encoder": CLIPTextModel.from_pretrained(trained / "diffusion" / "text_encoder"),
            "clip": CLIPModel.from_pretrained(trained / "clip"),
            "blip": BlipForConditionalGeneration.from_pretrained(trained / "blip")}


def run(part: str, data_folder: Path, trained: Path, pack: Path, processes: int) -> None:
    jobs = {"vae": (vae.train, data_folder, trained / "vae"),
            "vae_decoder": (vae.refine, data_folder, trained / "vae", trained / "vae_decoder"),
            "classifier": (classifier.train, data_folder, trained / "classifier"),
            "clip": (clip.train, data_folder, trained / "clip"),
            "blip": (blip.train, data_folder, trained / "clip", trained / "blip"),
            "diffusion": (diffusion.train, data_folder, trained / "vae", trained / "diffusion")}
    if part in jobs:
        training.run(*jobs[part], process_count=processes)
    elif part == "export":
        export.export(trained, pack)
    elif part == "calibrate":
        calibrate.calibrate(pack, data_folder)
    elif part == "domain":
        domain.write(pack, data_folder)
    elif part == "check":
        check_pack.check(pack, data_folder)
        check_pack.check_weights(pack, _trained_models(trained))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("all", *PARTS, "examples"), help="what to do; `all` does every part in order")
    parser.add_argument("--data", type=Path, required=True, help="folder with the Fashion-MNIST idx files")
    parser.add_argument("--trained", type=Path, help="folder for checkpoints; training goes on where they end")
    parser.add_argument("--pack", type=Path, help="folder of the exported pack, or of the example images")
    parser.add_argument("--processes", type=int, default=1, help="single-threaded processes that share the training")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    if arguments.part == "examples":
        examples.write(arguments.data, arguments.pack)
    else:
        for part in PARTS if arguments.part == "all" else (arguments.part,):
            run(part, arguments.data, arguments.trained, arguments.pack, arguments.processes)


if __name__ == "__main__":
    main()
