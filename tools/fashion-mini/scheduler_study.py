"""What a scheduler, its timestep spacing and its number of steps cost and give: the table in docs/schedulers.md.

    python scheduler_study.py --data DATA --trained TRAINED --pack PACK --out OUT [--sgid ./sgid] [--only NAME ...]

Every setting makes two copies of the same validation images. What is measured of them:

agreement    share that the classifier of `train.py classifier`, which has seen real images only, gives their label
consistency  CLIP's cosine of copy and original
diversity    mean difference of the two copies, in levels of 255
sharpness    energy of a high-pass filter, in percent of the originals'
distance     mean difference of copy and original, in levels

Each with its standard error over the images, and with the difference to the same images' copies by DDIM with leading
timesteps and 30 steps, today's default: those differences are paired, because a copy's random numbers are the same in
every setting.

Pictures are made by diffusers' schedulers on the pack's ONNX files, which sgid is held to, or by sgid itself
(`--sgid`); they are kept in OUT by setting, and not made again.
"""

import argparse
import itertools
import json
import math
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler
from PIL import Image, ImageDraw

import classifier
import data
from augment import Described, Pack

IMAGES, COPIES, BATCH = 1_000, 2, 16
SHEET_IMAGES, ZOOM = 20, 2
SCHEDULERS = {
    "ddim": lambda config: DDIMScheduler.from_config(config),
    "dpm-solver": lambda config: DPMSolverMultistepScheduler.from_config(config),
    "dpm-solver:use_karras_sigmas=true":
        lambda config: DPMSolverMultistepScheduler.from_config(config, use_karras_sigmas=True),
}


@dataclass(frozen=True)
class Setting:
    """`rate` is what was asked for; `strength` what the number of steps makes of it."""

    rate: float
    scheduler: str
    spacing: str
    steps: int
    calls: int

    @staticmethod
    def of(rate: float, scheduler: str, spacing: str, calls: int) -> "Setting":
        """A number of UNet calls, and the steps that follow from it."""
        return Setting(rate, scheduler, spacing, max(calls, round(calls / rate)), calls)

    @staticmethod
    def schedule(rate: float, scheduler: str, spacing: str, steps: int) -> "Setting":
        """A whole schedule, of which the noise rate's part is run."""
        return Setting(rate, scheduler, spacing, steps, int(steps * rate))

    @property
    def strength(self) -> float:
        return self.rate if int(self.steps * self.rate) == self.calls else self.calls / self.steps

    @property
    def name(self) -> str:
        return f"{self.rate}-{self.scheduler.replace(':use_karras_sigmas=true', '-karras')}-{self.spacing}-{self.steps}"

    def many(self, spacing: str) -> "Setting":
        """DDIM with as many steps as until now, at the same noise rate."""
        return Setting.schedule(self.rate, "ddim", spacing, 30)


#: UNet calls tried with trailing timesteps, by noise rate: DDIM, DPM++ 2M, the same with Karras sigmas; and of what
#: the other spacings are tried with. Fewer calls than these leave no schedule near the noise rate.
CALLS = {0.5: ((2, 3, 4, 5, 7), (2, 3, 4, 5), (4,), (4,)),
         0.7: ((2, 3, 4, 5, 7), (2, 3, 4, 5), (), ()),
         0.9: ((5, 6, 7, 9), (5, 6, 7), (), ())}
#: Schedules with trailing timesteps that begin where 30 leading ones do, nearly: at 463.
NEAR = {0.5: (13, 15)}


def grid() -> list[Setting]:
    settings = []
    for rate, (ddim, dpm, karras, others) in CALLS.items():
        settings += [Setting.schedule(rate, "ddim", spacing, steps)
                     for spacing, steps in (("leading", 30), ("trailing", 30), ("leading", 15))]
        settings += [Setting.of(rate, scheduler, "trailing", calls)
                     for scheduler, tried in zip(SCHEDULERS, (ddim, dpm, karras)) for calls in tried]
        settings += [Setting.schedule(rate, scheduler, "trailing", steps) for steps in NEAR.get(rate, ())
                     for scheduler in ("ddim", "dpm-solver")]
        settings += [Setting.of(rate, scheduler, spacing, calls) for calls in others
                     for scheduler in ("ddim", "dpm-solver") for spacing in ("leading", "linspace")]
    return list(dict.fromkeys(settings))


