"""A small convolutional classifier, trained on real images only. It judges the pack and is no part of it."""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import data
from training import Trainer

STEPS = 3_600
BATCH = 128
LEARNING_RATE = 3e-3


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()

        def block(inputs: int, outputs: int) -> list[nn.Module]:
            return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]

        self.layers = nn.Sequential(
            *block(1, 24), nn.MaxPool2d(2), *block(24, 48), *block(48, 48), nn.MaxPool2d(2),
            *block(48, 96), *block(96, 96), nn.MaxPool2d(2), *block(96, 128),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(128, 10))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Logits of [n, 3, 32, 32] in [-1, 1]; only the mean of the channels is looked at."""
        return self.layers(pixels.mean(dim=1, keepdim=True))


def _augment(pixels: torch.Tensor) -> torch.Tensor:
    """Flips half of the images and shifts all by up to two pixels."""
    flip = torch.rand(len(pixels), 1, 1, 1) < 0.5
    pixels = torch.where(flip, pixels.flip(3), pixels)
    shift = torch.randint(-2, 3, (2,)).tolist()
    return torch.roll(pixels, shift, dims=(2, 3))


@torch.no_grad()
def predict(model: Classifier, pixels: torch.Tensor, batch_size: int = 500) -> np.ndarray:
    return torch.cat([model(part).argmax(dim=1) for part in pixels.split(batch_size)]).numpy()


def accuracy(model: Classifier, pixels: torch.Tensor, labels: np.ndarray) -> float:
    return float((predict(model, pixels) == labels).mean())


def load(folder: Path) -> Classifier:
    model = Classifier().eval()
    model.load_state_dict(torch.load(Path(folder) / "classifier.pt", weights_only=True))
    return model


def train(data_folder: Path, out: Path, steps: int = STEPS, seed: int = 2) -> None:
    torch.manual_seed(seed)
    split = data.training_split(data_folder)
    check = data.validation_split(data_folder)
    labels = torch.from_numpy(split.labels)
    trainer = Trainer("classifier", Classifier().train(), out, steps, seed, LEARNING_RATE,
                      decay=0.995, weight_decay=0.05)
    for indices in trainer.batches(len(split), BATCH):
        pixels = _augment(data.to_tensor(split.images[indices.numpy()]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = trainer.model(pixels)
        trainer.step(functional.cross_entropy(logits.float(), labels[indices], label_smoothing=0.05))
        if trainer.due(every=1_000):
            score = accuracy(trainer.average, data.to_tensor(check.images), check.labels)
            trainer.say(f"validation accuracy {score:.4f}")
            trainer.save_state()
            torch.save(trainer.average.state_dict(), trainer.out / "classifier.pt")
