"""Writes `diffusion/solvers.json.gz`: what diffusers' schedulers give, each with its options and spacings.

    python tools/reference/diffusion_solvers.py

A scheduler is made as the manifest says: `from_config` of what scheduler_config.json holds, with the
options and the timestep spacing as keywords, and then put into the pipeline's constructor, which forces
steps_offset 1 (LCM's pipeline forces nothing). The pipeline's own `get_timesteps` cuts the schedule;
LCM's `set_timesteps` takes the strength itself.

Each case is a run: step i of it is given sample, model output and noise number i of the draws below,
whatever the step before gave, so that a step is compared alone but for what the solver remembers. Every
run is taken in float64 too, from the same float32 tables: `gap` is the largest difference.
"""

import contextlib
import copy
import inspect
import itertools
from unittest import mock

import diffusers
import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler, LCMScheduler

import golden
from diffusion_pack import SCHEDULERS
from diffusion_scheduler import CONFIGS as FILES
from diffusion_scheduler import SD1, dummy_noise, dummy_sample, floats, img2img_pipeline

DDIM, DPM, LCM, EULER, ANCESTRAL, PNDM, UNIPC = SCHEDULERS
SPACINGS = (None, "leading", "linspace", "trailing")


def saved_by(scheduler) -> dict:
    """The scheduler_config.json that a class writes: all its keys, minus infinity as a bare word."""
    config = {key: value for key, value in scheduler.config.items() if key != "_use_default_values"}
    return {"_class_name": type(scheduler).__name__, "_diffusers_version": diffusers.__version__, **config}


CONFIGS = {
    **{name: FILES[name] for name in ("sd1", "sd1-pndm", "old-pndm", "defaults", "sd2-v", "sample", "linear")},
    **{name: FILES[name] for name in ("trained-betas", "alpha-to-one", "trailing", "zero-snr")},
    "squaredcos": {**FILES["squaredcos"], "prediction_type": "v_prediction"},
    "offset-0": {**SD1, "steps_offset": 0, "timestep_spacing": "leading"},
    "zero-snr-sample": {**FILES["zero-snr"], "prediction_type": "sample"},
    "clipped": {**FILES["squaredcos"], "prediction_type": "v_prediction", "lambda_min_clipped": -5.1},
    "clipped-much": {**SD1, "lambda_min_clipped": -1.0},
    "euler-at-final": {**SD1, "euler_at_final": True},
    "saved-by-dpm": saved_by(DPMSolverMultistepScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, use_karras_sigmas=True,
        final_sigmas_type="sigma_min", lower_order_final=False, steps_offset=1)),
    "saved-by-euler": saved_by(diffusers.EulerDiscreteScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, sigma_min=0.05, sigma_max=9.5)),
    "saved-by-unipc": saved_by(diffusers.UniPCMultistepScheduler(beta_schedule="scaled_linear")),
    "corrected-late": {**SD1, "disable_corrector": [0, 1, 8]},
    "saved-by-lcm": saved_by(LCMScheduler()),
    "lcm-v": saved_by(LCMScheduler(prediction_type="v_prediction", rescale_betas_zero_snr=True)),
    "lcm-sample": saved_by(LCMScheduler(prediction_type="sample", timestep_scaling=0.01)),
    "lcm-clipped": saved_by(LCMScheduler(clip_sample=True, clip_sample_range=0.8)),
    "lcm-20-of-100": {**SD1, "num_train_timesteps": 100, "original_inference_steps": 20},
}

#: What DPM-Solver++ is run with; the first is the default.
DPM_OPTIONS = [
    {"use_karras_sigmas": karras, "final_sigmas_type": final, "lower_order_final": lower}
    for lower, final, karras in itertools.product((True, False), ("zero", "sigma_min"), (False, True))
]
FEW_OPTIONS = [DPM_OPTIONS[0], DPM_OPTIONS[1], DPM_OPTIONS[2], DPM_OPTIONS[7]]

EULER_OPTIONS = [
    {"use_karras_sigmas": karras, "final_sigmas_type": final}
    for final, karras in itertools.product(("zero", "sigma_min"), (False, True))
]

PNDM_OPTIONS = [{"skip_prk_steps": True}, {"skip_prk_steps": False}]

