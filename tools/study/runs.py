"""One run of the study: what it is made of, how it is made, and the table of all of them."""

import csv
import fcntl
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch

import backbones
from data import FRESH, REPORTED, TUNING, Fashion
from pictures import Setting, Store, load
from training import Recipe

#: UNet calls or steps of each sampler, for the table.
STEPS = {"dpm4": "4 calls", "dpm7": "7 calls", "ddim30": "30", "ddim15t": "15", "ddim8t": "8", "": ""}
#: Its scheduler and timestep spacing, for the table, too.
SCHEDULERS = {"dpm4": "dpm-solver trailing", "dpm7": "dpm-solver trailing", "ddim30": "ddim leading", "ddim15t": "ddim trailing",
              "ddim8t": "ddim trailing", "": ""}


@dataclass(frozen=True)
class Run:
    """A line of runs.csv but for its result. `stage` and `method` are names only; all else decides the accuracy."""

    stage: str
    method: str
    draw: int
    n: int = 20
    split: str = "test"
    backbone: str = "resnet"
    prompt: str = ""
    noise_rate: float = 0.0
    sampler: str = ""
    guidance: str = ""
    choice: str = ""
    per: str = ""
    keep: str = ""
    copies: int = 0
    mixing: float = 0.0
    perturbation: str = ""
    learning_rate: float = 0.1
    weight_decay: float = 5e-3
    training_steps: int = 400
    seed: int = 0

    @property
    def key(self) -> tuple:
        return tuple(f"{v:g}" if isinstance(v, float) else str(v)
                     for k, v in asdict(self).items() if k not in ("stage", "method"))

    @property
    def setting(self) -> Setting | None:
        if not self.copies:
            return None
        return Setting(self.prompt, self.guidance, self.noise_rate, self.sampler, self.choice or "best", self.per)

    @property
    def sets(self) -> list[str]:
        """The sets of images that hold the draw."""
        if self.draw in TUNING:
            return ["tuning"]
        if self.draw in FRESH:
            return ["fresh20"]
        assert self.draw in REPORTED
        return ["reported20"] + (["reported50"] if self.n > 20 else []) + (["reported100"] if self.n > 50 else [])


COLUMNS = [f.name for f in fields(Run)] + ["scheduler", "steps", "accuracy", "seconds"]


class Table:
    """runs.csv: lines are added by several processes, and read again by their key."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def read(self) -> list[dict]:
        if not self.path.exists():
            return []
        with open(self.path, newline="") as file:
            return list(csv.DictReader(file))

    def done(self) -> set[tuple]:
        return {run_of(row).key for row in self.read()}

    def add(self, run: Run, accuracy: float, seconds: float) -> None:
        with open(self.path, "a", newline="") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            writer = csv.DictWriter(file, COLUMNS)
            if file.tell() == 0:
                writer.writeheader()
            writer.writerow({**asdict(run), "scheduler": SCHEDULERS[run.sampler], "steps": STEPS[run.sampler], "accuracy": f"{accuracy:.2f}",
                             "seconds": f"{seconds:.1f}"})


def run_of(row: dict) -> Run:
    return Run(**{f.name: f.type(row[f.name]) for f in fields(Run)})


class Maker:
    """Makes runs out of the data and the pictures that are there."""

    def __init__(self, fashion: Fashion, store: Store, models: Path) -> None:
        self.fashion = fashion
        self.store = store
        self.models = models
        torch.set_num_threads(1)

    def ready(self, run: Run) -> bool:
        """Whether all its pictures are made."""
        if run.setting is None:
            return True
        return all(self.store.done(self.store.folder(name, run.setting)) for name in run.sets)

    def accuracy(self, run: Run) -> float:
        """Per cent of the run's split that the trained classifier is right on."""
        fashion = self.fashion
        drawn = fashion.draw(run.draw, run.n) if run.backbone != "resnet_50000" else np.arange(50_000)
        task = backbones.task(run.backbone, self.models, self.fashion)
        drawn = drawn[np.isin(fashion.train_labels[drawn], task.classes)]
        copies = self.copies(run, drawn)
        images, labels = fashion.train_images[drawn], fashion.train_labels[drawn]
        if run.split == "test":
            asked, truth = fashion.test_images, fashion.test_labels
        else:
            rest = fashion.validation(run.draw, run.n)
            asked, truth = fashion.train_images[rest], fashion.train_labels[rest]
        asked, truth = asked[np.isin(truth, task.classes)], truth[np.isin(truth, task.classes)]
        recipe = Recipe(run.training_steps, run.learning_rate, run.weight_decay, run.perturbation, run.mixing,
                        run.seed * 1_000 + run.draw)
        number = {label: place for place, label in enumerate(task.classes)}
        to_number = np.vectorize(number.get)
        classify = task.train(images, to_number(labels), copies, recipe)
        return float((classify(asked) == to_number(truth)).mean() * 100)

    def copies(self, run: Run, drawn: np.ndarray) -> list[np.ndarray]:
        """The pictures of each original, by their number."""
        if run.setting is None:
            return [np.empty((0, 28, 28), np.uint8)] * len(drawn)
        made = [load(self.store.folder(name, run.setting)) for name in run.sets]
        found = []
        for index in drawn.tolist():
            pictures = next(p for p in made if index in p.rows)
            rows = pictures.rows[index][:run.copies]
            assert len(rows) == run.copies, f"{index} has {len(rows)} copies, not {run.copies}"
            if run.keep:
                rows = [row for row in rows if keeps(pictures.lines[row], run.keep)]
            found.append(pictures.images[rows])
        return found


def keeps(line: dict, keep: str) -> bool:
    """Whether a copy is trained on: `kept` by the closed loop's bounds, or `label:P`, at least that zero-shot probability."""
    if keep == "kept":
        return line["kept"]
    name, bound = keep.split(":")
    return line[{"label": "label_probability", "consistency": "consistency"}[name]] >= float(bound)


