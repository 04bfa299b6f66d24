"""Writes `diffusion/img2img-solvers.json.gz`: whole img2img with each scheduler, its options and spacings.

    python tools/reference/diffusion_solvers_img2img.py

As diffusion_img2img.py, whose cases are DDIM's alone. The scheduler is `from_config` of what the pack's
scheduler_config.json holds, with the options and the timestep spacing as keywords. LCM's own pipeline
wants a UNet that takes the guidance scale; for others, Stable Diffusion's is given the timesteps that
LCM's `set_timesteps` finds for the strength, and strength 1.
"""

import diffusers
import numpy as np
import torch
import transformers
from PIL import Image

import diffusion_pack
import golden
from diffusion_img2img import BAG, BOOT, SD2, padded, smooth_image, to_bytes
from diffusion_pack import SCHEDULERS

DDIM, DPM, LCM, EULER, ANCESTRAL, PNDM, UNIPC = SCHEDULERS
KARRAS = {"use_karras_sigmas": True}
SIGMA_MIN = {"final_sigmas_type": "sigma_min"}
SKIP_PRK = {"skip_prk_steps": True}
ANY_ORDER = {"lower_order_final": False}

#: Its timesteps are floats: schedulers whose timesteps lie between those of training are run as they are there.
FLOAT = ["tiny-sd1", "unet-float-batch"]

#: What a case leaves out.
DEFAULTS = {
    "pack": ["tiny-sd1"],
    "image": "boot-16x16",
    "prompt": BOOT,
    "negativePrompt": "",
    "guidanceScale": 7.5,
    "noiseRate": 0.5,
    "steps": 20,
    "scheduler": DPM,
    "options": {},
    "spacing": None,
    "eta": 0.0,
    "seed": 0,
}

CASES = {
    "plain": {},
    "trailing-8": {"steps": 8, "spacing": "trailing", "seed": 1},
    "leading-15": {"steps": 15, "noiseRate": 0.7, "spacing": "leading", "seed": 2},
    "linspace-30": {"steps": 30, "noiseRate": 0.9, "spacing": "linspace", "guidanceScale": 3.27, "seed": 3},
    "whole-50": {"steps": 50, "noiseRate": 1.0, "seed": 4},
    "karras": {"options": KARRAS, "seed": 5},
    "karras-10": {"options": KARRAS, "steps": 10, "noiseRate": 0.7, "guidanceScale": 1.0, "seed": 6},
    "karras-sigma-min": {"options": {**KARRAS, **SIGMA_MIN}, "noiseRate": 0.8, "seed": 7},
    "sigma-min": {"options": SIGMA_MIN, "spacing": "trailing", "noiseRate": 1.0, "seed": 8},
    "sigma-min-8-any-order": {"options": {**SIGMA_MIN, **ANY_ORDER}, "steps": 8, "spacing": "trailing", "seed": 9},
    "any-order-10": {"options": ANY_ORDER, "steps": 10, "noiseRate": 0.9, "seed": 10},
    "steps-1": {"steps": 1, "noiseRate": 1.0, "seed": 11},
    "steps-2": {"steps": 2, "noiseRate": 1.0, "spacing": "trailing", "seed": 12},
    "steps-3": {"steps": 3, "noiseRate": 0.7, "spacing": "leading", "seed": 13},
    "one-of-20": {"noiseRate": 0.05, "seed": 14},
    "no-guidance": {"guidanceScale": 0.5, "seed": 15},
    "negative-prompt-40x24": {"image": "bag-40x24", "prompt": BAG, "negativePrompt": "blurry", "seed": 16},
    "sd2": {"pack": SD2, "seed": 17},
    "sd2-karras": {"pack": SD2, "options": KARRAS, "steps": 12, "noiseRate": 0.6, "seed": 18},
    "sd2-trailing-5": {"pack": SD2, "steps": 5, "noiseRate": 0.9, "spacing": "trailing", "seed": 19},
    "ddim-trailing-8": {"scheduler": DDIM, "steps": 8, "spacing": "trailing", "seed": 20},
    "ddim-linspace-8": {"scheduler": DDIM, "steps": 8, "noiseRate": 0.9, "spacing": "linspace", "seed": 21},
    "ddim-leading-8": {"scheduler": DDIM, "steps": 8, "noiseRate": 0.7, "spacing": "leading", "seed": 22},
    "ddim-trailing-eta": {"scheduler": DDIM, "steps": 12, "spacing": "trailing", "eta": 0.7, "seed": 23},
    "sd2-ddim-trailing": {"pack": SD2, "scheduler": DDIM, "steps": 7, "spacing": "trailing", "noiseRate": 1.0, "seed": 24},
    "lcm-4": {"scheduler": LCM, "steps": 4, "guidanceScale": 1.5, "seed": 25},
    "lcm-2-40x24": {"scheduler": LCM, "image": "bag-40x24", "steps": 2, "noiseRate": 0.83, "guidanceScale": 1.0, "seed": 26},
    "lcm-1": {"scheduler": LCM, "steps": 1, "noiseRate": 0.3, "guidanceScale": 4.0, "seed": 27},
    "euler-trailing-8": {"scheduler": EULER, "steps": 8, "spacing": "trailing", "seed": 29},
    "euler-leading-20": {"scheduler": EULER, "spacing": "leading", "noiseRate": 0.7, "seed": 30},
    "euler-linspace-20": {"pack": FLOAT, "scheduler": EULER, "seed": 31},
    "euler-karras-10": {"pack": FLOAT, "scheduler": EULER, "options": KARRAS, "steps": 10, "noiseRate": 0.8, "seed": 32},
    "euler-sigma-min-2": {"scheduler": EULER, "options": SIGMA_MIN, "steps": 2, "spacing": "trailing", "seed": 33},
    "euler-whole-40x24": {"scheduler": EULER, "image": "bag-40x24", "prompt": BAG, "noiseRate": 1.0, "spacing": "trailing", "seed": 34},
    "sd2-euler-trailing": {"pack": SD2, "scheduler": EULER, "steps": 4, "spacing": "trailing", "guidanceScale": 1.0, "seed": 35},
    "ancestral-trailing-8": {"scheduler": ANCESTRAL, "steps": 8, "spacing": "trailing", "seed": 36},
    "ancestral-linspace-20": {"pack": FLOAT, "scheduler": ANCESTRAL, "noiseRate": 0.9, "guidanceScale": 3.27, "seed": 37},
    "ancestral-one-of-2": {"scheduler": ANCESTRAL, "steps": 2, "spacing": "trailing", "guidanceScale": 1.0, "seed": 38},
    "sd2-ancestral-leading": {"pack": SD2, "scheduler": ANCESTRAL, "steps": 12, "spacing": "leading", "noiseRate": 1.0, "seed": 39},
    "pndm-20": {"scheduler": PNDM, "options": SKIP_PRK, "seed": 40},
    "pndm-whole-10": {"scheduler": PNDM, "options": SKIP_PRK, "steps": 10, "noiseRate": 1.0, "seed": 41},
    "pndm-one-but-one": {"scheduler": PNDM, "options": SKIP_PRK, "steps": 5, "noiseRate": 0.8, "seed": 42},
    "pndm-one": {"scheduler": PNDM, "options": SKIP_PRK, "steps": 1, "noiseRate": 1.0, "seed": 43},
    "pndm-trailing-40x24": {"scheduler": PNDM, "options": SKIP_PRK, "image": "bag-40x24", "steps": 9, "noiseRate": 0.7, "spacing": "trailing", "seed": 44},
    "pndm-runge-kutta": {"scheduler": PNDM, "options": {"skip_prk_steps": False}, "steps": 10, "noiseRate": 1.0, "seed": 45},
    "pndm-runge-kutta-cut": {"scheduler": PNDM, "options": {"skip_prk_steps": False}, "steps": 12, "noiseRate": 0.5, "guidanceScale": 2.0, "seed": 46},
    "sd2-pndm": {"pack": SD2, "scheduler": PNDM, "options": SKIP_PRK, "steps": 12, "seed": 47},
    "unipc-20": {"scheduler": UNIPC, "seed": 48},
    "unipc-trailing-8": {"scheduler": UNIPC, "steps": 8, "spacing": "trailing", "noiseRate": 0.7, "seed": 49},
    "unipc-3-karras": {"scheduler": UNIPC, "options": {**KARRAS, "solver_order": 3}, "steps": 12, "noiseRate": 0.8, "seed": 50},
    "unipc-bh1": {"scheduler": UNIPC, "options": {**SIGMA_MIN, "solver_type": "bh1"}, "steps": 10, "noiseRate": 1.0, "seed": 51},
    "unipc-noise-40x24": {"scheduler": UNIPC, "options": {**SIGMA_MIN, "predict_x0": False}, "image": "bag-40x24", "steps": 10, "seed": 52},
    "sd2-unipc": {"pack": SD2, "scheduler": UNIPC, "steps": 8, "noiseRate": 0.9, "seed": 53},
    "sd2-lcm-8": {"pack": SD2, "scheduler": LCM, "steps": 8, "noiseRate": 1.0, "guidanceScale": 2.0, "seed": 28},
}


