"""Pictures made by `./sgid augment`: one folder per set of images and setting, made once and found again by its name."""

import csv
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from data import LABELS, Fashion

#: What `--prompt` is given for each name.
PROMPTS = {"lc": "{label}, {caption}", "l": "{label}", "c": "{caption}", "empty": ""}

#: Options of the sampler for each name.
SAMPLERS = {
    "dpm4": ["--scheduler", "dpm-solver", "--timestep-spacing", "trailing", "--unet-calls", "4"],
    "dpm7": ["--scheduler", "dpm-solver", "--timestep-spacing", "trailing", "--unet-calls", "7"],
    "ddim30": ["--scheduler", "ddim", "--timestep-spacing", "leading", "--steps", "30"],
    "ddim15t": ["--scheduler", "ddim", "--timestep-spacing", "trailing", "--steps", "15"],
    "ddim8t": ["--scheduler", "ddim", "--timestep-spacing", "trailing", "--steps", "8"],
}


@dataclass(frozen=True)
class Setting:
    """What a picture is made by. `per` names a file of labels with guidance or noise rates of their own (see perlabel.py)."""

    prompt: str = "lc"
    guidance: str = "pack"
    noise_rate: float = 0.7
    sampler: str = "dpm4"
    choice: str = "best"
    per: str = ""

    @property
    def key(self) -> str:
        guidance = self.guidance.replace(":", "_").replace(",", "_")
        parts = [self.prompt, guidance, f"r{self.noise_rate:g}", self.sampler]
        parts += [self.choice] if self.choice != "best" else []
        parts += [self.per] if self.per else []
        return "-".join(parts)

    @property
    def labels(self) -> str:
        """Names the labels file: what it says may follow the captions."""
        return self.per if self.choice == "best" else f"{self.per}-{self.choice}"

    def options(self) -> list[str]:
        options = ["--noise-rate", f"{self.noise_rate:g}", "--prompt", PROMPTS[self.prompt], *SAMPLERS[self.sampler]]
        if self.guidance != "pack":
            options += ["--guidance", self.guidance]
        if self.choice in ("first", "random"):
            options += ["--caption-choice", self.choice]
        return options


