"""Expected values of PillowResize: Pillow's resize of pictures that the tests make themselves.

    python tools/reference/pillow_reference.py
"""

import hashlib

import numpy as np
import PIL
from PIL import Image

import golden

FILTERS = ["BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"]

# (width, height) -> (width, height)
SIZES = [
    ((64, 64), (28, 28)),
    ((28, 28), (224, 224)),
    ((28, 28), (29, 27)),
    ((37, 53), (224, 321)),
    ((300, 200), (224, 149)),
    ((333, 517), (384, 384)),
    ((97, 101), (97, 13)),
    ((97, 101), (13, 101)),
    ((31, 17), (31, 40)),
    ((31, 17), (40, 17)),
    ((1, 1), (5, 7)),
    ((1, 40), (3, 3)),
    ((40, 1), (3, 3)),
    ((2, 2), (1, 1)),
    ((500, 3), (2, 200)),
    ((3, 500), (200, 2)),
    ((1023, 7), (1, 1)),
    ((257, 255), (256, 256)),
    ((512, 384), (511, 385)),
    ((5, 5), (1, 300)),
    # Pillow 13 filters vertically first where more than twice as many rows go as columns
    ((60, 90), (50, 70)),
    ((60, 90), (50, 69)),
    ((60, 90), (61, 89)),
    ((60, 90), (60, 12)),
    ((640, 480), (512, 224)),
    ((640, 480), (513, 224)),
]
KINDS = ["noise", "bars", "gradient"]


def picture(kind, width, height):
    """The same integers as PictureMaker in the Java tests."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    i = (y * width + x) * 3 + c
    if kind == "noise":
        # a multiplicative hash of the index, in 32 bits
        h = (i.astype(np.uint64) * 2654435761 + 12345) & 0xFFFFFFFF
        h ^= h >> 15
        h = (h * 2246822519) & 0xFFFFFFFF
        h ^= h >> 13
        return (h & 0xFF).astype(np.uint8)
    if kind == "bars":
        return np.where((x // 3 + y // 5 + c) % 2 == 0, 255, 0).astype(np.uint8)
    return ((x * (3 + c) + y * (5 - c)) % 256).astype(np.uint8)


def main():
    cases = []
    for (width, height), (new_width, new_height) in SIZES:
        for kind in KINDS:
            source = Image.fromarray(picture(kind, width, height))
            for name in FILTERS:
                out = np.asarray(source.resize((new_width, new_height), Image.Resampling[name]))
                case = {
                    "kind": kind,
                    "filter": name,
                    "from": [width, height],
                    "to": [new_width, new_height],
                    "sha256": hashlib.sha256(out.tobytes()).hexdigest(),
                }
                # small ones in full, so that a failure can name the first differing pixel
                if out.size <= 3000:
                    case["pixels"] = golden.encode(out, "u1")
                cases.append(case)
    golden.write("pillow/resize.json.gz", {"pillow": PIL.__version__, "cases": cases})


if __name__ == "__main__":
    main()
