"""Writes the example images: forty real ones, four a class, from images the pack was not trained on."""

from pathlib import Path

from PIL import Image

import data

PER_CLASS = 4


def write(data_folder: Path, out: Path) -> None:
    split = data.validation_split(data_folder)
    for number, label in enumerate(data.LABELS):
        folder = Path(out) / label
        folder.mkdir(parents=True, exist_ok=True)
        chosen = (split.labels == number).nonzero()[0][:PER_CLASS]
        for index in chosen:
            name = f"fashion-{data.TRAIN_IMAGES + index}.png"
            Image.fromarray(split.images[index]).save(folder / name, optimize=True)
