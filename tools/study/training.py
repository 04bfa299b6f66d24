"""Trains a classifier on a draw: a fixed number of steps, everything seeded, one thread, so that a run can be made again."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from perturb import mix, perturb

BATCH = 64

#: Steps whose images are prepared at once.
AHEAD = 50


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        inner = functional.relu(self.first_norm(self.first(pixels)))
        return functional.relu(self.second_norm(self.second(inner)) + self.shortcut(pixels))


def resnet(classes: int = 10, widths: tuple[int, ...] = (16, 32, 64)) -> nn.Sequential:
    """A ResNet of eight convolutions, 78,000 parameters: 28x28 pixels are halved at once, then twice more."""
    stem = [nn.Conv2d(1, widths[0], 3, 2, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()]
    blocks = [Block(widths[0], widths[0], 1), Block(widths[0], widths[1], 2), Block(widths[1], widths[2], 2)]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[2], classes)]
    return nn.Sequential(*stem, *blocks, *head).to(memory_format=torch.channels_last)


@dataclass(frozen=True)
class Recipe:
    """What every method shares, and what is tuned for each."""

    steps: int = 400
    learning_rate: float = 0.1
    weight_decay: float = 5e-3
    perturbation: str = ""
    mixing: float = 0.0
    seed: int = 0


def to_pixels(images: torch.Tensor) -> torch.Tensor:
    """uint8 [n, 1, 28, 28] to floats around 0."""
    return (images.float() / 255 - 0.286) / 0.353


def batches(count: int, steps: int, order: np.random.Generator) -> np.ndarray:
    """Rows of the originals, [steps, BATCH]: one shuffle of all after the other."""
    shuffles = [order.permutation(count) for _ in range(-(-steps * BATCH // count))]
    return np.concatenate(shuffles)[:steps * BATCH].reshape(steps, BATCH)


def train(images: np.ndarray, labels: np.ndarray, copies: list[np.ndarray], recipe: Recipe,
          model: nn.Module | None = None, classes: int = 10) -> nn.Module:
    """Trains on uint8 images [n, 28, 28]. With `recipe.mixing` as probability one of an image's copies takes its place.

    The network's first weights and the order of the originals depend on the seed alone, so methods are compared on the same ones.
    """
    torch.manual_seed(recipe.seed)
    model = model if model is not None else resnet(classes)
    order, choice, numbers = (np.random.default_rng([recipe.seed, i]) for i in range(3))
    generator = torch.Generator().manual_seed(recipe.seed)
    rows = batches(len(images), recipe.steps, order)
    targets = functional.one_hot(torch.from_numpy(labels), classes).float()
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(parameters, recipe.learning_rate, momentum=0.9, nesterov=True,
                                weight_decay=recipe.weight_decay, foreach=True)
    model.train()
    for step in range(recipe.steps):
        if step % AHEAD == 0:
            ahead = rows[step:step + AHEAD].reshape(-1)
            chosen = _with_copies(images, copies, ahead, recipe.mixing, choice)
            prepared = to_pixels(perturb(torch.from_numpy(chosen)[:, None], recipe.perturbation, generator))
            prepared = prepared.reshape(-1, BATCH, 1, 28, 28)
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * 0.5 * (1 + np.cos(np.pi * step / recipe.steps)) * min(1, (step + 1) / 20)
        pixels, wanted = mix(prepared[step % AHEAD], targets[rows[step]], recipe.perturbation, numbers)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(pixels.contiguous(memory_format=torch.channels_last))
        optimizer.zero_grad()
        functional.cross_entropy(logits.float(), wanted).backward()
        optimizer.step()
    return model.eval()


def _with_copies(images: np.ndarray, copies: list[np.ndarray], rows: np.ndarray, mixing: float,
                 choice: np.random.Generator) -> np.ndarray:
    replaced = choice.random(len(rows)) < mixing
    which = choice.random(len(rows))
    chosen = images[rows]
    for place in np.flatnonzero(replaced):
        of_image = copies[rows[place]]
        if len(of_image):
            chosen[place] = of_image[int(which[place] * len(of_image))]
    return chosen


@torch.no_grad()
def predict(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """The most likely class of uint8 images [n, 28, 28]."""
    found = []
    for part in torch.from_numpy(images)[:, None].split(1_000):
        pixels = to_pixels(part).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found.append(model(pixels).argmax(dim=1))
    return torch.cat(found).numpy()
