"""The three kinds of classifier: from scratch, pre-trained on other classes, and the pack's CLIP image tower with a linear head."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Callable

import numpy as np
import onnxruntime
import torch
from torch import nn
from torch.nn import functional

from perturb import perturb
from training import Recipe, batches, predict, resnet, train

#: Classes that the second backbone is pre-trained on, and those it is then used for.
OTHER, OWN = (1, 3, 5, 7, 9), (0, 2, 4, 6, 8)

PACK = Path(__file__).resolve().parents[2] / "sgid-models-mini/src/main/resources/dev/sgid/models/fashion-mini"

#: Perturbed versions that are made of every picture for the frozen tower, which sees each picture but once.
VERSIONS = 4


@dataclass(frozen=True)
class Task:
    """Which classes are told apart, and how a classifier is trained on images, labels, copies, a recipe."""

    classes: tuple[int, ...]
    train: Callable[..., Callable[[np.ndarray], np.ndarray]]


def task(backbone: str, models: Path, fashion) -> Task:
    everything = tuple(range(10))
    match backbone:
        case "resnet" | "resnet_50000":
            return Task(everything, lambda *what: _predictor(train(*what)))
        case "pretrained":
            start = models / "pretrained.pt"
            if not start.exists():
                pretrain(fashion, start)
            return Task(OWN, lambda images, labels, copies, recipe: _predictor(
                train(images, labels, copies, recipe, _pretrained(start, recipe.seed), len(OWN))))
        case "clip":
            return Task(everything, _train_head)
    raise ValueError(f"there is no backbone {backbone}")


def _predictor(model: nn.Module) -> Callable[[np.ndarray], np.ndarray]:
    return lambda images: predict(model, images)


def pretrain(fashion, path: Path, steps: int = 2_000) -> None:
    """Trains on five classes of the pack's 50,000 images."""
    chosen = np.flatnonzero(np.isin(fashion.train_labels[:50_000], OTHER))
    labels = np.searchsorted(OTHER, fashion.train_labels[chosen])
    none = [np.empty((0, 28, 28), np.uint8)] * len(chosen)
    model = train(fashion.train_images[chosen], labels, none, Recipe(steps, perturbation="flipcrop:1"), None, len(OTHER))
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_suffix(f".{os.getpid()}")  # other processes may do the same
    torch.save(model.state_dict(), begun)
    begun.replace(path)


def _pretrained(path: Path, seed: int) -> nn.Module:
    model = resnet(len(OTHER))
    model.load_state_dict(torch.load(path, weights_only=True))
    torch.manual_seed(seed)
    model[-1] = nn.Linear(model[-1].in_features, len(OWN))
    return model


@lru_cache(maxsize=1)
def _tower() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(PACK / "clip" / "vision_model.onnx", options, providers=["CPUExecutionProvider"])


def embed(images: np.ndarray) -> torch.Tensor:
    """Unit embeddings of uint8 images [n, 28, 28], padded to the 32x32 pixels of the pack's training images."""
    found = []
    for start in range(0, len(images), 256):
        part = np.pad(images[start:start + 256], ((0, 0), (2, 2), (2, 2))).astype(np.float32) / 127.5 - 1
        found.append(_tower().run(None, {"pixel_values": np.repeat(part[:, None], 3, axis=1)})[0])
    return functional.normalize(torch.from_numpy(np.concatenate(found)), dim=1)


@lru_cache(maxsize=4)
def _embedded(key: bytes, count: int) -> torch.Tensor:
    return embed(np.frombuffer(key, np.uint8).reshape(count, 28, 28))


def _train_head(images: np.ndarray, labels: np.ndarray, copies: list[np.ndarray],
                recipe: Recipe) -> Callable[[np.ndarray], np.ndarray]:
    """A linear head on the frozen tower: as many steps, batches and mixing as the others have."""
    torch.manual_seed(recipe.seed)
    order, choice = (np.random.default_rng([recipe.seed, i]) for i in range(2))
    generator = torch.Generator().manual_seed(recipe.seed)
    counts = np.array([len(c) for c in copies])
    every = np.concatenate([images, *[c for c in copies if len(c)]])
    starts = len(images) + np.concatenate([[0], np.cumsum(counts)[:-1]])
    versions = VERSIONS if recipe.perturbation else 1
    seen = torch.stack([embed(perturb(torch.from_numpy(every)[:, None], recipe.perturbation, generator)[:, 0].numpy())
                        for _ in range(versions)])
    centre = embed(images).mean(0)
    rows = batches(len(images), recipe.steps, order)
    replaced = (choice.random(rows.shape) < recipe.mixing) & (counts[rows] > 0)
    rows_seen = np.where(replaced, starts[rows] + (choice.random(rows.shape) * counts[rows]).astype(int), rows)
    version = choice.integers(0, versions, rows.shape)
    head = nn.Linear(seen.shape[2], int(labels.max()) + 1)
    optimizer = torch.optim.SGD(head.parameters(), recipe.learning_rate, momentum=0.9, nesterov=True,
                                weight_decay=recipe.weight_decay)
    truth = torch.from_numpy(labels)
    for step in range(recipe.steps):
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * 0.5 * (1 + np.cos(np.pi * step / recipe.steps))
        logits = head(SCALE * (seen[version[step], rows_seen[step]] - centre))
        optimizer.zero_grad()
        functional.cross_entropy(logits, truth[rows[step]]).backward()
        optimizer.step()
    with torch.no_grad():
        return lambda asked: head(SCALE * (_embedded(asked.tobytes(), len(asked)) - centre)).argmax(1).numpy()


#: Embeddings have length 1; centred, their entries are small.
SCALE = 8.0