def drawn(folder: Path, count: int) -> tuple[data.Split, np.ndarray]:
    """Validation images, the same ones every time, and their places in the whole training set."""
    split = data.validation_split(folder)
    chosen = np.sort(np.random.default_rng(0).permutation(len(split))[:count])
    return data.Split(split.images[chosen], split.labels[chosen]), chosen + data.TRAIN_IMAGES


# --- makers --------------------------------------------------------------------------------------------------------


class Diffusers:
    """The loop of diffusers' image-to-image pipeline, with any of its schedulers, on the pack's ONNX files."""

    def __init__(self, pack: Pack, split: data.Split, captions: Path):
        self._pack = pack
        self._split = split
        self._captions = captions
        self._config = DDIMScheduler.load_config(pack.folder / "stable-diffusion/scheduler")
        self._described: Described | None = None

    def scheduler(self, setting: Setting):
        """Its timesteps to run, and the scheduler itself."""
        built = SCHEDULERS[setting.scheduler](self._config | {"timestep_spacing": setting.spacing})
        built.set_timesteps(setting.steps)
        start = setting.steps - setting.calls
        if hasattr(built, "set_begin_index"):
            built.set_begin_index(start)
        return built.timesteps[start:], built

    def make(self, setting: Setting) -> np.ndarray:
        """uint8 [copies, n, 32, 32, 3]."""
        if self._described is None:
            self._described = self._describe()
        scales = self._pack.guidance_scales(self._described.similarities)
        copies = []
        for copy in range(COPIES):
            parts = [self._batch(setting, copy, slice(i, i + BATCH), scales) for i in range(0, len(self._split), BATCH)]
            copies.append(np.concatenate(parts))
        return np.stack(copies)

    def _describe(self) -> Described:
        """The same for all settings, so it is kept, too."""
        if self._captions.exists():
            kept = json.loads(self._captions.read_text(encoding="utf-8"))
            return Described(kept["captions"], np.array(kept["similarities"]))
        described = self._pack.describe(data.to_tensor(self._split.images))
        self._captions.write_text(json.dumps(
            {"captions": described.captions, "similarities": described.similarities.tolist()}), encoding="utf-8")
        return described

    def _batch(self, setting: Setting, copy: int, rows: slice, scales: np.ndarray) -> np.ndarray:
        texts = [f"{data.LABEL_TEXTS[label]}, {caption}"
                 for label, caption in zip(self._split.labels[rows], self._described.captions[rows])]
        timesteps, scheduler = self.scheduler(setting)
        generator = torch.Generator().manual_seed(1_000_000 * (copy + 1) + rows.start)
        mean, deviation = self._pack.moments(data.to_tensor(self._split.images[rows]))
        scale = self._pack.scaling_factor
        latents = (mean + deviation * torch.randn(mean.shape, generator=generator)) * scale
        noise = torch.randn(latents.shape, generator=generator)
        latents = scheduler.add_noise(latents, noise, timesteps[:1].repeat(len(latents)))
        states = np.concatenate([np.repeat(self._pack.prompt_states([""]), len(texts), axis=0),
                                 self._pack.prompt_states(texts)])
        weights = torch.from_numpy(scales[rows]).float()[:, None, None, None]
        for timestep in timesteps:
            away, towards = self._pack.predicted(torch.cat([latents, latents]), int(timestep), states).chunk(2)
            latents = scheduler.step(away + weights * (towards - away), timestep, latents).prev_sample
        return data.to_bytes(self._pack.decode(latents / scale))


