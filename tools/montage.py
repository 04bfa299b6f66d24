"""Lays originals and their copies side by side, as in the README's picture.

    ./sgid augment sgid-examples/data/fashion out --copies 4 --noise-rate 0.6
    python tools/montage.py sgid-examples/data/fashion out docs/images/fashion.png

Needs Pillow. Takes the first image of each class; the original stands first, its copies behind it.
"""

import sys
from pathlib import Path

from PIL import Image

COPIES, COLUMNS, SIDE, ZOOM, GAP = 4, 2, 32, 3, 4


def row(original: Path, copies: Path) -> Image.Image:
    files = [original] + [copies / f"{original.stem}-sgid-{i}.png" for i in range(COPIES)]
    width = SIDE * ZOOM
    image = Image.new("RGB", ((COPIES + 1) * (width + GAP) + GAP, width), "white")
    for i, file in enumerate(files):
        picture = Image.open(file).convert("RGB").resize((width, width), Image.Resampling.NEAREST)
        image.paste(picture, (i * (width + GAP) + (GAP if i else 0), 0))
    return image


def main() -> None:
    source, out, target = (Path(argument) for argument in sys.argv[1:4])
    classes = sorted(folder for folder in source.iterdir() if folder.is_dir())
    rows = [row(min(folder.iterdir()), out / folder.name) for folder in classes]
    width, height = rows[0].width + 2 * GAP, rows[0].height + GAP
    lines = -(-len(rows) // COLUMNS)
    image = Image.new("RGB", (COLUMNS * width, lines * height), "white")
    for i, one in enumerate(rows):
        image.paste(one, (i % COLUMNS * width, i // COLUMNS * height))
    target.parent.mkdir(parents=True, exist_ok=True)
    image.save(target, optimize=True)


if __name__ == "__main__":
    main()
