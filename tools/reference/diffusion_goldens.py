"""What the diffusion scripts of this folder share: where goldens go and how they are written.

A golden is a JSON header beside a gzipped binary file. The header holds everything a person wants to
read; the binary file holds the tensors one after the other, raw and little-endian. README.md, section
"Format of the goldens", is the contract with the reader, `dev.sgid.onnx.Goldens`.
"""

import gzip
import json
import math
import platform
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "sgid-onnx" / "src" / "test" / "resources" / "dev" / "sgid" / "onnx"
GOLDENS = RESOURCES / "diffusion"
MODELS = RESOURCES / "models"

_DTYPES = {"float32": "<f4", "int64": "<i8", "uint8": "|u1"}


def versions(*modules) -> dict:
    """The versions that made a file, for its header: Python's and each module's."""
    made_with = {module.__name__: module.__version__ for module in modules}
    return {"python": platform.python_version(), **made_with}


def floats(values) -> list:
    """Values for inline JSON: shortest decimals that give the same number back, null for NaN."""
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    return [None if math.isnan(value) else value for value in flat.tolist()]


def gzip_bytes(data: bytes) -> bytes:
    """`data` compressed without a time stamp, so that the same data give the same file."""
    return gzip.compress(data, compresslevel=9, mtime=0)


def write_json_gz(path: Path, content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_bytes(gzip_bytes(text.encode("utf-8")))


class TensorFile:
    """Collects named tensors and writes them as `<name>.json` and `<name>.bin.gz`."""

    def __init__(self):
        self._tensors = {}

    def add(self, name: str, array) -> str:
        """Keeps `array` (float32, int64 or uint8, of any shape) and returns its name."""
        array = np.asarray(array)
        if array.dtype.name not in _DTYPES:
            raise ValueError(f"{name}: {array.dtype} can't be written, only {', '.join(_DTYPES)}")
        if name in self._tensors:
            raise ValueError(f"{name} is there already")
        self._tensors[name] = array
        return name

    def write(self, folder: Path, name: str, header: dict) -> None:
        table, chunks, offset = {}, [], 0
        for key, array in self._tensors.items():
            raw = np.ascontiguousarray(array).astype(_DTYPES[array.dtype.name]).tobytes()
            table[key] = {"dtype": array.dtype.name, "shape": list(array.shape), "offset": offset}
            chunks.append(raw)
            offset += len(raw)
        folder.mkdir(parents=True, exist_ok=True)
        content = {**header, "tensors": table}
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        (folder / f"{name}.bin.gz").write_bytes(gzip_bytes(b"".join(chunks)))


def read_tensors(folder: Path, name: str) -> tuple[dict, dict]:
    """The header and the tensors, by name, of what `TensorFile.write` wrote."""
    header = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    raw = gzip.decompress((folder / f"{name}.bin.gz").read_bytes())
    tensors = {}
    for key, entry in header["tensors"].items():
        dtype = np.dtype(_DTYPES[entry["dtype"]])
        count = math.prod(entry["shape"])
        values = np.frombuffer(raw, dtype, count, entry["offset"])
        tensors[key] = values.reshape(entry["shape"])
    return header, tensors
