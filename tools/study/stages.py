"""What is run, in which order. Choices made on validation images stand here as constants, with the stage that they come from."""

from dataclasses import replace

from data import FRESH, REPORTED, TUNING
from runs import Run

NOISE_RATES = (0.5, 0.7, 0.9)
COPIES = 4
LABEL_ONLY = {"prompt": "l", "guidance": "constant:7.5"}
EMPTY = {"prompt": "empty", "guidance": "constant:1"}
SGID = {"prompt": "lc", "guidance": "pack"}


def _made(noise_rate: float, mixing: float = 0.7, copies: int = COPIES, sampler: str = "dpm4", **how) -> dict:
    return {"noise_rate": noise_rate, "mixing": mixing, "copies": copies, "sampler": sampler, **how}


#: Chosen in `tune`, by the mean of two draws on validation images.
RATE = 0.7
MIXING = 0.9
MIXING_COMBINED = 0.7
PERTURBATIONS = {"flipcrop": "flipcrop:1", "randaugment": "randaugment:9", "mixup": "mixup:0.2",
                 "cutmix": "cutmix:1:1", "erasing": "erasing:0.33:1"}
#: SGID's schedules; the bounds of `inverse` are those of the pack's `linear`.
SCHEDULES = {"sgid_linear": "pack", "sgid_inverse": "inverse:0.581,0.696,5,10",
             "sgid_calibrated": "calibrated:0.05,0.95,5,10"}


def generative(rate: float = 0.0) -> dict[str, dict]:
    """What each method's pictures are made by."""
    rate = rate or RATE
    methods = {
        "sgid_linear": dict(prompt="lc", guidance="pack", noise_rate=rate),
        "label_only": dict(prompt="l", guidance="constant:7.5", noise_rate=rate),
        "constant": dict(prompt="lc", guidance="pack", noise_rate=rate, per="drawmean"),
        "sgid_inverse": dict(prompt="lc", guidance=SCHEDULES["sgid_inverse"], noise_rate=rate),
        "caption_only": dict(prompt="c", guidance="constant:7.5", noise_rate=rate),
        "empty": dict(prompt="empty", guidance="constant:1", noise_rate=rate),
        "sgid_calibrated": dict(prompt="lc", guidance=SCHEDULES["sgid_calibrated"], noise_rate=rate),
        "text_to_image": dict(prompt="lc", guidance="constant:7.5", noise_rate=1.0),
    }
    return {name: {**how, "copies": COPIES, "mixing": MIXING, "sampler": "dpm4"} for name, how in methods.items()}


def main() -> list[Run]:
    """20 per class, from scratch, every method, ten draws."""
    made = generative()
    methods: dict[str, dict] = {"none": {}}
    methods |= {name: {"perturbation": spec} for name, spec in PERTURBATIONS.items()}
    methods |= made
    methods["empty"] |= {"mixing": 0.3}
    methods["sgid_linear_kept"] = made["sgid_linear"] | {"keep": "kept"}
    for base in ("sgid_linear", "label_only", "constant"):
        for name in ("flipcrop", "cutmix", "randaugment"):
            methods[f"{base}+{name}"] = made[base] | {"perturbation": PERTURBATIONS[name],
                                                         "mixing": MIXING_COMBINED}
    return [Run("main", method, draw, **how) for method, how in methods.items() for draw in REPORTED]


def tune_rates() -> list[Run]:
    """Learning rate and weight decay, for `none`; all methods then have the same."""
    return [Run("tune", "none", draw, split="validation", learning_rate=rate, weight_decay=decay)
            for rate, decay in ((0.03, 5e-4), (0.03, 5e-3), (0.1, 5e-4), (0.1, 5e-3), (0.1, 0.02), (0.3, 5e-4))
            for draw in TUNING[:2]]


def tune_perturbations() -> list[Run]:
    specs = [f"flipcrop:{pad}" for pad in (1, 2, 3, 4)] + [f"randaugment:{m}" for m in (3, 6, 9, 12)] + \
            [f"mixup:{a}" for a in (0.1, 0.2, 0.4, 1)] + [f"cutmix:1:{p}" for p in (0.25, 0.5, 0.75, 1)] + \
            [f"erasing:0.33:{p}" for p in (0.25, 0.5, 0.75, 1)]
    return [Run("tune", spec.split(":")[0], draw, split="validation", perturbation=spec)
            for spec in specs for draw in TUNING[:2]]


def tune_made() -> list[Run]:
    """Noise rate and mixing of what is generated: four settings for each of two methods, and for the empty prompt."""
    grids = {
        "label_only": [(LABEL_ONLY, rate, 0.7) for rate in (0.7, 0.9, 0.5)] + [(LABEL_ONLY, 0.7, 0.9)],
        "sgid_linear": [(SGID, rate, 0.7) for rate in (0.7, 0.9, 0.5)] + [(SGID, 0.7, 0.9)],
        "empty": [(EMPTY, 0.7, 0.7), (EMPTY, 0.7, 0.3), (EMPTY, 0.5, 0.7), (EMPTY, 0.5, 0.3)],
    }
    return [Run("tune", method, draw, split="validation", **how, **_made(rate, mixing))
            for method, grid in grids.items() for how, rate, mixing in grid for draw in TUNING[:2]]


def tune_combined() -> list[Run]:
    """Mixing of generated copies that are also perturbed by the best perturbation."""
    return [Run("tune", f"{method}+randaugment", draw, split="validation", perturbation="randaugment:9", **how,
                **_made(0.7, mixing))
            for mixing in (0.5, 0.7, 0.9) for method, how in (("sgid_linear", SGID), ("label_only", LABEL_ONLY))
            for draw in TUNING[:2]]


def ablate_copies() -> list[Run]:
    """How many copies; mixing and noise rate as chosen."""
    return [Run("ablation", f"copies_{count}", draw, split="validation", **SGID, **_made(0.7, 0.9, count))
            for count in (1, 2, 4, 8, 16) for draw in TUNING]


def probe_guidance() -> list[Run]:
    """Does guidance matter at all? Constants from none to strong, label and caption, on the same originals."""
    return [Run("probe_guidance", f"constant_{g}", draw, split="validation", prompt="lc", guidance=f"constant:{g}",
                **_made(0.7, 0.9)) for g in (1, 2, 3, 5, 12) for draw in TUNING]


def plan(stage: str) -> list[Run]:
    return {"tune_rates": tune_rates, "tune_perturbations": tune_perturbations,
            "tune_made": tune_made, "main": main, "tune_combined": tune_combined, "ablate_copies": ablate_copies, "probe_guidance": probe_guidance}[stage]()