MIN = {"final_sigmas_type": "sigma_min"}
UNIPC_OPTIONS = [
    {}, {"use_karras_sigmas": True}, {"solver_order": 3}, {"solver_order": 1}, MIN, {**MIN, "solver_type": "bh1"},
    {**MIN, "solver_order": 3, "solver_type": "bh1"}, {**MIN, "predict_x0": False}, {**MIN, "lower_order_final": False},
    {**MIN, "solver_order": 3, "predict_x0": False, "lower_order_final": False}, {"solver_order": 3, "use_karras_sigmas": True},
    {**MIN, "use_karras_sigmas": True, "lower_order_final": False},
]

#: Steps and noise rates.
MANY = [(1, 1.0), (2, 1.0), (2, 0.5), (3, 1.0), (5, 0.7), (8, 0.5), (8, 1.0), (14, 0.9), (15, 0.9), (20, 0.05), (20, 0.5)]
MANY += [(25, 1.0), (30, 0.7), (50, 0.58), (100, 0.07), (333, 0.03), (480, 0.02)]
FEW = [(3, 1.0), (8, 0.5), (15, 0.7), (30, 0.3)]
UNIPC_MANY = [(1, 1.0), (3, 1.0), (5, 0.7), (8, 0.5), (14, 0.9), (30, 0.3), (100, 0.04)]
UNIPC_FEW = [(4, 1.0), (8, 0.5), (15, 0.4)]
PNDM_FEW = [(2, 1.0), (5, 1.0), (8, 0.5), (15, 0.4)]
RUNGE_KUTTA = [(4, 1.0), (5, 0.3), (8, 0.5), (12, 0.9), (20, 0.05), (25, 1.0), (50, 0.2)]
LCM_FEW = [(1, 1.0), (1, 0.02), (2, 0.5), (3, 0.3), (4, 0.5), (4, 0.8), (7, 0.33), (8, 1.0)]
COUNTS = [*range(1, 21), 25, 29, 30, 33, 40, 50, 60, 64, 75, 99, 100, 128, 150, 200, 250, 333, 480]

#: A float32 run further than this from float64 (a noise level of thousands divides by almost nothing)
#: says more of the CPU than of the solver.
LARGEST_GAP = 5e-6
KEYS = ("scheduler", "config", "options", "spacing", "steps", "noiseRate", "eta")

DRAWS = 6
SHAPE = (1, 4, 1, 2)


def draws() -> dict[str, list[torch.Tensor]]:
    """Outputs near the samples: for a model of the noise, images of a usual size at any noise level."""
    generator = torch.Generator("cpu").manual_seed(20261125)
    samples = [torch.randn(SHAPE, generator=generator) for _ in range(DRAWS)]
    outputs = [sample + 0.02 * torch.randn(SHAPE, generator=generator) for sample in samples]
    return {"samples": samples, "outputs": outputs, "noises": [torch.randn(SHAPE, generator=generator) for _ in range(DRAWS)]}


def made(case: dict):
    """The scheduler and the timesteps that its pipeline runs."""
    keywords = dict(case["options"])
    if case["spacing"]:
        keywords["timestep_spacing"] = case["spacing"]
    scheduler = SCHEDULERS[case["scheduler"]].from_config(dict(CONFIGS[case["config"]]), **keywords)
    steps, rate = case["steps"], case["noiseRate"]
    if case["scheduler"] == LCM:
        scheduler.set_timesteps(steps, strength=rate)
        return scheduler, scheduler.timesteps
    pipeline = img2img_pipeline(scheduler)
    pipeline.scheduler.set_timesteps(steps)
    return pipeline.scheduler, pipeline.get_timesteps(steps, rate, device="cpu")[0]


def in_double(scheduler):
    """A copy that computes in float64 from the same float32 tables."""
    double = copy.deepcopy(scheduler)
    for table in ("alphas_cumprod", "final_alpha_cumprod", "sigmas"):
        if hasattr(double, table):
            setattr(double, table, getattr(double, table).double())
    return double


