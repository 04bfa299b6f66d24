"""Expected pixels of ImageDecoder: many small files, and what Pillow shows of them.

    python tools/reference/pictures_reference.py [FOLDER]

Shown is: upright as ImageOps.exif_transpose makes it, converted to sRGB by ImageCms with the file's profile where it is
one for the file's colors, laid on white. FOLDER: the files are written there too.
"""

import gzip
import io
import json
import sys
import warnings
from base64 import b64encode
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageCms, ImageOps

import pictures_cases
import pictures_tiff

OUT = Path(__file__).resolve().parents[2] / "sgid-dataset/src/test/resources/dev/sgid/dataset/pictures.json.gz"


def version2(profile):
    """As version 2 of ICC's specification: Little CMS moves black for version 4 alone, and the JDK never."""
    changed = bytearray(ImageCms.ImageCmsProfile(profile).tobytes())
    changed[8] = 2
    return ImageCms.ImageCmsProfile(io.BytesIO(changed))


SRGB = version2(ImageCms.createProfile("sRGB"))
EXACT = ImageCms.Flags.NOOPTIMIZE  # else it interpolates in a coarse grid, up to 9 levels off in the dark
SPACES = {"L": "GRAY", "RGB": "RGB ", "CMYK": "CMYK"}


def shown(file):
    """(height, width, 3) of uint8."""
    image = Image.open(io.BytesIO(file))
    profile = image.info.get("icc_profile")
    image.load()
    if "transparency" in image.info:
        image = ImageOps.exif_transpose(image).convert("RGBA")
    else:
        image = ImageOps.exif_transpose(image)
    alpha = None
    if image.mode in ("La", "RGBa"):
        image = image.convert(image.mode.upper())
    if image.mode in ("LA", "PA", "RGBA"):
        alpha = np.asarray(image.getchannel("A")).astype(float)[..., None] / 255
        image = image.convert({"LA": "L"}.get(image.mode, "RGB"))
    if image.mode == "1":
        image = image.convert("L")
    if image.mode == "LAB":
        image = ImageCms.profileToProfile(image, ImageCms.createProfile("LAB"), SRGB, outputMode="RGB", flags=EXACT)
    if image.mode in ("P", "YCbCr"):
        image = image.convert("RGB")
    image = to_srgb(image, profile)
    levels = np.asarray(image).astype(float)
    if alpha is not None:
        levels = pictures_cases.on_white(levels, alpha)
    return levels.astype(np.uint8)


def to_srgb(image, profile):
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if source.profile.xcolor_space == SPACES[image.mode] and source.profile.device_class != "link":
                return ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB", flags=EXACT)
        except (ImageCms.PyCMSError, OSError):
            pass  # damaged
    return image.convert("RGB")


def main():
    warnings.simplefilter("ignore")
    groups = {
        "jpeg": pictures_cases.jpegs(),
        "orientation": pictures_cases.orientations(),
        "profile": pictures_cases.profiles(),
        "png": pictures_cases.pngs(),
        "tiff": pictures_tiff.cases(),
        "other": pictures_cases.others(),
    }
    cases, pictures = [], {}
    for group, members in groups.items():
        for name, file, expected in members:
            case = {"group": group, "name": name, "file": b64encode(file).decode()}
            if isinstance(expected, str) and expected.startswith("="):
                expected = pictures[expected[1:]]
            if isinstance(expected, str) and expected == pictures_cases.PILLOW:
                expected = shown(file)
            if isinstance(expected, str):
                case["refused"] = expected
            else:
                expected = np.asarray(expected).astype(np.uint8)
                pictures[name] = expected
                case["width"], case["height"] = expected.shape[1], expected.shape[0]
                case["pixels"] = b64encode(expected.tobytes()).decode()
            cases.append(case)
            if len(sys.argv) > 1:
                folder = Path(sys.argv[1]) / group
                folder.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(file)
                if not isinstance(expected, str):
                    np.save(folder / (name + ".npy"), expected)
                else:
                    (folder / (name + ".why")).write_text(expected)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"pillow": PIL.__version__, "cases": cases}, separators=(",", ":"))
    OUT.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    print(f"{len(cases)} files, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
