"""Fashion-MNIST as the study uses it: 28x28 pixels, draws from the last 10,000 training images, paired by their number."""

import gzip
from pathlib import Path

import numpy as np

#: The ten classes, in the order of the data set's label numbers; an underscore is read as a space in prompts.
LABELS = (
    "t-shirt", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle_boot",
)

#: Training images from this index on were never seen by the pack. Draws and validation images come from them.
POOL_START = 50_000

#: Draws that results are reported for, draws of the final confirmation, and draws that choices are made on.
REPORTED = range(0, 10)
FRESH = range(10, 20)
TUNING = range(100, 103)

#: Images per class of the largest draw.
MOST = 100


def _read_idx(path: Path) -> np.ndarray:
    with gzip.open(path, "rb") as file:
        raw = file.read()
    shape = [int.from_bytes(raw[4 + 4 * i:8 + 4 * i], "big") for i in range(raw[3])]
    return np.frombuffer(raw, dtype=np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


class Fashion:
    """All images as uint8 [n, 28, 28] and labels as int64 [n]; `train` by the data set's own index."""

    def __init__(self, folder: Path) -> None:
        folder = Path(folder)
        self.train_images = _read_idx(folder / "train-images-idx3-ubyte.gz")
        self.train_labels = _read_idx(folder / "train-labels-idx1-ubyte.gz").astype(np.int64)
        self.test_images = _read_idx(folder / "t10k-images-idx3-ubyte.gz")
        self.test_labels = _read_idx(folder / "t10k-labels-idx1-ubyte.gz").astype(np.int64)
        # One shuffle of each class; draws are cut from it side by side, so that no two share an image.
        shuffled = POOL_START + np.random.default_rng(2024).permutation(10_000)
        self._by_class = [shuffled[self.train_labels[shuffled] == label] for label in range(len(LABELS))]

    def draw(self, number: int, per_class: int) -> np.ndarray:
        """Indices into the training images, class by class. A smaller draw is part of the larger one of its number."""
        first, room = _place(number)
        if not 1 <= per_class <= room:
            raise ValueError(f"draw {number} has {room} images per class, not {per_class}")
        return np.concatenate([indices[first:first + per_class] for indices in self._by_class])

    def validation(self, number: int, per_class: int) -> np.ndarray:
        """What is left of the last 10,000 training images."""
        drawn = np.zeros(len(self.train_labels), dtype=bool)
        drawn[self.draw(number, per_class)] = True
        return np.array([i for i in range(POOL_START, len(self.train_labels)) if not drawn[i]])


def _place(number: int) -> tuple[int, int]:
    """Where in each class's shuffled images a draw begins, and how many images it can have."""
    if number in range(0, 5):
        return number * MOST, MOST
    if number in range(5, 10):
        return 500 + (number - 5) * 20, 20
    if number in FRESH:
        return 600 + (number - 10) * 20, 20
    if number in TUNING:
        return 800 + (number - 100) * 20, 20
    raise ValueError(f"there is no draw {number}")
