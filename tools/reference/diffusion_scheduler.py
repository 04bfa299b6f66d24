"""Writes `diffusion/ddim.json.gz`: what diffusers' DDIMScheduler gives for the test configs.

    python tools/reference/diffusion_scheduler.py

Every scheduler is left as StableDiffusionImg2ImgPipeline's constructor leaves it: clip_sample false and
steps_offset 1, whatever the config says. The pipeline's own `get_timesteps` cuts the list. The loops at
the end are those of diffusers' tests/schedulers/test_scheduler_ddim.py: they need no weights, and their
scheduler keeps steps_offset 0.

Each step says how far the reference itself is from the same step in float64 (`gap`). It is past 1e-6
where a float32 difference cancels. 1 - alphaPrevious - sigma^2 at a zero terminal SNR and eta 1 is
nothing but a rounding error under a square root: on one CPU diffusers gives NaN, on another it is 4e-4
off. Such a step has no expected value (`previous` and `gap` are null).
"""

import copy
import math
import warnings

import diffusers
import torch
from diffusers import DDIMScheduler, StableDiffusionImg2ImgPipeline

import golden

SD1 = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "steps_offset": 1,
    "clip_sample": False,
}

#: The scheduler_config.json of Stable Diffusion 1.5, as published.
SD15_PNDM = {
    "_class_name": "PNDMScheduler",
    "_diffusers_version": "0.6.0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
    "clip_sample": False,
}

