"""What is run, in which order. Choices made on validation images stand here as constants, with the stage that they come from."""

from dataclasses import replace

from data import FRESH, REPORTED, TUNING
from runs import Run

NOISE_RATES = (0.5, 0.7, 0.9)
COPIES = 8
LABEL_ONLY = {"prompt": "l", "guidance": "constant:7.5"}
SGID = {"prompt": "lc", "guidance": "pack"}


def _made(noise_rate: float, mixing: float = 0.7, copies: int = COPIES, sampler: str = "dpm4", **how) -> dict:
    return {"noise_rate": noise_rate, "mixing": mixing, "copies": copies, "sampler": sampler, **how}


def tune_rates() -> list[Run]:
    """Learning rate and weight decay, for `none`; all methods then have the same."""
    return [Run("tune", "none", draw, split="validation", learning_rate=rate, weight_decay=decay)
            for rate in (0.03, 0.1, 0.3) for decay in (5e-4, 5e-3) for draw in TUNING[:2]]


def tune_perturbations() -> list[Run]:
    specs = [f"flipcrop:{pad}" for pad in (1, 2, 3, 4)] + [f"randaugment:{m}" for m in (3, 6, 9, 12)] + \
            [f"mixup:{a}" for a in (0.1, 0.2, 0.4, 1)] + [f"cutmix:1:{p}" for p in (0.25, 0.5, 0.75, 1)] + \
            [f"erasing:0.33:{p}" for p in (0.25, 0.5, 0.75, 1)]
    return [Run("tune", spec.split(":")[0], draw, split="validation", perturbation=spec)
            for spec in specs for draw in TUNING[:2]]


def plan(stage: str) -> list[Run]:
    return {"tune_rates": tune_rates, "tune_perturbations": tune_perturbations}[stage]()
