"""Text-to-image from pure noise by diffusers' scheduler, to hold sgid's pictures of noise rate 1 against.

    python pure_noise.py FOLDER

FOLDER has pictures of noise rate 1, as `./sgid augment` made them. For each of their manifest's lines whose image is of draw 0
a picture of the same prompt, guidance and seed is written into `FOLDER-pure`: the same, but that it begins with noise alone.
Needs what tools/fashion-mini needs.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler
from PIL import Image

HERE = Path(__file__).resolve().parent
# The packages of the study have names that fashion-mini's have, too: those come first here.
sys.path.insert(0, str(HERE.parent / "fashion-mini"))
from augment import Pack  # noqa: E402

PACK = HERE.parents[1] / "sgid-models-mini/src/main/resources/dev/sgid/models/fashion-mini"
CALLS, BATCH = 4, 32


def make(pack: Pack, lines: list[dict]) -> np.ndarray:
    """uint8 [n, 28, 28]."""
    config = json.loads((PACK / "stable-diffusion/scheduler/scheduler_config.json").read_text())
    scheduler = DPMSolverMultistepScheduler.from_config(config, timestep_spacing="trailing")
    scheduler.set_timesteps(CALLS)
    noise = [torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(line["seed"])) for line in lines]
    latents = torch.cat(noise) * scheduler.init_noise_sigma
    states = np.concatenate([np.repeat(pack.prompt_states([""]), len(lines), axis=0),
                             pack.prompt_states([line["prompt"] for line in lines])])
    weights = torch.tensor([line["guidance_scale"] for line in lines])[:, None, None, None]
    for timestep in scheduler.timesteps:
        without, towards = pack.predicted(torch.cat([latents, latents]), int(timestep), states).chunk(2)
        latents = scheduler.step(without + weights * (towards - without), timestep, latents).prev_sample
    pixels = pack.decode(latents / pack.scaling_factor).mean(dim=1)[:, 2:30, 2:30]
    return ((pixels / 2 + 0.5) * 255).round().to(torch.uint8).numpy()


def main() -> None:
    folder = Path(sys.argv[1])
    drawn = set(json.loads((folder.parent.parent.parent / "sets" / "draw-0.json").read_text()))
    with open(folder / "metadata.jsonl", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    lines = [line for line in lines if int(Path(line["source"]).stem.split("-")[1]) in drawn]
    out = folder.with_name(folder.name + "-pure")
    torch.set_num_threads(1)
    pack = Pack(PACK)
    for start in range(0, len(lines), BATCH):
        for line, pixels in zip(lines[start:start + BATCH], make(pack, lines[start:start + BATCH])):
            (out / line["file_name"]).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(out / line["file_name"])
    (out / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    print(f"{len(lines)} pictures in {out}")


if __name__ == "__main__":
    main()