class Sgid:
    """The command."""

    def __init__(self, command: Path, work: Path, split: data.Split, places: np.ndarray):
        self._command = command
        self._work = work
        self._split = split
        self._names = [f"{data.LABELS[label]}/fashion-{place}" for label, place in zip(split.labels, places)]

    def make(self, setting: Setting) -> np.ndarray:
        source, out = self._work / "in", self._work / "sgid"
        if not source.exists():
            for name, image in zip(self._names, self._split.images):
                file = source / f"{name}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(file)
        subprocess.run(
            [self._command, "augment", source, out, "--overwrite", "--quiet", "--copies", str(COPIES),
             "--noise-rate", str(setting.strength), "--steps", str(setting.steps), "--scheduler", setting.scheduler,
             "--timestep-spacing", setting.spacing], check=True)
        return np.stack([np.stack([np.asarray(Image.open(out / f"{name}-sgid-{copy}.png").convert("RGB"))
                                   for name in self._names]) for copy in range(COPIES)])


# --- measures ------------------------------------------------------------------------------------------------------


def high_pass_energy(images: np.ndarray) -> np.ndarray:
    """Mean square of what a 3x3 binomial blur takes away, of every image [n, 32, 32, 3]."""
    gray = images.astype(np.float64).mean(axis=3)
    around = np.pad(gray, ((0, 0), (1, 1), (1, 1)), mode="edge")
    lines = (around[:, :-2] + 2 * around[:, 1:-1] + around[:, 2:]) / 4
    blurred = (lines[:, :, :-2] + 2 * lines[:, :, 1:-1] + lines[:, :, 2:]) / 4
    return np.square(gray - blurred).mean(axis=(1, 2))


