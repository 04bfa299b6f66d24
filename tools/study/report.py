"""Tables and charts of docs/accuracy.md, from docs/accuracy/runs.csv.

    python report.py

writes the charts beside runs.csv, and each table into docs/accuracy.md between its two marks, `<!-- NAME -->` and
`<!-- /NAME -->`.
"""

import csv
import json
import re
from collections import defaultdict
from pathlib import Path

import matplotlib
import numpy as np
from scipy import stats

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "accuracy"
PAGE = ROOT / "docs" / "accuracy.md"

NAMES = {
    "none": "none", "flipcrop": "flip + crop", "randaugment": "RandAugment", "mixup": "Mixup", "cutmix": "CutMix",
    "erasing": "random erasing", "empty": "empty prompt, no guidance", "label_only": "label only, constant 7.5",
    "caption_only": "caption only, constant 7.5", "constant": "label + caption, constant (SGID's mean)",
    "text_to_image": "text-to-image (noise rate 1)", "sgid_linear": "SGID linear 5–10", "sgid_inverse": "SGID inverse 10–5",
    "sgid_calibrated": "SGID calibrated 5–10", "sgid_linear_kept": "SGID linear, closed loop's bounds",
}


def name_of(method: str) -> str:
    return " + ".join(NAMES.get(part, part.replace("_", " ")) for part in method.split("+"))


class Results:
    """Accuracy by stage, backbone, images per class and method: a value for each draw, seeds averaged."""

    def __init__(self, path: Path) -> None:
        found = defaultdict(lambda: defaultdict(list))
        with open(path, newline="") as file:
            self.rows = list(csv.DictReader(file))
        for row in self.rows:
            group = row["stage"], row["backbone"], int(row["n"]), row["method"]
            found[group][int(row["draw"])].append(float(row["accuracy"]))
        self.values = {group: {draw: float(np.mean(a)) for draw, a in draws.items()} for group, draws in found.items()}

    def methods(self, stage: str, backbone: str = "resnet", n: int = 20) -> dict[str, dict[int, float]]:
        return {g[3]: v for g, v in self.values.items() if g[:3] == (stage, backbone, n)}


def summary(draws: dict[int, float]) -> tuple[float, float, int]:
    values = np.array(list(draws.values()))
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
    return float(values.mean()), float(error), len(values)


def paired(first: dict[int, float], second: dict[int, float]) -> tuple[float, float, float, int]:
    """Mean of first - second over the draws that both have, with its 95 % interval (Student's t)."""
    draws = sorted(set(first) & set(second))
    differences = np.array([first[d] - second[d] for d in draws])
    if len(draws) < 2:
        return float(differences.mean()) if len(draws) else float("nan"), float("nan"), float("nan"), len(draws)
    half = stats.t.ppf(0.975, len(draws) - 1) * differences.std(ddof=1) / np.sqrt(len(draws))
    mean = float(differences.mean())
    return mean, mean - half, mean + half, len(draws)


def shown(difference: tuple[float, float, float, int]) -> str:
    mean, low, high, _ = difference
    return "–" if np.isnan(mean) else f"{mean:+.2f} [{low:+.2f}, {high:+.2f}]"


def table(methods: dict, against: list[str]) -> str:
    lines = ["| method | draws | mean ± s.e. | " + " | ".join(f"− {name_of(a)}" for a in against) + " |",
             "|---|---|---|" + "---|" * len(against)]
    for method, draws in methods.items():
        mean, error, count = summary(draws)
        cells = [shown(paired(draws, methods[a])) if a != method and a in methods else "" for a in against]
        lines.append(f"| {name_of(method)} | {count} | {mean:.2f} ± {error:.2f} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def comparisons(results: Results, wanted: list[tuple]) -> str:
    lines = ["| difference | stage | per class | draws | mean [95 % interval] |", "|---|---|---|---|---|"]
    for stage, backbone, n, first, second in wanted:
        methods = results.methods(stage, backbone, n)
        if first in methods and second in methods:
            difference = paired(methods[first], methods[second])
            lines.append(f"| {name_of(first)} − {name_of(second)} | {stage} | {n} | {difference[3]} | {shown(difference)} |")
    return "\n".join(lines)


def bars(path: Path, methods: dict, order: list[str], title: str) -> None:
    order = [m for m in order if m in methods]
    figure, axes = plt.subplots(figsize=(8, 0.36 * len(order) + 1.3))
    for place, method in enumerate(order[::-1]):
        draws = methods[method]
        mean, error, count = summary(draws)
        half = stats.t.ppf(0.975, max(count - 1, 1)) * error
        made = any(m in method for m in ("sgid", "label_only", "constant", "caption", "empty", "text_to"))
        color = "#c0504d" if "sgid" in method else "#4f81bd" if made else "#7f7f7f"
        axes.errorbar(mean, place, xerr=half, fmt="o", color=color, capsize=3)
        axes.plot(list(draws.values()), [place] * count, ".", color=color, alpha=0.25, zorder=0)
    axes.set_yticks(range(len(order)), [name_of(m) for m in order[::-1]])
    axes.set_xlabel("accuracy on the 10,000 test images, %; mean and 95 % interval, dots are draws")
    axes.grid(axis="x", alpha=0.3)
    axes.set_title(title, fontsize=10)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def put(page: str, name: str, text: str) -> str:
    pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if text and not pattern.search(page):
        print(f"docs/accuracy.md has no place for {name}")
    return pattern.sub(lambda m: m[1] + text + "\n" + m[2], page)
