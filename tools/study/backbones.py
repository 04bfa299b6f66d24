"""The three kinds of classifier: from scratch, pre-trained on other classes, and the pack's CLIP image tower with a linear head."""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import torch
from torch import nn

from training import resnet


@dataclass(frozen=True)
class Task:
    """Which classes are told apart, and the network that training starts from."""

    classes: tuple[int, ...]
    model: Callable[[Path, int], nn.Module]


def _scratch(models: Path, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return resnet(10)


def task(backbone: str) -> Task:
    match backbone:
        case "resnet":
            return Task(tuple(range(10)), _scratch)
    raise ValueError(f"there is no backbone {backbone}")
