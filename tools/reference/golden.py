"""Writes expected values where the Java tests read them: gzipped JSON, arrays as base64."""

import base64
import gzip
import json
from pathlib import Path

import numpy as np

RESOURCES = Path(__file__).resolve().parents[2] / "sgid-onnx" / "src" / "test" / "resources" / "dev" / "sgid" / "onnx"


def encode(array, dtype):
    """A little-endian array of `dtype` as {"shape": ..., "data": base64}."""
    array = np.ascontiguousarray(array, dtype=np.dtype(dtype).newbyteorder("<"))
    return {"shape": list(array.shape), "data": base64.b64encode(array.tobytes()).decode("ascii")}


def write(name, value):
    """Writes `value` to the test resource `name`, with the same bytes on every run."""
    path = RESOURCES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    print(f"{path.relative_to(RESOURCES)}: {path.stat().st_size} bytes")
