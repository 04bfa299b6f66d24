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
    first = ("none", *PERTURBATIONS, "sgid_linear", "label_only", "constant", "sgid_linear+randaugment",
             "label_only+randaugment", "constant+randaugment", "sgid_inverse", "text_to_image", "sgid_linear_kept",
             "sgid_calibrated")
    order = [*first, *(method for method in methods if method not in first)]
    return [Run("main", method, draw, **methods[method]) for method in order for draw in REPORTED]


def _six() -> dict[str, dict]:
    """None, the best perturbation, label only, constant, SGID, and what they are together."""
    made, best = generative(), PERTURBATIONS["randaugment"]
    methods: dict[str, dict] = {"none": {}, "randaugment": {"perturbation": best}}
    methods |= {name: made[name] for name in ("label_only", "constant", "sgid_linear")}
    return methods | {f"{name}+randaugment": made[name] | {"perturbation": best, "mixing": MIXING_COMBINED}
                      for name in ("label_only", "constant", "sgid_linear")}


def sizes_small() -> list[Run]:
    """10 and 5 per class: the pictures are those of 20 per class."""
    return [Run("sizes", method, draw, n, **how) for method, how in _six().items()
            for n, draws in ((10, REPORTED), (5, REPORTED[:5])) for draw in draws]


def sizes_large() -> list[Run]:
    """50 and 100 per class."""
    return [Run("sizes", method, draw, n, **how) for n in (50, 100) for method, how in _six().items()
            for draw in REPORTED[:5]]


def tune_large() -> list[Run]:
    """Mixing for 100 per class: validation images, three of the reported draws."""
    made = generative()["sgid_linear"]
    combined = made | {"perturbation": PERTURBATIONS["randaugment"]}
    grid = [("sgid_linear", made, m) for m in (0.3, 0.5, 0.9)]
    grid += [("sgid_linear+randaugment", combined, m) for m in (0.1, 0.3, 0.5, 0.7)]
    return [Run("tune_large", name, draw, 100, split="validation", **how | {"mixing": m})
            for name, how, m in grid for draw in REPORTED[:3]]


#: Chosen in `tune_large`: alone, and with RandAugment.
MIXING_LARGE, MIXING_LARGE_COMBINED = 0.5, 0.1


def sizes_large_mixed() -> list[Run]:
    """50 and 100 per class with that mixing."""
    mixing = {name: MIXING_LARGE_COMBINED if "+" in name else MIXING_LARGE for name in _six()}
    return [Run("sizes_mixed", method, draw, n, **how | {"mixing": mixing[method]}) for n in (100, 50)
            for method, how in _six().items() if "mixing" in how for draw in REPORTED[:5]]


def clip() -> list[Run]:
    """The pack's CLIP tower with a linear head, at 20, 10 and 5 per class."""
    made = generative()
    methods: dict[str, dict] = {"none": {}, "flipcrop": {"perturbation": "flipcrop:1"},
                                "randaugment": {"perturbation": "randaugment:3"}}
    methods |= {name: how for name, how in made.items()}
    beside = {"randaugment": "randaugment:3", "flipcrop": "flipcrop:1", "cutmix": PERTURBATIONS["cutmix"]}
    methods |= {f"{name}+{other}": made[name] | {"perturbation": spec, "mixing": MIXING_COMBINED}
                for other, spec in beside.items() for name in ("label_only", "constant", "sgid_linear")}
    runs = [Run("main" if n == 20 else "sizes", method, draw, n, **how) for method, how in methods.items()
            for n, draws in ((20, REPORTED), (10, REPORTED), (5, REPORTED[:5])) for draw in draws]
    return on_tower(runs)


def pretrained() -> list[Run]:
    """A ResNet that was trained on five other classes, fine-tuned on five."""
    return [Run("main" if n == 20 else "sizes", method, draw, n, backbone="pretrained", learning_rate=0.03, **how)
            for n in (20, 10) for method, how in _six().items() for draw in REPORTED]


def controls() -> list[Run]:
    """The same ResNet on all that the pack has seen: what it would know without a pack."""
    made = generative()["text_to_image"]
    pure = Run("controls", "text_to_image_from_pure_noise", 0, **{**made, "choice": "pure"})
    return [pure] + [Run("controls", f"pack's 50,000 images, {steps} steps", 0, backbone="resnet_50000", training_steps=steps)
            for steps in (400, 2_000)]


def sampler() -> list[Run]:
    """Does a cheaper sampler cost accuracy?"""
    return [Run("sampler", name, draw, split="validation", **SGID, **_made(0.7, 0.9, sampler=name))
            for name in ("dpm4", "ddim30", "ddim15t", "ddim8t") for draw in TUNING]


def ablate_rates() -> list[Run]:
    """Noise rates and mixing on three draws; pictures are those of `tune`."""
    rates = [Run("ablation", f"{method}_{rate}", draw, split="validation", **how, **_made(rate, 0.9))
             for rate in (*NOISE_RATES, 0.3) for method, how in (("noise_rate_label_only", LABEL_ONLY), ("noise_rate_sgid", SGID))
             for draw in TUNING]
    return rates + [Run("ablation", f"mixing_{m:g}", draw, split="validation", **SGID, **_made(0.7, m))
                    for m in (0.3, 0.5, 0.7, 0.9, 1.0) for draw in TUNING]


