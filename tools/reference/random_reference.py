"""Expected values of TorchRandom: what torch's CPU generator draws.

    python tools/reference/random_reference.py
"""

import numpy as np
import torch

import golden

SEEDS = [0, 1, 42, 2**32 - 1, 2**32 + 7, 2**63 - 1, -1, -(2**31)]
# One normal of seed 165 is 2.5e-6 off where the angle is not rounded as torch rounds it.
LARGE = [(42, 4 * 64 * 64), (165, 4 * 64 * 64)]
SIZES = [1, 2, 7, 15, 16, 17, 31, 32, 33, 100, 256, 4 * 8 * 8 + 3]

# Positive: that many normals. Negative: one index among that many probabilities.
# The small calls share one cached normal, whatever lies between them.
MIXED = [
    [3, 16, 1, 2, 17, 5, 33, 1, 1, 256, 7],
    [1, -5, 1, 15, -1000, 16, -2, 3, 100, -1, 31, 2],
    [620, 3, 16, 620, -7, 1, 259],
    [-30524, 1, -49408, 16],
]


def probabilities(n):
    """Exact in float32 on both sides, with zeros and ties among them."""
    return torch.from_numpy((np.arange(n) * 7919 % 1009 + (n < 3)).astype(np.float32) / np.float32(1009))


def normals(generator, n):
    return golden.encode(torch.randn(n, generator=generator).numpy(), "f4")


def main():
    cases = []
    for seed in SEEDS:
        for size in SIZES:
            cases.append((seed, [size]))
        for calls in MIXED:
            cases.append((seed, calls))
    cases += [(seed, [size]) for seed, size in LARGE]
    # many choices in a row from one generator
    cases.append((3, [-50] * 500))

    written = []
    for seed, calls in cases:
        generator = torch.Generator("cpu").manual_seed(seed)
        draws = []
        for call in calls:
            if call > 0:
                draws.append({"normals": normals(generator, call)})
            else:
                index = torch.multinomial(probabilities(-call), 1, generator=generator).item()
                draws.append({"among": -call, "index": index})
        written.append({"seed": seed, "draws": draws})
    golden.write("random/torch.json.gz", {"torch": torch.__version__, "cases": written})


if __name__ == "__main__":
    main()
