"""Fashion-MNIST as the pack uses it: 32x32 pixels, fixed splits, plain label names."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

#: Folder names of the ten classes, in the order of the data set's label numbers.
LABELS = (
    "t-shirt", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle_boot",
)

#: The same labels as they stand in prompts: an underscore is read as a space.
LABEL_TEXTS = tuple(label.replace("_", " ") for label in LABELS)

#: Training images before this index train the pack; those from it on are never trained on.
TRAIN_IMAGES = 50_000


@dataclass(frozen=True)
class Split:
    """Images as uint8 [n, 32, 32] and their labels as int64 [n]."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int) -> "Split":
        return Split(self.images[:count], self.labels[:count])


def _read_idx(path: Path) -> np.ndarray:
    with gzip.open(path, "rb") as file:
        raw = file.read()
    dimensions = raw[3]
    shape = [int.from_bytes(raw[4 + 4 * i:8 + 4 * i], "big") for i in range(dimensions)]
    return np.frombuffer(raw, dtype=np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _read(folder: Path, prefix: str) -> Split:
    images = _read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
    labels = _read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz").astype(np.int64)
    return Split(np.pad(images, ((0, 0), (2, 2), (2, 2))), labels)


def training_split(folder: Path) -> Split:
    """The 50,000 images that train every part of the pack."""
    split = _read(Path(folder), "train")
    return Split(split.images[:TRAIN_IMAGES], split.labels[:TRAIN_IMAGES])


def validation_split(folder: Path) -> Split:
    """The last 10,000 training images: every choice is made on these, and examples come from them."""
    split = _read(Path(folder), "train")
    return Split(split.images[TRAIN_IMAGES:], split.labels[TRAIN_IMAGES:])


def test_split(folder: Path) -> Split:
    """The test set: read by the final evaluation only."""
    return _read(Path(folder), "t10k")


def to_tensor(images: np.ndarray) -> torch.Tensor:
    """uint8 [n, 32, 32] to float32 [n, 3, 32, 32] in [-1, 1], three equal channels."""
    tensor = torch.from_numpy(np.ascontiguousarray(images)).float() / 127.5 - 1.0
    return tensor[:, None].expand(-1, 3, -1, -1).contiguous()


def to_bytes(tensor: torch.Tensor) -> np.ndarray:
    """float [n, 3, h, w] in [-1, 1] to uint8 [n, h, w, 3], as an image file would hold it."""
    scaled = (tensor / 2 + 0.5).clamp(0, 1) * 255
    return scaled.round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