@contextlib.contextmanager
def drawing(noise: torch.Tensor):
    """What schedulers that draw for themselves draw within."""
    with contextlib.ExitStack() as patches:
        for module in ("lcm", "euler_ancestral_discrete"):
            patches.enter_context(mock.patch(f"diffusers.schedulers.scheduling_{module}.randn_tensor", lambda *_, **__: noise))
        yield


def run(scheduler, timesteps, case: dict, tensors: dict) -> tuple[torch.Tensor, torch.Tensor]:
    noised = scheduler.add_noise(tensors["samples"][0], tensors["noises"][0], timesteps[:1])
    previous = []
    scheduler.is_scale_input_called = True  # samples are given as they are
    for i, t in enumerate(timesteps):
        noise = tensors["noises"][i % DRAWS]
        keywords = {}
        if case["scheduler"] == DDIM:
            keywords = {"eta": case["eta"], "variance_noise": noise if case["eta"] > 0 else None}
        with drawing(noise):
            sample, output = tensors["samples"][i % DRAWS], tensors["outputs"][i % DRAWS]
            previous.append(scheduler.step(output, t, sample, **keywords).prev_sample)
    return noised, torch.cat(previous)


def run_in_double(scheduler, timesteps, case: dict, tensors: dict) -> torch.Tensor:
    double = {name: [tensor.double() for tensor in some] for name, some in tensors.items()}
    torch.set_default_dtype(torch.float64)  # of the ones that UniPC makes
    try:
        with mock.patch.object(torch, "float32", torch.float64):  # to which DPM-Solver++ casts its samples
            return run(in_double(scheduler), timesteps, case, double)[1]
    finally:
        torch.set_default_dtype(torch.float32)


def written(case: dict, tensors: dict) -> dict:
    scheduler, timesteps = made(case)
    exact = run_in_double(scheduler, timesteps, case, tensors)
    noised, previous = run(scheduler, timesteps, case, tensors)
    gap = (previous.double() - exact).abs().max().item()
    return {
        **case,
        "timesteps": timesteps.tolist(),
        "noised": golden.encode(noised.numpy(), "f4"),
        "previous": golden.encode(previous.numpy(), "f4"),
        "gap": gap,
    }


def case(scheduler: str, config: str, pair, options=None, spacing=None, eta=0.0) -> dict:
    return {
        "scheduler": scheduler, "config": config, "options": options or {}, "spacing": spacing,
        "steps": pair[0], "noiseRate": pair[1], "eta": eta,
    }


def cases() -> list[dict]:
    """The usual model with all options, every other with a few."""
    found = [case(DPM, "sd1", pair, options) for options in DPM_OPTIONS for pair in MANY]
    found += [case(DPM, "sd1", pair, DPM_OPTIONS[0], spacing) for spacing in SPACINGS[1:] for pair in MANY]
    for config in CONFIGS:
        if not config.startswith(("lcm", "saved-by-lcm", "corrected")):
            found += [case(DPM, config, pair, options) for options in FEW_OPTIONS for pair in FEW]
    for config in ("sd2-v", "sample", "squaredcos", "clipped", "zero-snr", "trained-betas"):
        for spacing in SPACINGS[1:]:
            found += [case(DPM, config, pair, DPM_OPTIONS[2], spacing) for pair in FEW]
    for config in ("sd1", "sd2-v", "sample", "squaredcos", "trained-betas", "zero-snr", "saved-by-dpm"):
        for spacing, eta in itertools.product(SPACINGS, (0.0, 0.5)):
            found += [case(DDIM, config, pair, None, spacing, eta) for pair in FEW]
    for config in ("sd1", "sd2-v", "sample", "defaults", "saved-by-lcm", "lcm-v", "lcm-sample", "lcm-clipped"):
        found += [case(LCM, config, pair) for pair in LCM_FEW]
    found += [case(EULER, "sd1", pair, EULER_OPTIONS[0]) for pair in MANY]
    found += [case(EULER, "sd1", pair, options, spacing) for options in EULER_OPTIONS for spacing in SPACINGS[1:] for pair in FEW]
    for config in ("sd2-v", "sample", "squaredcos", "trained-betas", "zero-snr", "saved-by-euler", "saved-by-dpm", "defaults"):
        found += [case(EULER, config, pair, options) for options in EULER_OPTIONS[:2] for pair in FEW]
    found += [case(ANCESTRAL, "sd1", pair) for pair in MANY]
    for config in ("sd1", "sd2-v", "squaredcos", "trained-betas", "zero-snr", "saved-by-euler", "defaults"):
        found += [case(ANCESTRAL, config, pair, {}, spacing) for spacing in (None, "trailing") for pair in FEW]
    found += [case(PNDM, "sd1", pair, options) for options in PNDM_OPTIONS for pair in (MANY if options["skip_prk_steps"] else RUNGE_KUTTA)]
    for config in ("sd1", "sd2-v", "defaults", "squaredcos", "trained-betas", "zero-snr", "alpha-to-one"):
        for spacing in SPACINGS:
            found += [case(PNDM, config, pair, PNDM_OPTIONS[0], spacing) for pair in PNDM_FEW]
        found += [case(PNDM, config, pair, PNDM_OPTIONS[1]) for pair in ((12, 1.0), (15, 0.7))]
    found += [case(UNIPC, "sd1", pair, options) for options in UNIPC_OPTIONS for pair in (UNIPC_MANY if options else MANY)]
    found += [case(UNIPC, "sd1", pair, {}, spacing) for spacing in SPACINGS[1:] for pair in FEW]
    for config in ("sd2-v", "sample", "squaredcos", "trained-betas", "zero-snr", "saved-by-euler", "saved-by-unipc"):
        for options in ({}, UNIPC_OPTIONS[7], UNIPC_OPTIONS[10]):
            found += [case(UNIPC, config, pair, options) for pair in UNIPC_FEW]
    found += [case(UNIPC, "corrected-late", pair, {"solver_order": 3}) for pair in FEW]
    found += [case(LCM, "lcm-20-of-100", pair) for pair in ((1, 0.05), (2, 0.5), (6, 0.5), (20, 1.0))]
    return [one for one in found if fits(one)]