def generate(parts, image: np.ndarray, case: dict) -> tuple[np.ndarray, int]:
    """The picture as floats in [0, 1], (height, width, 3), and the steps that were run."""
    folders = [diffusion_pack.MODELS / name for name in case["pack"]]
    owner = [folder for folder in folders if (folder / "stable-diffusion" / "scheduler").is_dir()][-1]
    scheduler = diffusion_pack.scheduler(owner, case["scheduler"], case["options"], case["spacing"])
    pipeline = diffusion_pack.with_scheduler(parts, scheduler)
    stepped = []
    out = pipeline(
        prompt=case["prompt"],
        negative_prompt=case["negativePrompt"],
        image=Image.fromarray(padded(image, pipeline.vae.config, pipeline.unet.config)),
        guidance_scale=case["guidanceScale"],
        eta=case["eta"],
        generator=torch.Generator("cpu").manual_seed(case["seed"]),
        output_type="np",
        callback_on_step_end=lambda _, index, timestep, tensors: stepped.append(index) or {},
        **diffusion_pack.length(pipeline, case["steps"], case["noiseRate"]),
    )
    return out.images[0], len(stepped)


def main() -> None:
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)  # faster for models as small as these, and sums keep their order
    inputs = {"boot-16x16": smooth_image(16, 16, 111), "bag-40x24": smooth_image(40, 24, 112)}
    packs = sorted({tuple({**DEFAULTS, **case}["pack"]) for case in CASES.values()})
    same = {pack: [diffusion_pack.MODELS / name for name in pack if name not in FLOAT[1:]] for pack in packs}  # weights
    pipelines = {pack: diffusion_pack.load(*folders) for pack, folders in same.items()}
    written = []
    for name, changes in CASES.items():
        case = {**DEFAULTS, **changes}
        expected, steps_run = generate(pipelines[tuple(case["pack"])], inputs[case["image"]], case)
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
    golden.write("diffusion/img2img-solvers.json.gz", {
        "madeBy": "tools/reference/diffusion_solvers_img2img.py",
        "versions": {module.__name__: str(module.__version__) for module in modules},
        "images": {name: golden.encode(image, "u1") for name, image in inputs.items()},
        "cases": written,
    })


if __name__ == "__main__":
    main()
