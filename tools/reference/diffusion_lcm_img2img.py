"""Writes `diffusion/img2img-lcm.json.gz` and `diffusion/guidance-embedding.json.gz`: latent consistency models.

    python tools/reference/diffusion_lcm_img2img.py

Whole img2img by diffusers' LatentConsistencyModelImg2ImgPipeline on `tiny-lcm`, whose UNet is given the guidance
scale in place of classifier-free guidance; with other schedulers by StableDiffusionImg2ImgPipeline, which gives it
that, too. The embeddings are those of the pipeline's own method. Run it after tiny_models.py.
"""

import json

import diffusers
import numpy as np
import torch
import transformers
from diffusers import LatentConsistencyModelImg2ImgPipeline
from PIL import Image

import diffusion_pack
import golden
from diffusion_img2img import BAG, BOOT, padded, smooth_image, to_bytes
from diffusion_solvers import DDIM, DPM, LCM, SCHEDULERS

PACK = ["tiny-sd1", "tiny-lcm"]
DIMENSIONS = (4, 5, 32, 33, 256, 512)
SCALES = (0.0, 0.5, 1.0, 1.01, 1.5, 3.27, 7.5, 8.5, 14.0, 100.0)

#: What a case leaves out.
DEFAULTS = {
    "pack": PACK,
    "image": "boot-16x16",
    "prompt": BOOT,
    "negativePrompt": "",
    "guidanceScale": 7.5,
    "noiseRate": 0.5,
    "steps": 4,
    "scheduler": LCM,
    "options": {},
    "spacing": None,
    "eta": 0.0,
    "seed": 0,
}

CASES = {
    "embedded-4": {},
    "embedded-1": {"steps": 1, "noiseRate": 0.3, "seed": 1},
    "embedded-2": {"steps": 2, "noiseRate": 0.83, "guidanceScale": 3.27, "seed": 2},
    "embedded-8": {"steps": 8, "noiseRate": 1.0, "guidanceScale": 8.5, "seed": 3},
    "embedded-20": {"steps": 20, "guidanceScale": 2.0, "seed": 4},
    "embedded-w-1": {"guidanceScale": 1.0, "seed": 5},
    "embedded-w-below-1": {"guidanceScale": 0.5, "seed": 6},
    "embedded-w-0": {"guidanceScale": 0.0, "noiseRate": 0.7, "seed": 7},
    "embedded-w-1.01": {"guidanceScale": 1.01, "seed": 5},
    "embedded-w-14": {"guidanceScale": 14.0, "noiseRate": 0.9, "seed": 8},
    "embedded-negative-unused": {"negativePrompt": "blurry, low quality", "seed": 0},
    "embedded-40x24": {"image": "bag-40x24", "prompt": BAG, "noiseRate": 0.66, "seed": 9},
    "embedded-40x24-3": {"image": "bag-40x24", "prompt": BAG, "steps": 3, "guidanceScale": 5.11, "seed": 2**31 + 10},
    "embedded-ddim": {"scheduler": DDIM, "steps": 10, "guidanceScale": 3.27, "seed": 11},
    "embedded-ddim-eta": {"scheduler": DDIM, "steps": 10, "eta": 0.6, "guidanceScale": 7.5, "seed": 12},
    "embedded-dpm": {"scheduler": DPM, "steps": 8, "spacing": "trailing", "seed": 13},
}


def scheduler_of(case: dict):
    file = diffusion_pack.MODELS / PACK[-1] / "stable-diffusion" / "scheduler" / "scheduler_config.json"
    keywords = {"timestep_spacing": case["spacing"]} if case["spacing"] else {}
    return SCHEDULERS[case["scheduler"]].from_config(json.loads(file.read_text(encoding="utf-8")), **keywords)


def generate(parts, image: np.ndarray, case: dict) -> tuple[np.ndarray, int]:
    """The picture as floats in [0, 1], (height, width, 3), and the steps that were run."""
    built = diffusion_pack.with_scheduler(parts, scheduler_of(case))
    stepped = []
    out = built(
        prompt=case["prompt"],
        image=Image.fromarray(padded(image, parts.vae.config, parts.unet.config)),
        num_inference_steps=case["steps"],
        strength=case["noiseRate"],
        guidance_scale=case["guidanceScale"],
        generator=torch.Generator("cpu").manual_seed(case["seed"]),
        output_type="np",
        callback_on_step_end=lambda _, index, timestep, tensors: stepped.append(index) or {},
        **diffusion_pack.more_arguments(built, case["negativePrompt"], case["eta"]),
    )
    return out.images[0], len(stepped)


def embeddings() -> list[dict]:
    embed = LatentConsistencyModelImg2ImgPipeline.get_guidance_scale_embedding
    return [{
        "dimensions": dimensions,
        "guidanceScale": scale,
        "embedding": golden.encode(embed(None, torch.tensor(scale - 1).repeat(1), embedding_dim=dimensions)[0].numpy(), "f4"),
    } for dimensions in DIMENSIONS for scale in SCALES]


def main() -> None:
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)  # faster for models as small as these, and sums keep their order
    inputs = {"boot-16x16": smooth_image(16, 16, 111), "bag-40x24": smooth_image(40, 24, 112)}
    parts = diffusion_pack.load(*(diffusion_pack.MODELS / name for name in PACK))
    written = []
    for name, changes in CASES.items():
        case = {**DEFAULTS, **changes}
        expected, steps_run = generate(parts, inputs[case["image"]], case)
        written.append({
            "name": name,
            **case,
            "stepsRun": steps_run,
            "expected": golden.encode(expected, "f4"),
            "expectedBytes": golden.encode(to_bytes(expected), "u1"),
            "trace": {},
        })
        print(f"{name}: {steps_run} steps, mean {expected.mean():.3f}, deviation {expected.std():.3f}", flush=True)
    modules = (diffusers, transformers, torch, np)
    made = {
        "madeBy": "tools/reference/diffusion_lcm_img2img.py",
        "versions": {module.__name__: str(module.__version__) for module in modules},
    }
    golden.write("diffusion/img2img-lcm.json.gz", made | {
        "images": {name: golden.encode(image, "u1") for name, image in inputs.items()},
        "cases": written,
    })
    golden.write("diffusion/guidance-embedding.json.gz", made | {"cases": embeddings()})


if __name__ == "__main__":
    main()
