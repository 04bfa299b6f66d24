"""Expected pixels of WebP files: what Pillow shows of each, to the level.

    python tools/reference/webp_reference.py [FOLDER]

cwebp, of libwebp's own tools, makes what Pillow has no options for: the simple filter, segments, partitions. FOLDER: the
files are written there too.
"""

import gzip
import io
import json
import subprocess
import sys
import tempfile
from base64 import b64encode
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

from pictures_reference import shown

OUT = Path(__file__).resolve().parents[2] / "sgid-dataset/src/test/resources/dev/sgid/dataset/webp.json.gz"
RNG = np.random.default_rng(20260)


def photo(height, width, bands=3):
    """Large shapes, edges and noise."""
    cells = RNG.integers(0, 256, (height // 12 + 2, width // 12 + 2, bands)).astype("u1")
    smooth = [Image.fromarray(cells[..., i]).resize((width, height), Image.Resampling.BICUBIC) for i in range(bands)]
    levels = np.stack([np.asarray(band) for band in smooth], -1) + RNG.normal(0, 6, (height, width, bands))
    levels[height // 3 : height // 2, width // 4 :] = cells[0, 0]
    return Image.fromarray(np.clip(levels, 0, 255).astype("u1"))


def noise(height, width, bands=3):
    return Image.fromarray(RNG.integers(0, 256, (height, width, bands)).astype("u1"))


def palette(colors, height, width, bands=3):
    table = RNG.integers(0, 256, (colors, bands)).astype("u1")
    return Image.fromarray(table[RNG.integers(0, colors, (height // 2 + 1, width // 2 + 1)).repeat(2, 0).repeat(2, 1)[:height, :width]])


def pillow(image, **options):
    out = io.BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


def cwebp(image, *options):
    with tempfile.TemporaryDirectory() as folder:
        image.save(f"{folder}/in.png")
        subprocess.run(["cwebp", "-quiet", *options, f"{folder}/in.png", "-o", f"{folder}/out.webp"], check=True)
        return Path(folder, "out.webp").read_bytes()


def moved(file, width, height, left, top):
    """An animation on a larger canvas, its first frame away from the corner (left and top: half of it)."""
    changed = bytearray(file)
    changed[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    frame = changed.index(b"ANMF") + 8
    changed[frame : frame + 6] = left.to_bytes(3, "little") + top.to_bytes(3, "little")
    return bytes(changed)


def cases():
    for quality in (0, 30, 75, 100):
        yield f"lossy-{quality}.webp", pillow(photo(50, 67), quality=quality, method=quality % 7)
    for height, width in ((1, 1), (1, 17), (2, 2), (16, 16), (33, 15)):
        yield f"lossy-{width}x{height}.webp", pillow(photo(height, width), quality=60)
    yield "lossy-noise.webp", pillow(noise(40, 40), quality=50)
    yield "simple-filter.webp", cwebp(photo(60, 60), "-q", "20", "-nostrong", "-f", "80", "-sharpness", "0")
    yield "sharp.webp", cwebp(photo(60, 60), "-q", "20", "-f", "90", "-sharpness", "6")
    yield "segments.webp", cwebp(photo(64, 80), "-q", "40", "-segments", "4", "-sns", "100")
    yield "one-segment.webp", cwebp(photo(64, 80), "-q", "40", "-segments", "1", "-f", "0")
    yield "partitions.webp", cwebp(photo(90, 40), "-q", "70", "-partition_limit", "50", "-mt", "-m", "0")
    yield "alpha.webp", pillow(photo(45, 61, 4), quality=70)
    yield "alpha-coarse.webp", pillow(photo(45, 61, 4), quality=40, alpha_quality=30)
    for kind in ("none", "fast", "best"):
        yield f"alpha-{kind}.webp", cwebp(photo(31, 40, 4), "-q", "60", "-alpha_filter", kind)
    yield "alpha-plain.webp", cwebp(photo(20, 21, 4), "-q", "60", "-alpha_method", "0", "-alpha_filter", "best")
    for bands in (3, 4):
        frames = [photo(36, 44, bands), photo(36, 44, bands)]
        lossy = pillow(frames[0], quality=60, save_all=True, append_images=frames[1:], duration=90)
        yield f"animated-{bands}.webp", lossy
        yield f"animated-moved-{bands}.webp", moved(lossy, 70, 60, 5, 7)
        yield f"animated-lossless-{bands}.webp", moved(pillow(frames[0], lossless=True, save_all=True, append_images=frames[1:]), 50, 40, 1, 0)
    for colors in (2, 4, 13, 100, 256):
        yield f"palette-{colors}.webp", pillow(palette(colors, 33, 45), lossless=True, method=colors % 7)
    yield "palette-alpha.webp", pillow(palette(60, 40, 30, 4), lossless=True, exact=True)
    for method in (0, 3, 6):
        yield f"lossless-{method}.webp", pillow(photo(60, 70), lossless=True, method=method)
    yield "lossless-alpha.webp", pillow(photo(40, 30, 4), lossless=True, exact=True)
    yield "lossless-noise.webp", pillow(noise(30, 30), lossless=True, quality=100, method=6)


def main():
    made = []
    for name, file in cases():
        pixels = shown(file)
        case = {"group": "webp", "name": name, "file": b64encode(file).decode(), "width": pixels.shape[1], "height": pixels.shape[0]}
        made.append(case | {"pixels": b64encode(pixels.tobytes()).decode()})
        if len(sys.argv) > 1:
            Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
            Path(sys.argv[1], name).write_bytes(file)
    text = json.dumps({"pillow": PIL.__version__, "cases": made}, separators=(",", ":"))
    OUT.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    print(f"{len(made)} files, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
