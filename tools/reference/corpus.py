"""A data set of good and bad files, and whether a run of sgid made of each what it should.

    python tools/reference/corpus.py make FOLDER     # FOLDER/in, the data set; FOLDER/expected.jsonl, what becomes of each
    python tools/reference/corpus.py check FOLDER OUT DECODED
    python tools/reference/corpus.py resource        # some of the files and what Pillow shows of them, for CorpusTest

OUT is what `sgid augment FOLDER/in OUT --with-originals` wrote, DECODED what `Decode.java` shows of FOLDER/files.txt. Good
files must be augmented, their pixels within a level of Pillow's, bad
ones listed with the reason, and nothing else be there. `tools/corpus.sh` does all of it.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import struct
import sys
import unicodedata
import warnings
from base64 import b64encode
from collections import Counter
from pathlib import Path
from urllib.parse import quote_from_bytes

import numpy as np
import PIL
from PIL import Image

import corpus_cases
from corpus_cases import PILLOW
from pictures_reference import shown

LEVEL = 1  # of 255
RESOURCE = Path(__file__).resolve().parents[2] / "sgid-dataset/src/test/resources/dev/sgid/dataset/corpus.json.gz"
CHOSEN = {
    "jpeg": "progressive2 restarts turned6 icc-turned cmyk cmyk-icc ycck phone lossless arithmetic 12-bit jpeg-ls",
    "png": "gray16-interlaced rgba16 palette4-trns rgb8-trns icc animated animated-hidden",
    "gif": "clear animated frame-smaller",
    "webp": "lossless-alpha animated lossy lossy-noise lossy-alpha animated-lossy icc-lossy",
    "bmp": "rgb565 alpha-v5 rle8 rle4 top-down os2",
    "tiff": "pages planar-tiled big tiled-lzw float32 float-255 signed",
    "unreadable": "photo.heic photo.avif container.jxl codestream.jxl page pointer zeros",
    "wrong extension": "jpeg.png heic",
    "cut": "50-percent-baseline 50-percent-plain.png 90-percent-interlaced",
    "empty": "empty.jpg",
    "bombs": "*",
}
LEAVES = r"is a link that leads out of the data set, to .*elsewhere.*: put the images there themselves, or .* \(--follow-links\)"
BACK = "is a link that leads back to a folder above it"
ROUND = "is a link that leads to itself"


def names():
    """Names, all of the same picture: (path, the source it is called by, None where it is hidden)."""
    plain = ["two words.png", " leading.png", "trailing .png", "100%.png", "%41.png", "%.png", "a%2Fb.png", "line\nbreak.png", "tab\there.png",
             "quote'\".png", "back\\slash.png", "colon:.png", "-dash.png", "--copies.png", "~.png", "$HOME.png", "*?.png", "a;b|c&d.png",
             "<b>.png", "#hash.png", "{label}.png", "archive.tar.png", "dots...png", "CON.png", "nul.png", "UPPER.png", "upper.png",
             unicodedata.normalize("NFC", "é-nfc.png"), unicodedata.normalize("NFD", "é-nfd.png"),
             unicodedata.normalize("NFC", "größe.png"), unicodedata.normalize("NFD", "größe.png"),
             "日本語.png", "\U0001F408.png", "\u202egnp.png", "zero\u200bwidth.png", "n" * 251 + ".png", "é" * 125 + "n.png", "x" * 250 + "é.png"[-4:], "with-sgid-0.png"]
    for name in plain:
        yield "names/" + name, "names/" + name
    for folder in ("a class", "100% cotton", "new\nline", "größe", "-rf", "dog" + "\u00a0" * 126, "con", "a:b", "trailing.", "日本"):
        yield folder + "/1.png", folder + "/1.png"
    yield b"names/caf\xe9.png", "names/caf%E9.png"
    yield "names/.hidden.png", None
    yield "names/..png", None
    yield "names/...png", None
    yield ".hidden/1.png", None


def links(folder):
    inside, outside = folder / "in", folder / "elsewhere"
    (outside / "pictures").mkdir(parents=True)
    good = corpus_cases.f.png(corpus_cases.RGB, 2)
    (outside / "pictures" / "x.png").write_bytes(good)
    (inside / "links").mkdir()
    (inside / "links" / "real.png").write_bytes(good)
    os.link(inside / "links" / "real.png", inside / "links" / "hard.png")
    made = {
        "links/same.png": ("real.png", PILLOW), "links/other-class.png": ("../png/icc.png", PILLOW), "links/out.png": (outside / "pictures" / "x.png", LEAVES),
        "links/out-relative.png": ("../../elsewhere/pictures/x.png", LEAVES), "links/out-folder": (outside, LEAVES), "outer class": (outside / "pictures", LEAVES),
        "root": ("/", LEAVES.replace(".*elsewhere.*", "/") + "|" + BACK), "links/device.png": ("/dev/zero", "is a link|ignored"), "links/nowhere.png": ("gone.png", "a link leads nowhere"),
        "links/self.png": ("self.png", ROUND), "links/ping.png": ("pong.png", ROUND), "links/pong.png": ("ping.png", ROUND), "links/up": ("..", BACK),
        "links/here": (".", BACK), "loop": (inside, BACK), "circle": ("circle", ROUND), "links/chain.png": ("link-to-link.png", PILLOW),
        "links/link-to-link.png": ("real.png", PILLOW),
    }
    for name, (target, _) in made.items():
        os.symlink(target, inside / name)
    yield "links/real.png", PILLOW, good
    yield "links/hard.png", PILLOW, good
    icc = (inside / "png" / "icc.png").read_bytes()
    for name, (_, expected) in made.items():
        if expected != "is a link|ignored":
            yield name, expected, icc if name == "links/other-class.png" else good


def expected_reason(expected):
    return isinstance(expected, str) and expected != PILLOW


def resource():
    warnings.simplefilter("ignore")
    cases = []
    for kind, name, file, expected in corpus_cases.cases():
        chosen = CHOSEN[kind].split()
        if chosen == ["*"] and len(file) < 1 << 16 or name in chosen or any(name.rsplit(".", 1)[0] == c for c in chosen):
            case = {"group": kind, "name": name, "file": b64encode(file).decode()}
            if expected_reason(expected):
                case["refused"] = expected
            else:
                pixels = shown(file) if isinstance(expected, str) else np.asarray(expected).astype(np.uint8)
                case["height"], case["width"] = pixels.shape[:2]
                case["pixels"] = b64encode(pixels.tobytes()).decode()
            cases.append(case)
    text = json.dumps({"pillow": PIL.__version__, "cases": cases}, separators=(",", ":"))
    RESOURCE.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    print(f"{len(cases)} files, {RESOURCE.stat().st_size} bytes")


def make(folder):
    warnings.simplefilter("ignore")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "in").mkdir(parents=True)
    (folder / "pixels").mkdir()
    lines, files = [], []

    def add(source, path, file, expected):
        entry = {"source": source}
        if expected_reason(expected):
            entry["reason"] = expected
        else:
            pixels = shown(file) if isinstance(expected, str) else np.asarray(expected).astype(np.uint8)
            entry["pixels"] = f"pixels/{len(lines)}.npy"
            np.save(folder / entry["pixels"], pixels)
            files.append(path)
        try:
            shown(file)
            entry["pillow"] = True
        except Exception:  # whatever Pillow raises, it shows nothing
            entry["pillow"] = False
        lines.append(entry)

    def write(path, file):
        path = os.path.join(os.fsencode(folder / "in"), os.fsencode(path))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(file)
        return path

    for kind, name, file, expected in corpus_cases.cases():
        add(f"{kind}/{name}", write(f"{kind}/{name}", file), file, expected)
    good = corpus_cases.f.png(corpus_cases.RGB, 2)
    hidden = 0
    for name, source in names():
        path = write(name, good)
        if source is None:
            hidden += 1
        else:
            add(source, path, good, PILLOW)
    for name, expected, file in links(folder):
        add(name, os.fsencode(folder / "in" / name), file, expected)
    (folder / "expected.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "files.txt").write_text("".join("file://" + quote_from_bytes(os.path.abspath(path)) + "\n" for path in files))
    reasons = sum("reason" in line for line in lines)
    print(f"{len(lines) + hidden} files by Pillow {PIL.__version__}: {len(lines) - reasons} good, {reasons} bad, {hidden} hidden")


def decoded(path):
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[:8])
    return np.frombuffer(data, np.uint8, offset=8).reshape(height, width, 3)


def identity(pixels):
    height, width = pixels.shape[:2]
    return hashlib.sha256(b"RGB8" + struct.pack(">II", width, height) + pixels.tobytes()).hexdigest()


def check(folder, out, shows):
    expected = [json.loads(line) for line in (folder / "expected.jsonl").read_text().splitlines()]
    failures = {}
    for line in (out / "failures.jsonl").read_text().splitlines():
        failure = json.loads(line)
        failures[failure["source"]] = failure["reason"]
    copies, originals = Counter(), {}
    for line in (out / "metadata.jsonl").read_text().splitlines():
        entry = json.loads(line)
        assert (out / entry["file_name"]).is_file(), entry["file_name"]
        if "copy" in entry:
            copies[entry["source"]] += 1
            with Image.open(out / entry["file_name"]) as picture:
                picture.load()
        else:
            originals[entry["source"]] = entry["group"]
    wrong, exact, near, jvm = [], 0, 0, []
    good = [line for line in expected if "pixels" in line]
    for line in expected:
        source = line["source"]
        if "reason" in line:
            reason = failures.pop(source, None)
            if reason is None or not re.search(line["reason"], reason, re.DOTALL):
                wrong.append(f"{source!r}: the reason should be {line['reason']!r}, is {reason!r}")
            if line["pillow"]:
                jvm.append(source)
            continue
        if copies.pop(source, 0) != 1 or source not in originals:
            wrong.append(f"{source!r}: not augmented: {failures.pop(source, None)}")
            continue
        should, shows_it = np.load(folder / line["pixels"]), decoded(shows / f"{good.index(line)}.rgb")
        if should.shape != shows_it.shape:
            wrong.append(f"{source!r}: is of {shows_it.shape}, not {should.shape}")
            continue
        difference = int(np.abs(should.astype(int) - shows_it).max())
        exact += difference == 0
        near += 0 < difference <= LEVEL
        if difference > LEVEL:
            wrong.append(f"{source!r}: off by up to {difference} levels")
        if originals.pop(source) != identity(shows_it):
            wrong.append(f"{source!r}: the run saw another picture")
    wrong += [f"{source!r}: fails, and should not be there: {reason}" for source, reason in failures.items()]
    wrong += [f"{source!r}: augmented, and should not be there" for source in copies]
    print(f"{len(good)} good files: {exact} as Pillow shows them, {near} within {LEVEL} level; {len(expected) - len(good)} listed with their reason,"
          f" {len(jvm)} of which Pillow or its plug-ins would read")
    print("\n".join(wrong) if wrong else "nothing is missing, and nothing too much")
    return bool(wrong)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    elif sys.argv[1] == "resource":
        resource()
    else:
        sys.exit(check(*map(Path, sys.argv[2:])))
