"""Captions made from an image's pixels and its class: what can be measured, in words.

Every caption reads "a {size} {shade} {kind} with a {surface} surface", for example
"a large dark top with a patterned surface". The same rules that write the captions decide
whether each word of a given caption is true of an image.
"""

import re
from dataclasses import dataclass

import numpy as np

import data

#: What a class is called in captions. The four upper garments share one word: the label itself is
#: the user's to give, the caption adds what is seen.
KINDS = ("top", "trouser", "top", "dress", "top", "sandal", "top", "sneaker", "bag", "boot")

#: Pixels brighter than this belong to the object.
FOREGROUND = 25

#: Mean brightness of the object: below the first bound it is dark, from the second on it is light.
SHADE_BOUNDS = (145.0, 185.0)

#: Per kind, the median over the training images of the object's area in pixels ...
AREA_MEDIANS = {
    "top": 452, "trouser": 249, "dress": 306, "sandal": 192, "sneaker": 222, "bag": 420, "boot": 337}
#: ... and of the mean step between horizontal neighbours inside the object.
STEP_MEDIANS = {
    "top": 27.6, "trouser": 45.4, "dress": 32.5, "sandal": 35.6, "sneaker": 24.8, "bag": 21.6, "boot": 24.2}


_SENTENCE = "a {} {} {} with a {} surface"


@dataclass(frozen=True)
class Measures:
    """What the rules look at, one number an image."""

    brightness: np.ndarray
    area: np.ndarray
    step: np.ndarray


def measure(images: np.ndarray) -> Measures:
    """Measures uint8 images [n, 32, 32]."""
    pixels = images.astype(np.float32)
    inside = images > FOREGROUND
    area = inside.sum(axis=(1, 2))
    neighbours = inside[:, :, 1:] & inside[:, :, :-1]
    steps = np.abs(np.diff(pixels, axis=2)) * neighbours
    return Measures(
        brightness=(pixels * inside).sum(axis=(1, 2)) / np.maximum(area, 1),
        area=area,
        step=steps.sum(axis=(1, 2)) / np.maximum(neighbours.sum(axis=(1, 2)), 1))


def _words(brightness: float, area: int, step: float, kind: str) -> tuple[str, str, str, str]:
    """The four words that are true of an image: size, shade, kind, surface."""
    dark_below, light_from = SHADE_BOUNDS
    size = "large" if area >= AREA_MEDIANS[kind] else "small"
    shade = "dark" if brightness < dark_below else "light" if brightness >= light_from else "gray"
    surface = "patterned" if step >= STEP_MEDIANS[kind] else "plain"
    return size, shade, kind, surface


def _true_words(split: data.Split) -> list[tuple[str, str, str, str]]:
    measures = measure(split.images)
    return [_words(brightness, area, step, KINDS[label])
            for brightness, area, step, label
            in zip(measures.brightness, measures.area, measures.step, split.labels)]


def write(split: data.Split) -> list[str]:
    """The caption of every image."""
    return [_SENTENCE.format(*words) for words in _true_words(split)]


def true_words(split: data.Split, captions: list[str]) -> np.ndarray:
    """Which words of the given captions are true of the images: bool [n, 4], all false if unreadable."""
    pattern = re.compile(_SENTENCE.replace("{}", r"(\w+)"))
    result = np.zeros((len(captions), 4), dtype=bool)
    for row, (caption, truth) in enumerate(zip(captions, _true_words(split), strict=True)):
        match = pattern.fullmatch(caption)
        if match:
            result[row] = [said == true for said, true in zip(match.groups(), truth)]
    return result


def vocabulary() -> list[str]:
    """Every caption there can be."""
    return [_SENTENCE.format(size, shade, kind, surface)
            for size in ("small", "large") for shade in ("dark", "gray", "light")
            for kind in dict.fromkeys(KINDS) for surface in ("plain", "patterned")]