class Judge:
    """The measures of the copies of some originals, a value per image."""

    def __init__(self, pack: Pack, trained: Path, split: data.Split):
        self._pack = pack
        self._classifier = classifier.load(trained / "classifier")
        self._split = split
        self._originals = np.repeat(split.images[..., None], 3, axis=3)
        self._embeddings = pack.image_embeddings(self._tensor(self._originals))
        self._energy = high_pass_energy(self._originals).mean()

    @staticmethod
    def _tensor(images: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1

    def measures(self, copies: np.ndarray) -> dict[str, np.ndarray]:
        agreement, consistency, sharpness, distance = [], [], [], []
        for images in copies:
            pixels = self._tensor(images)
            agreement.append(100.0 * (classifier.predict(self._classifier, pixels) == self._split.labels))
            consistency.append((self._pack.image_embeddings(pixels) * self._embeddings).sum(dim=1).double().numpy())
            sharpness.append(100 * high_pass_energy(images) / self._energy)
            distance.append(np.abs(images.astype(float) - self._originals).mean(axis=(1, 2, 3)))
        between = np.abs(copies[0].astype(float) - copies[1]).mean(axis=(1, 2, 3))
        return {"agreement": np.mean(agreement, axis=0), "consistency": np.mean(consistency, axis=0),
                "diversity": between, "sharpness": np.mean(sharpness, axis=0), "distance": np.mean(distance, axis=0)}


# --- what is written -----------------------------------------------------------------------------------------------

DIGITS = {"agreement": 2, "consistency": 4, "diversity": 2, "sharpness": 1, "distance": 2}


def with_error(values: np.ndarray, digits: int, sign: str = "") -> str:
    return f"{values.mean():{sign}.{digits}f} ± {values.std(ddof=1) / math.sqrt(len(values)):.{digits}f}"


Measured = dict[Setting, dict[str, np.ndarray]]


def table(measured: Measured, starts: dict[Setting, int], base: str | None = None, within: int = 1_000) -> str:
    """The measures; or their differences to DDIM with the spacing `base`, of what begins that near to it."""
    lines = ["| noise rate | scheduler | spacing | steps | UNet calls | first timestep | " + " | ".join(DIGITS) + " |",
             "| --- " * (6 + len(DIGITS)) + "|"]
    for setting, values in measured.items():
        cells = [with_error(values[name], digits) for name, digits in DIGITS.items()]
        if base:
            other = setting.many(base)
            if setting == other or abs(starts[setting] - starts[other]) > within:
                continue
            cells = [with_error(values[name] - measured[other][name], digits, "+") for name, digits in DIGITS.items()]
        lines.append(f"| {setting.strength:.3g} | {setting.scheduler} | {setting.spacing} | {setting.steps} | "
                     f"{setting.calls} | {starts[setting]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def tables(measured: Measured, starts: dict[Setting, int]) -> str:
    return (table(measured, starts)
            + "\nPaired differences to DDIM, leading, 30 steps:\n\n" + table(measured, starts, "leading")
            + "\nPaired differences to DDIM, trailing, 30 steps, where the first timestep is the same:\n\n"
            + table(measured, starts, "trailing", within=5))


def contact_sheet(split: data.Split, copies: dict[Setting, np.ndarray]) -> Image.Image:
    """A line per setting, below the originals."""
    columns = [int(np.flatnonzero(split.labels == number)[i]) for number, i in
               itertools.product(range(len(data.LABELS)), range(SHEET_IMAGES // len(data.LABELS)))]
    side, margin = 32 * ZOOM, 210
    sheet = Image.new("RGB", (margin + side * len(columns), side * (1 + len(copies))), "white")
    draw = ImageDraw.Draw(sheet)
    rows = [("originals", np.repeat(split.images[..., None], 3, axis=3))]
    rows += [(f"{setting.name}\n{setting.calls} calls", made[0]) for setting, made in copies.items()]
    for y, (name, images) in enumerate(rows):
        draw.text((4, y * side + side // 3), name, fill="black")
        for x, column in enumerate(columns):
            picture = Image.fromarray(images[column]).resize((side, side), Image.Resampling.NEAREST)
            sheet.paste(picture, (margin + x * side, y * side))
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the Fashion-MNIST idx files")
    parser.add_argument("--trained", type=Path, required=True, help="folder that train.py wrote (for the classifier)")
    parser.add_argument("--pack", type=Path, required=True, help="the exported pack")
    parser.add_argument("--out", type=Path, required=True, help="folder for pictures, tables and contact sheets")
    parser.add_argument("--sgid", type=Path, help="the sgid command, to make the pictures with")
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--only", nargs="+", help="only settings whose names begin so, like 0.5-ddim")
    parser.add_argument("--make-only", action="store_true", help="make pictures, for several processes to share the work")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.set_grad_enabled(False)
    split, places = drawn(arguments.data, arguments.images)
    pack = Pack(arguments.pack, arguments.threads)
    diffusers = Diffusers(pack, split, arguments.out / "captions.json")
    maker = Sgid(arguments.sgid.resolve(), arguments.out, split, places) if arguments.sgid else diffusers
    arguments.out.mkdir(parents=True, exist_ok=True)
    settings = [setting for setting in grid()
                if not arguments.only or setting.name.startswith(tuple(arguments.only))]
    copies = {}
    for setting in settings:
        file = arguments.out / f"{setting.name}.npy"
        if not file.exists():
            np.save(file, maker.make(setting))
            print(f"made {setting.name}", flush=True)
        copies[setting] = np.load(file)
    if arguments.make_only:
        return
    judge = Judge(pack, arguments.trained, split)
    measured = {setting: judge.measures(made) for setting, made in copies.items()}
    starts = {setting: int(diffusers.scheduler(setting)[0][0]) for setting in settings}
    (arguments.out / "tables.md").write_text(tables(measured, starts), encoding="utf-8")
    (arguments.out / "figures.json").write_text(json.dumps(
        {setting.name: {name: [float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values)))]
                        for name, values in found.items()} for setting, found in measured.items()}, indent=2) + "\n")
    for rate in dict.fromkeys(setting.rate for setting in settings):
        chosen = {setting: made for setting, made in copies.items() if setting.rate == rate}
        contact_sheet(split, chosen).save(arguments.out / f"sheet-{rate}.png")


if __name__ == "__main__":
    main()
