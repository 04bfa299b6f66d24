"""A folder of the user's images, and what a pack learns from it: its domain, and the bounds of its guidance."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from .check import ExportError

FILES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
#: With fewer, quantiles mean little.
FEWEST = 20
#: As many are looked at, and as many are captioned, spread over the folder.
LOOKED_AT, CAPTIONED = 2_000, 200

#: Similarities between these shares of images spread guidance from its least to its most.
QUANTILES = (0.05, 0.95)
#: As many of the images are taken for near.
NEAR = 0.995
DIGITS = 6


# --- pictures ------------------------------------------------------------------------------------------------------


def read_rgb(file: Path) -> np.ndarray:
    """A file as sgid sees it: upright, gray repeated, alpha laid on white; uint8 (height, width, 3)."""
    image = ImageOps.exif_transpose(Image.open(file))
    if image.mode.startswith("I;16") or image.mode == "I":
        gray = np.asarray(image).astype(np.int64)
        return np.repeat(((gray * 255 + 32767) // 65535).astype(np.uint8)[..., None], 3, axis=2)
    if image.mode not in ("1", "L", "LA", "P", "PA", "RGB", "RGBA"):
        raise ValueError(f"{file} is of mode {image.mode}")
    if not image.has_transparency_data:
        return np.asarray(image.convert("RGB"))
    rgba = np.asarray(image.convert("RGBA")).astype(np.int64)
    color, alpha = rgba[..., :3], rgba[..., 3:]
    return ((color * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


@dataclass(frozen=True)
class Images:
    """The images of a folder with a subfolder for each class, or of one without classes.

    :param files: those that are looked at
    :param classes: of each, the number of its class
    """

    files: list[Path]
    classes: np.ndarray

    @staticmethod
    def of(folder: Path) -> "Images":
        if not folder.is_dir():
            raise ExportError(f"--images {folder} is no folder")
        names = sorted(file for file in folder.glob("*/*") if file.suffix.lower() in FILES) or sorted(
            file for file in folder.iterdir() if file.suffix.lower() in FILES)
        if len(names) < FEWEST:
            raise ExportError(f"--images {folder} has {len(names)} images; at least {FEWEST} say something of a data set")
        names = _spread(names, LOOKED_AT)
        numbers = {parent: number for number, parent in enumerate(dict.fromkeys(file.parent for file in names))}
        return Images(names, np.array([numbers[file.parent] for file in names]))

    def captioned(self) -> "Images":
        """Those that are captioned."""
        chosen = _spread(list(range(len(self.files))), CAPTIONED)
        return Images([self.files[i] for i in chosen], self.classes[chosen])

    def open(self) -> Iterator[Image.Image]:
        for file in self.files:
            try:
                yield Image.fromarray(read_rgb(file))
            except (OSError, ValueError) as e:
                raise ExportError(f"--images: {file} can't be read: {e}") from e


def _spread(items: list, most: int) -> list:
    return items if len(items) <= most else [items[i * len(items) // most] for i in range(most)]


# --- what they say -------------------------------------------------------------------------------------------------


def chosen_similarities(images: np.ndarray, captions: list[list[str]], texts: dict[str, np.ndarray]) -> np.ndarray:
    """Of every image's captions the similarity of the most similar."""
    return np.array([max(float(texts[text] @ image) for text in row) for image, row in zip(images, captions)])


def bounds(similarities: np.ndarray) -> tuple[float, float]:
    """Between which similarities guidance rises."""
    low, high = (round(float(bound), 3) for bound in np.quantile(similarities, QUANTILES))
    return low, high


def distances(centre: list[float] | np.ndarray, embeddings: np.ndarray) -> np.ndarray:
    """The cosine distance of every unit-length embedding to the centre."""
    direction = np.array(centre)
    return 1 - embeddings @ direction / np.linalg.norm(direction)


def rounded(centre: np.ndarray) -> list[float]:
    """Of length 1, with as many digits as matter."""
    return [float(f"{value:.{DIGITS}g}") for value in (centre / np.linalg.norm(centre)).tolist()]


def domain(embeddings: np.ndarray, classes: np.ndarray) -> dict:
    """A centre for each class, and the distance to the nearest beyond which an image is far.

    That distance is one that nearly all of these images keep when each is held against centres that do not know it:
    its own class's is then that of the others.
    """
    sums = np.stack([embeddings[classes == number].sum(axis=0) for number in range(classes.max() + 1)])
    nearest = []
    for embedding, number in zip(embeddings, classes):
        without = sums.copy()
        without[number] -= embedding
        there = np.linalg.norm(without, axis=1) > 1e-6  # not that of a class of one
        if there.any():
            nearest.append(min(float(distances(centre, embedding[None])[0]) for centre in without[there]))
    return {"centres": [rounded(total) for total in sums], "far": round(float(np.quantile(nearest, NEAR)), 4)}