def fits(one: dict) -> bool:
    """Whether sgid runs it: a step is left, and no timestep lies outside training."""
    if int(one["steps"] * one["noiseRate"]) < 1 and one["scheduler"] != LCM:
        return False
    scheduler, timesteps = made(one)
    train = scheduler.config.num_train_timesteps
    return len(timesteps) > 0 and timesteps[0] < train and timesteps[-1] >= 0


def schedules() -> list[dict]:
    """Whole schedules of many lengths."""
    listed = []
    for scheduler, config, options in (
        (DDIM, "sd1", {}), (DPM, "sd1", DPM_OPTIONS[0]), (DPM, "clipped", DPM_OPTIONS[0]),
        (DPM, "sd1", DPM_OPTIONS[1]), (DPM, "squaredcos", DPM_OPTIONS[1]), (DPM, "zero-snr", DPM_OPTIONS[1]),
        (DPM, "saved-by-euler", DPM_OPTIONS[1]), (DPM, "trained-betas", DPM_OPTIONS[1]), (LCM, "sd1", {}),
        (EULER, "sd1", EULER_OPTIONS[0]), (EULER, "sd1", EULER_OPTIONS[1]), (ANCESTRAL, "trained-betas", {}),
        (PNDM, "sd1", PNDM_OPTIONS[0]), (UNIPC, "sd1", UNIPC_OPTIONS[1]),
    ):
        has_own = scheduler == LCM or (scheduler != EULER and options.get("use_karras_sigmas"))
        for spacing in SPACINGS[:1] if has_own else SPACINGS[1:]:
            timesteps = {}
            for count in COUNTS:
                one = case(scheduler, config, (count, 1.0), options, spacing)
                train = CONFIGS[config].get("num_train_timesteps", 1000)
                if count <= (50 if scheduler == LCM else train // 2) and fits(one):
                    timesteps[str(count)] = made(one)[1].tolist()
            listed.append({"scheduler": scheduler, "config": config, "options": options, "spacing": spacing, "timesteps": timesteps})
    return listed


LOOP_BASE = {"num_train_timesteps": 1000, "beta_start": 0.0001, "beta_end": 0.02, "beta_schedule": "linear"}
LOOP_OPTIONS = {"use_karras_sigmas": False, "final_sigmas_type": "sigma_min", "lower_order_final": False}
V = {"prediction_type": "v_prediction"}

#: Scheduler, changes to the config, options, steps, noise rate, and the mean of |x| in diffusers' own tests
#: (tests/schedulers/test_scheduler_dpm_multi.py, test_scheduler_lcm.py, test_scheduler_unipc.py; None: it has no such loop: those of Euler's
#: go on from the model's scaled input, which no pipeline does).
LOOPS = (
    (DPM, {}, LOOP_OPTIONS, 10, 1.0, 0.3301),
    (DPM, V, LOOP_OPTIONS, 10, 1.0, 0.2251),
    (DPM, V, {**LOOP_OPTIONS, "use_karras_sigmas": True}, 10, 1.0, None),
    (DPM, {}, LOOP_OPTIONS, 10, 0.5, None),
    (LCM, {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}, {}, 1, 1.0, 0.0244),
    (LCM, {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}, {}, 10, 1.0, None),
    (EULER, {}, {}, 10, 1.0, None),
    (EULER, V, {"use_karras_sigmas": True}, 10, 0.8, None),
    (ANCESTRAL, {}, {}, 10, 1.0, None),
    (ANCESTRAL, V, {}, 10, 0.5, None),
    (UNIPC, {}, MIN, 10, 1.0, 0.2464),
    (UNIPC, {}, {**MIN, "use_karras_sigmas": True}, 10, 1.0, 0.2925),
    (UNIPC, V, MIN, 10, 1.0, 0.1014),
    (UNIPC, V, {**MIN, "use_karras_sigmas": True}, 10, 1.0, 0.1966),
    (PNDM, {"steps_offset": 1}, {"skip_prk_steps": True}, 10, 1.0, None),
    (PNDM, {"steps_offset": 1, **V}, {"skip_prk_steps": False}, 10, 1.0, None),
)


def loops() -> list[dict]:
    """The weight-free loops of diffusers' own tests: the model's output is x t / (t + 1), LCM's seed 0."""
    run_through = []
    for name, changes, options, steps, rate, published in LOOPS:
        scheduler = SCHEDULERS[name](**LOOP_BASE | changes | options)
        scheduler.set_timesteps(steps)
        sample, timesteps = dummy_sample(), scheduler.timesteps[steps - int(steps * rate):]
        if rate < 1:
            sample = scheduler.add_noise(sample, dummy_noise(), timesteps[:1])
        draws = {"generator": torch.manual_seed(0)} if "generator" in inspect.signature(scheduler.step).parameters else {}
        for t in timesteps:
            output = scheduler.scale_model_input(sample, t) * t / (t + 1)
            sample = scheduler.step(output, t, sample, **draws).prev_sample
        total, mean = sample.abs().sum().item(), sample.abs().mean().item()
        if published is not None and abs(mean - published) > 1e-3:
            raise AssertionError(f"{name}: mean {mean}, diffusers' test says {published}")
        print(f"loop of {name}, {changes}: sum {total:.4f}, mean {mean:.6f}")
        run_through.append({
            "scheduler": name, "config": LOOP_BASE | changes, "options": options, "spacing": None,
            "steps": steps, "noiseRate": rate, "sum": total, "sample": floats(sample),
        })
    return run_through


def main() -> None:
    torch.set_grad_enabled(False)
    tensors = draws()
    results = [written(one, tensors) for one in cases()]
    for one in results:
        if not one["gap"] <= LARGEST_GAP:
            print(f"left out, gap {one['gap']:.1e}: " + ", ".join(f"{key} {one[key]}" for key in KEYS))
    results = [one for one in results if one["gap"] <= LARGEST_GAP]
    gaps = [one["gap"] for one in results]
    print(f"{len(results)} runs, {sum(len(one['timesteps']) for one in results)} steps, largest gap {max(gaps):.1e}")
    golden.write("diffusion/solvers.json.gz", {
        "madeBy": "tools/reference/diffusion_solvers.py",
        "versions": {module.__name__: str(module.__version__) for module in (diffusers, torch, np)},
        "draws": {name: [golden.encode(tensor.numpy(), "f4") for tensor in some] for name, some in tensors.items()},
        "configs": CONFIGS,
        "schedules": schedules(),
        "cases": results,
        "loops": loops(),
    })


if __name__ == "__main__":
    main()
