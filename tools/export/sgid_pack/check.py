"""Holds what an exported graph gives against what the original gives."""

from pathlib import Path

import numpy as np
import onnxruntime

#: How far numbers may be apart, of the largest of them or of 1: float32 graphs, and those with weights in float16.
FLOAT, HALF = 1e-4, 2e-2


class ExportError(Exception):
    """The export can't be made, or came out wrong; the message is for the user."""


def session(file: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def run(file: Path, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All outputs of a graph by name; inputs are cast to what it takes, and the graph is closed again."""
    opened = session(file)
    types = {port.name: np.float16 if "float16" in port.type else None for port in opened.get_inputs()}
    given = {name: value.astype(types[name]) if types[name] else value for name, value in inputs.items()}
    return dict(zip([port.name for port in opened.get_outputs()], opened.run(None, given)))


def hold(name: str, actual: np.ndarray, expected: np.ndarray, bound: float) -> None:
    """Says how far both are apart, and raises where that is too far."""
    if actual.shape != expected.shape:
        raise ExportError(f"{name} has shape {actual.shape}, the original's is {expected.shape}")
    largest = max(1.0, float(np.abs(expected).max()))
    difference = float(np.abs(actual.astype(np.float32) - expected).max()) / largest
    print(f"  {name}: {difference:.1e} from the original (at most {bound:g})", flush=True)
    if not difference <= bound:  # so that NaN is refused, too
        raise ExportError(f"{name} differs by {difference:.1e} of its largest value from the original; "
                          f"at most {bound:g} is right")