CONFIGS = {
    "sd1": SD1,
    "sd1-pndm": SD15_PNDM,
    "old-pndm": {
        "_class_name": "PNDMScheduler",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "skip_prk_steps": True,
    },
    "defaults": {},
    "sd2-v": {**SD1, "prediction_type": "v_prediction"},
    "sample": {**SD1, "prediction_type": "sample"},
    "linear": {**SD1, "beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02},
    "squaredcos": {**SD1, "beta_schedule": "squaredcos_cap_v2"},
    "trained-betas": {
        **SD1,
        "num_train_timesteps": 100,
        "trained_betas": [round(0.0001 + 0.0009 * i, 6) for i in range(100)],
    },
    "alpha-to-one": {**SD1, "set_alpha_to_one": True},
    "linspace": {**SD1, "timestep_spacing": "linspace"},
    "trailing": {**SD1, "timestep_spacing": "trailing"},
    "zero-snr": {
        **SD1,
        "prediction_type": "v_prediction",
        "timestep_spacing": "trailing",
        "rescale_betas_zero_snr": True,
    },
}

STEP_COUNTS = (1, 2, 3, 7, 20, 30, 33, 50, 999, 1000)
#: Step counts of the single steps: the first, second, middle and last timestep of each.
STEPPED_COUNTS = (1, 2, 20, 50, 1000)
ETAS = (0.0, 0.5, 1.0)
SAMPLE_SHAPE = (1, 4, 2, 3)
#: A float32 step further than this from float64 is a matter of the CPU.
LARGEST_GAP = 1e-4


def floats(tensor: torch.Tensor) -> list[float]:
    """Plain numbers: few enough to be read by people."""
    return tensor.double().flatten().tolist()


def as_the_pipeline_leaves_it(config: dict) -> DDIMScheduler:
    return img2img_pipeline(DDIMScheduler.from_config(config)).scheduler


def img2img_pipeline(scheduler: DDIMScheduler) -> StableDiffusionImg2ImgPipeline:
    """The pipeline around a scheduler alone: its constructor and its get_timesteps are what matters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # it announces what it forces on old configs
        return StableDiffusionImg2ImgPipeline(
            vae=None,
            text_encoder=None,
            tokenizer=None,
            unet=None,
            scheduler=scheduler,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def draws() -> dict[str, torch.Tensor]:
    generator = torch.Generator("cpu").manual_seed(20240807)
    names = ("sample", "model_output", "noise")
    return {name: torch.randn(SAMPLE_SHAPE, generator=generator) for name in names}


def scheduler_golden(config: dict, tensors: dict) -> dict:
    scheduler = as_the_pipeline_leaves_it(config)
    train = scheduler.config.num_train_timesteps
    indexes = sorted({*range(0, train, max(1, train // 40)), 1, train - 3, train - 2, train - 1})
    counts = [count for count in STEP_COUNTS if count <= train]
    timesteps = {}
    for count in counts:
        scheduler.set_timesteps(count)
        timesteps[str(count)] = scheduler.timesteps.tolist()
    return {
        "config": config,
        "trainTimesteps": train,
        "alphasCumprod": {
            "index": indexes,
            "value": floats(scheduler.alphas_cumprod[indexes]),
        },
        "finalAlphaCumprod": scheduler.final_alpha_cumprod.item(),
        "timesteps": timesteps,
        "steps": single_steps(scheduler, train, tensors),
        "addNoise": noised(scheduler, train, tensors),
    }


def single_steps(scheduler: DDIMScheduler, train: int, tensors: dict) -> list:
    written = []
    for count in STEPPED_COUNTS:
        if count > train:
            continue
        scheduler.set_timesteps(count)
        every = scheduler.timesteps.tolist()
        for timestep in sorted({every[0], every[min(1, count - 1)], every[count // 2], every[-1]}):
            if timestep >= train:  # 1000 steps, leading, offset 1: diffusers raises IndexError
                written.append({"steps": count, "timestep": timestep, "outsideTraining": True})
                continue
            for eta in ETAS:
                written.append(single_step(scheduler, count, timestep, eta, tensors))
    return written


def step(scheduler, timestep: int, eta: float, tensors: dict):
    return scheduler.step(
        tensors["model_output"],
        timestep,
        tensors["sample"],
        eta=eta,
        variance_noise=tensors["noise"] if eta > 0 else None,
    )


def in_double(scheduler: DDIMScheduler) -> DDIMScheduler:
    """A copy that computes in float64 from the same float32 table."""
    double = copy.copy(scheduler)
    double.alphas_cumprod = scheduler.alphas_cumprod.double()
    double.final_alpha_cumprod = scheduler.final_alpha_cumprod.double()
    return double


def single_step(scheduler, count: int, timestep: int, eta: float, tensors: dict) -> dict:
    out = step(scheduler, timestep, eta, tensors)
    exact_tensors = {name: tensor.double() for name, tensor in tensors.items()}
    exact = step(in_double(scheduler), timestep, eta, exact_tensors)
    gap = (out.prev_sample.double() - exact.prev_sample).abs().max().item()
    if gap > 2e-6 or math.isnan(gap):
        print(f"gap {gap:.1e} at {count} steps, timestep {timestep}, eta {eta}")
    determined = gap <= LARGEST_GAP
    return {
        "steps": count,
        "timestep": timestep,
        "eta": eta,
        "previous": floats(out.prev_sample) if determined else None,
        "gap": gap if determined else None,
    }


def noised(scheduler: DDIMScheduler, train: int, tensors: dict) -> list:
    written = []
    for timestep in (0, 1, train // 3, train // 2 - 19, train - 1):
        noisy = scheduler.add_noise(tensors["sample"], tensors["noise"], torch.tensor([timestep]))
        written.append({"timestep": timestep, "value": floats(noisy)})
    return written


def strength_pairs() -> list[tuple[int, float]]:
    """Steps and noise rates: every percentage of the usual step counts, and the edges."""
    percent = [(n, p / 100) for n in (10, 20, 25, 30, 40, 50) for p in range(1, 101)]
    edges = [
        (1, 1.0), (1, 0.5), (1, 0.999999), (2, 0.5), (2, 0.49), (3, 1 / 3), (3, 0.3333333333333333),
        (3, 2 / 3), (7, 1 / 7), (7, 3 / 7), (7, 0.9), (9, 0.7), (13, 0.3), (60, 0.55), (60, 0.7),
        (100, 0.07), (100, 0.14), (100, 0.28), (100, 0.29), (100, 0.57), (100, 0.58), (100, 1.0),
        (999, 0.5), (1000, 0.001), (1000, 0.0009), (1000, 0.29), (1000, 0.57), (1000, 0.999), (1000, 1.0),
    ]
    return percent + edges


def cut_timesteps() -> dict:
    """What get_timesteps leaves of the sd1 schedule: how many, and the first (null: none is left)."""
    scheduler = DDIMScheduler.from_config(SD1)
    pipeline = img2img_pipeline(scheduler)
    columns = {"steps": [], "strength": [], "count": [], "first": []}
    for steps, strength in strength_pairs():
        scheduler.set_timesteps(steps)
        timesteps, count = pipeline.get_timesteps(steps, strength, device="cpu")
        if len(timesteps) != count:
            raise AssertionError(f"{steps} steps, strength {strength}: {len(timesteps)} != {count}")
        columns["steps"].append(steps)
        columns["strength"].append(strength)
        columns["count"].append(count)
        columns["first"].append(timesteps[0].item() if count else None)
    return columns


LOOP_BASE = {
    "num_train_timesteps": 1000,
    "beta_start": 0.0001,
    "beta_end": 0.02,
    "beta_schedule": "linear",
    "steps_offset": 0,
    "clip_sample": False,
}

#: Name, changes to the config, first timestep's index (None: no noise), and the sum in diffusers' test.
LOOPS = (
    ("no noise", {}, None, 172.0067),
    ("v prediction", {"prediction_type": "v_prediction"}, None, 52.5302),
    ("alpha to one", {"set_alpha_to_one": True, "beta_start": 0.01}, None, 149.8295),
    ("no alpha to one", {"set_alpha_to_one": False, "beta_start": 0.01}, None, 149.0784),
    ("noise from 8", {}, 8, 354.5418),
)


def dummy_sample() -> torch.Tensor:
    """diffusers' dummy_sample_deter: (4, 3, 8, 8), the batch being the fastest running index."""
    count = 4 * 3 * 8 * 8
    return (torch.arange(count).reshape(3, 8, 8, 4) / count).permute(3, 0, 1, 2)


def dummy_noise() -> torch.Tensor:
    count = 4 * 3 * 8 * 8
    return (torch.arange(count).flip(-1).reshape(3, 8, 8, 4) / count).permute(3, 0, 1, 2)


def loop(changes: dict, start: int | None, clip: bool) -> torch.Tensor:
    scheduler = DDIMScheduler(**{**LOOP_BASE, **changes, "clip_sample": clip})
    scheduler.set_timesteps(10)
    sample, timesteps = dummy_sample(), scheduler.timesteps
    if start is not None:
        timesteps = timesteps[start:]
        sample = scheduler.add_noise(sample, dummy_noise(), timesteps[:1])
    for t in timesteps:
        model_output = sample * t.float() / (t.float() + 1)
        sample = scheduler.step(model_output, t, sample, 0.0).prev_sample
    return sample


def loops() -> list:
    """The loops without clip_sample, which no value of theirs reaches: the same with it is checked here."""
    written = []
    for name, changes, start, published in LOOPS:
        sample = loop(changes, start, clip=False)
        if not torch.equal(sample, loop(changes, start, clip=True)):
            raise AssertionError(f"{name}: clip_sample changes the result")
        total, mean = sample.abs().sum().item(), sample.abs().mean().item()
        if abs(total - published) > 1e-2:
            raise AssertionError(f"{name}: sum {total}, diffusers' test says {published}")
        print(f"loop {name!r}: sum {total:.4f}, mean {mean:.6f}")
        written.append({
            "name": name,
            "config": {**LOOP_BASE, **changes},
            "steps": 10,
            "start": start or 0,
            "addNoise": start is not None,
            "sum": total,
            "mean": mean,
            "sample": floats(sample),
        })
    return written


def main() -> None:
    tensors = draws()
    content = {
        "madeBy": "tools/reference/diffusion_scheduler.py",
        "versions": {module.__name__: str(module.__version__) for module in (diffusers, torch)},
        **{name: floats(tensor) for name, tensor in tensors.items()},
        "schedulers": {name: scheduler_golden(c, tensors) for name, c in CONFIGS.items()},
        "cut": cut_timesteps(),
        "loops": loops(),
    }
    golden.write("diffusion/ddim.json.gz", content)


if __name__ == "__main__":
    main()