def confirm() -> list[Run]:
    """The goals' comparisons once more, on ten draws that nothing was chosen on."""
    made, best = generative(), PERTURBATIONS["randaugment"]
    methods = {name: made[name] for name in ("sgid_linear", "constant", "label_only")}
    methods |= {f"{name}+randaugment": how | {"perturbation": best, "mixing": MIXING_COMBINED}
                for name, how in list(methods.items())}
    methods["randaugment"] = {"perturbation": best}
    return [Run("confirm", method, draw, **how) for method, how in methods.items() for draw in FRESH]


def confirm_wrong() -> list[Run]:
    """What was found where half of the captions are wrong: the caption is left out below a similarity of 0.4. On the same ten draws."""
    made = generative()["sgid_linear"] | {"choice": "wrong50"}
    methods = {"wrong_linear": {}, "wrong_constant": {"per": "drawmean"}, "wrong_gated": {"per": "caption_similar"}}
    return [Run("confirm", method, draw, **made | how) for method, how in methods.items() for draw in FRESH]


def confirm_few() -> list[Run]:
    """5 per class, where the schedule was better than the constant on the five reported draws; on the same ten draws."""
    return [replace(run, n=5) for run in confirm()]


def confirm_clip() -> list[Run]:
    return on_tower([run for run in confirm() + confirm_wrong() if "randaugment" not in run.method])


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
                **_made(0.7, 0.9)) for g in (1, 2, 3, 12) for draw in TUNING]


def ablate_choice() -> list[Run]:
    """Which of the captioner's candidates is the caption."""
    return [Run("ablation", f"caption_{choice}", draw, split="validation", choice=choice, **SGID, **_made(0.7, 0.9))
            for choice in ("first", "random") for draw in TUNING]


def ablate_bounds() -> list[Run]:
    """SGID with other guidance scales between the pack's bounds of similarity, and with other bounds of similarity."""
    bounds = ("0.581,0.696,3,7.5", "0.581,0.696,1,5", "0.581,0.696,2,4", "0.581,0.696,3,15", "0.4,0.8,5,10")
    return [Run("ablation", f"bounds_{b}", draw, split="validation", prompt="lc", guidance=f"linear:{b}", **_made(0.7, 0.9))
            for b in bounds for draw in TUNING]


def try_readings() -> list[Run]:
    """Other readings of the method, and the constants of the same mean to hold them against."""
    names = ("wide_down", "wide_up", "noise_up", "noise_down", "caption_trusted", "consistency_up", "consistency_down",
             "class_calibrated")
    how = {name: "pack" for name in ("wide_up", "wide_down", "consistency_up", "consistency_down", "class_calibrated")}
    runs = [Run("readings", name, draw, split="validation", prompt="lc", guidance=how.get(name, "constant:4"), per=name,
                **_made(0.7, 0.9)) for name in names for draw in TUNING]
    return runs + [Run("readings", "constant_4", draw, split="validation", prompt="lc", guidance="constant:4",
                       **_made(0.7, 0.9)) for draw in TUNING]


def wrong_captions() -> list[Run]:
    """Where similarity has something to say: half of the captions are those of other classes' images."""
    hows = {
        "wrong_linear": dict(guidance="pack"), "wrong_constant": dict(guidance="constant:6.3"),
        "wrong_wide_linear": dict(guidance="linear:0,0.65,1,7.5"),
        "wrong_caption_similar": dict(guidance="constant:6.3", per="caption_similar"),
        "wrong_gated": dict(guidance="pack", per="caption_similar")}
    return [Run("wrong_captions", name, draw, split="validation", prompt="lc", choice="wrong50", **how, **_made(0.7, 0.9))
            for name, how in hows.items() for draw in TUNING]


def on_tower(runs: list[Run]) -> list[Run]:
    """The same for the pack's CLIP tower with a linear head, which costs a second."""
    return [replace(run, backbone="clip", learning_rate=0.1, weight_decay=0.05) for run in runs]


STAGES = {
    "tune_rates": tune_rates, "tune_perturbations": tune_perturbations, "tune_made": tune_made,
    "tune_combined": tune_combined, "main": main, "clip": clip, "ablate_copies": ablate_copies,
    "ablate_rates": ablate_rates, "probe_guidance": probe_guidance, "readings": try_readings,
    "probe_clip": lambda: on_tower(probe_guidance()), "readings_clip": lambda: on_tower(try_readings()),
    "sampler": sampler, "controls": controls, "sizes_small": sizes_small, "pretrained": pretrained,
    "wrong_captions": wrong_captions, "wrong_clip": lambda: on_tower(wrong_captions()),
    "ablate_choice": ablate_choice, "ablate_bounds": ablate_bounds, "confirm": confirm, "confirm_wrong": confirm_wrong,
    "confirm_clip": confirm_clip, "confirm_few": confirm_few,
    "sizes_large": sizes_large, "tune_large": tune_large, "sizes_large_mixed": sizes_large_mixed,
}


def plan(stage: str) -> list[Run]:
    return STAGES[stage]()