class Store:
    """The folder of all pictures: images/, sets/NAME.csv, out/SET/KEY/."""

    def __init__(self, root: Path, fashion: Fashion) -> None:
        self.root = Path(root)
        self.fashion = fashion

    def write_set(self, name: str, indices: np.ndarray) -> Path:
        """A table of images for `./sgid augment`; the images are written beside it."""
        table = self.root / "sets" / f"{name}.csv"
        lines = ["file_name,label"]
        (self.root / "images").mkdir(parents=True, exist_ok=True)
        for index in sorted(set(indices.tolist())):
            image = self.root / "images" / f"fashion-{index}.png"
            if not image.exists():
                Image.fromarray(self.fashion.train_images[index]).save(image)
            lines.append(f"../images/{image.name},{LABELS[self.fashion.train_labels[index]]}")
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text("\n".join(lines) + "\n")
        return table

    def captions(self, set_name: str, choice: str = "best") -> Path:
        return self.root / "sets" / (f"{set_name}-captions.csv" if choice == "best" else f"{set_name}-captions-{choice}.csv")

    def write_wrong_captions(self, set_name: str, choice: str = "wrong50") -> None:
        """Half of the images get the caption of an image of another class."""
        with open(self.captions(set_name), newline="") as file:
            rows = [(row["file_name"], row["caption"]) for row in csv.DictReader(file)]
        numbers = np.random.default_rng(50)
        labels = [self.fashion.train_labels[int(Path(name).stem.split("-")[1])] for name, _ in rows]
        with open(self.captions(set_name, choice), "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file_name", "caption"])
            for (name, caption), label in zip(rows, labels):
                others = [c for (_, c), other in zip(rows, labels) if other != label]
                other = others[numbers.integers(len(others))]
                writer.writerow([name, other if numbers.random() < 0.5 else caption])

    def write_captions(self, set_name: str, out: Path) -> None:
        """What the captioner said, kept so that it need not say it again for every setting."""
        rows = {line["source"]: line["caption"] for line in read_manifest(out)}
        with open(self.captions(set_name), "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file_name", "caption"])
            writer.writerows(sorted(rows.items()))

    def folder(self, set_name: str, setting: Setting) -> Path:
        return self.root / "out" / set_name / setting.key

    @staticmethod
    def done(out: Path) -> bool:
        return (out / "metadata.jsonl").exists() and not (out / "sgid-journal.jsonl").exists()

    def _pure_noise(self, sgid: Path, set_name: str, setting: Setting, copies: int, threads: int) -> Path:
        """The control of text-to-image, for draw 0: see pure_noise.py."""
        out = self.folder(set_name, setting)
        if not self.done(out):
            made = self.make(sgid, set_name, replace(setting, choice="best"), copies, threads)
            (self.root / "sets" / "draw-0.json").write_text(json.dumps(self.fashion.draw(0, 20).tolist()))
            subprocess.run([sys.executable, str(Path(__file__).with_name("pure_noise.py")), str(made)], check=True)
        return out

    def make(self, sgid: Path, set_name: str, setting: Setting, copies: int, threads: int = 1) -> Path:
        """Makes what is not there yet; a run that was stopped goes on, and one of fewer copies is added to."""
        out = self.folder(set_name, setting)
        if setting.choice == "pure":
            return self._pure_noise(sgid, set_name, setting, copies, threads)
        if self.done(out) and json.loads((out / "sgid-job.json").read_text())["copies"] >= copies:
            return out
        if setting.choice == "wrong50" and not self.captions(set_name, setting.choice).exists():
            if not self.captions(set_name).exists():
                self.make(sgid, set_name, Setting(), 1, threads)
            self.write_wrong_captions(set_name, setting.choice)
        table = self.root / "sets" / f"{set_name}.csv"
        command = [str(sgid), "augment"]
        if setting.per:
            table = self.root / "sets" / f"{set_name}-{setting.labels}.csv"
            labels = self.root / "sets" / f"{set_name}-{setting.labels}-labels.csv"
            command += [str(table), str(out), "--labels", str(labels)]
        else:
            command += [str(table), str(out)]
        # Copies that the closed loop doubts stay and are marked: `kept` in the manifest.
        keep = "all" if setting.per else "consistent"
        command += ["--copies", str(copies), "--keep", keep, "--no-report", "--quiet", "--threads", str(threads)]
        command += setting.options()
        if setting.choice not in ("first", "random") and self.captions(set_name, setting.choice).exists():
            command += ["--captions-from", str(self.captions(set_name, setting.choice))]
        out.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(command, check=True)
        if setting.choice == "best" and not self.captions(set_name).exists():
            self.write_captions(set_name, out)
        return out


def read_manifest(out: Path) -> list[dict]:
    with open(out / "metadata.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def index_of(line: dict) -> int:
    """The data set's own index of a manifest line's original."""
    return int(Path(line["source"]).stem.split("-")[1])


@dataclass
class Copies:
    """All pictures of a folder: uint8 [n, 28, 28], with the index of the original and the manifest's line of each."""

    images: np.ndarray
    lines: list[dict]
    rows: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


@lru_cache(maxsize=12)
def load(out: Path) -> Copies:
    lines = sorted(read_manifest(out), key=lambda line: (index_of(line), line["copy"]))
    cache = out / "pictures.npy"
    images = np.load(cache) if cache.exists() else []
    if len(images) != len(lines):
        images = np.stack([np.asarray(Image.open(out / line["file_name"]).convert("L")) for line in lines])
        np.save(cache, images)
    copies = Copies(images, lines)
    for row, line in enumerate(lines):
        copies.rows[index_of(line)].append(row)
    return copies
