"""Does similarity say which copies keep their label? Measured with a classifier trained on the pack's 50,000 images.

    python why.py SET --judge TRAINED/classifier [--to FILE.json]

For every folder of pictures of SET: how often copies keep their label, in thirds of the similarity of their captions, and
how well similarity, consistency and zero-shot probability tell the copies that lost it (area under the ROC curve: 0.5 is
chance; within the class, so that no difference between classes counts).
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np
import torch

from data import LABELS, Fashion
from pictures import Store, index_of, load

HERE = Path(__file__).resolve().parent


def auc(score: np.ndarray, good: np.ndarray, group: np.ndarray) -> tuple[float, float]:
    """Share of pairs of one group, a good and a bad one, in which the good has the higher score; and its standard error."""
    wins, pairs, parts = 0.0, 0, []
    for value in np.unique(group):
        inside = group == value
        high, low = score[inside & good], score[inside & ~good]
        if len(high) and len(low):
            won = (high[:, None] > low).sum() + 0.5 * (high[:, None] == low).sum()
            wins, pairs = wins + won, pairs + len(high) * len(low)
            parts.append(min(len(high), len(low)))
    return (wins / pairs if pairs else float("nan")), (0.5 / np.sqrt(3 * sum(parts)) * 1.0 if parts else float("nan"))


def judged(judge, images: np.ndarray, folder: Path) -> np.ndarray:
    """The judge's probabilities [n, 10], kept beside the pictures."""
    kept = folder / "judged.npy"
    if kept.exists() and len(np.load(kept)) == len(images):
        return np.load(kept)
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    found = []
    with torch.no_grad():
        for part in torch.from_numpy(padded).split(500):
            found.append(judge(part[:, None].float() / 127.5 - 1).softmax(1))
    found = torch.cat(found).numpy()
    np.save(kept, found)
    return found


def measure(folder: Path, judge, label_of: np.ndarray) -> dict:
    copies = load(folder)
    indices = np.array([index_of(line) for line in copies.lines])
    truth = label_of[indices]
    probability = judged(judge, copies.images, folder)
    kept = probability.argmax(1) == truth
    value = {name: np.array([line[name] for line in copies.lines], dtype=float)
             for name in ("similarity", "consistency", "label_probability", "guidance_scale")}
    within = value["similarity"].copy()
    third = np.zeros(len(within), int)
    for label in np.unique(truth):
        of_class = truth == label
        within[of_class] -= within[of_class].mean()
        third[of_class] = np.searchsorted(np.quantile(within[of_class], [1 / 3, 2 / 3]), within[of_class])
    first, second = _pairs(copies)
    return {
        "folder": folder.name, "pictures": len(kept), "guidance": value["guidance_scale"].mean().round(2).item(),
        "guidance_sd": value["guidance_scale"].std().round(2).item(),
        "similarity": np.quantile(value["similarity"], [0.05, 0.25, 0.5, 0.75, 0.95]).round(3).tolist(),
        "similarity_sd": [value["similarity"].std().round(4).item(), within.std().round(4).item()],
        "kept": round(100 * kept.mean(), 2), "kept_by_third": [round(100 * kept[third == i].mean(), 2) for i in range(3)],
        "kept_by_class": {LABELS[c]: round(100 * kept[truth == c].mean(), 1) for c in np.unique(truth)},
        "auc": {name: [round(v, 3) for v in auc(value[name], kept, truth)]
                for name in ("similarity", "consistency", "label_probability")},
        "diversity": round(float(np.abs(first - second).mean()), 2),
    }


def _pairs(copies) -> tuple[np.ndarray, np.ndarray]:
    """The first two copies of every original."""
    rows = [r[:2] for r in copies.rows.values() if len(r) > 1]
    pixels = copies.images.astype(np.float32)
    return pixels[[r[0] for r in rows]], pixels[[r[1] for r in rows]]


class _Judge(torch.nn.Module):
    """The classifier of tools/fashion-mini, which has modules named like the study's; its layers are all that is needed."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        nn = torch.nn

        def block(inputs: int, outputs: int) -> list[nn.Module]:
            return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]

        self.layers = nn.Sequential(
            *block(1, 24), nn.MaxPool2d(2), *block(24, 48), *block(48, 48), nn.MaxPool2d(2),
            *block(48, 96), *block(96, 96), nn.MaxPool2d(2), *block(96, 128),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(128, 10))
        self.load_state_dict(torch.load(folder / "classifier.pt", weights_only=True))
        self.eval()

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.layers(pixels)


#: Which settings are compared image by image, in the share of copies that keep their label.
PAIRS = (
    ("lc-pack-r0.7-dpm4", "l-constant_7.5-r0.7-dpm4"),
    ("lc-pack-r0.7-dpm4-wide_up", "lc-constant_4-r0.7-dpm4"),
    ("lc-pack-r0.7-dpm4-wide_down", "lc-constant_4-r0.7-dpm4"),
    ("lc-constant_4-r0.7-dpm4-noise_up", "lc-constant_4-r0.7-dpm4-noise_down"),
    ("lc-constant_4-r0.7-dpm4-caption_trusted", "lc-constant_4-r0.7-dpm4"),
    ("lc-pack-r0.7-dpm4-wrong50", "lc-constant_6.3-r0.7-dpm4-wrong50"),
    ("lc-linear_0_0.65_1_7.5-r0.7-dpm4-wrong50", "lc-constant_6.3-r0.7-dpm4-wrong50"),
    ("lc-constant_6.3-r0.7-dpm4-wrong50-caption_similar", "lc-constant_6.3-r0.7-dpm4-wrong50"),
)


def compared(root: Path, first: str, second: str, label_of: np.ndarray) -> dict:
    """Difference in points of the first four copies' share that keep their label, and its 95 % interval over images."""
    shares = []
    for name in (first, second):
        copies = load(root / name)
        kept = np.load(root / name / "judged.npy").argmax(1) == [label_of[index_of(line)] for line in copies.lines]
        shares.append({index: kept[rows[:4]].mean() for index, rows in copies.rows.items()})
    images = sorted(shares[0])
    differences = 100 * np.array([shares[0][i] - shares[1][i] for i in images])
    half = 1.96 * differences.std(ddof=1) / np.sqrt(len(differences))
    mean = differences.mean()
    return {"first": first, "second": second, "images": len(images),
            "difference": [round(float(v), 2) for v in (mean, mean - half, mean + half)]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set")
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--pictures", type=Path, default=Path(os.environ.get("SGID_STUDY", HERE / "out")) / "pictures")
    parser.add_argument("--to", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    fashion = Fashion(arguments.data)
    judge = _Judge(arguments.judge)
    found = []
    for folder in sorted((Store(arguments.pictures, fashion).root / "out" / arguments.set).iterdir()):
        if (folder / "metadata.jsonl").exists() and not (folder / "sgid-journal.jsonl").exists():
            found.append(measure(folder, judge, fashion.train_labels))
            print(json.dumps(found[-1]), flush=True)
    root = arguments.pictures / "out" / arguments.set
    pairs = [compared(root, *pair, fashion.train_labels) for pair in PAIRS if all((root / n / "judged.npy").exists() for n in pair)]
    for pair in pairs:
        print(json.dumps(pair), flush=True)
    if arguments.to:
        arguments.to.with_name(arguments.to.stem + "-pairs.json").write_text(
            "[\n" + ",\n".join(json.dumps(p) for p in pairs) + "\n]\n")
        arguments.to.write_text("[\n" + ",\n".join(json.dumps(f) for f in found) + "\n]\n")


if __name__ == "__main__":
    main()
