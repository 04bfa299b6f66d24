"""Writes the example images, forty real ones, four a class, and twenty others a class to test on.

The pack was trained on none of them.
"""

from pathlib import Path

from PIL import Image

import data

PER_CLASS = 4
TEST_PER_CLASS = 20


def write(data_folder: Path, out: Path) -> None:
    write_some(data_folder, out, 0, PER_CLASS)


def write_test(data_folder: Path, out: Path) -> None:
    write_some(data_folder, out, PER_CLASS, PER_CLASS + TEST_PER_CLASS)


def write_some(data_folder: Path, out: Path, first: int, end: int) -> None:
    split = data.validation_split(data_folder)
    for number, label in enumerate(data.LABELS):
        folder = Path(out) / label
        folder.mkdir(parents=True, exist_ok=True)
        chosen = (split.labels == number).nonzero()[0][first:end]
        for index in chosen:
            name = f"fashion-{data.TRAIN_IMAGES + index}.png"
            Image.fromarray(split.images[index]).save(folder / name, optimize=True)
