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
    "erasing": "random erasing", "empty": "empty prompt, no guidance", "label_only": "label only, constant",
    "caption_only": "caption only, constant", "constant": "label + caption, constant",
    "text_to_image": "text-to-image (noise rate 1)", "sgid_linear": "SGID linear 5–10", "sgid_inverse": "SGID inverse 10–5",
    "sgid_calibrated": "SGID calibrated 5–10", "sgid_linear_kept": "SGID linear, closed loop's bounds",
    "wrong_linear": "half the captions wrong: SGID linear", "wrong_constant": "half wrong: constant",
    "wrong_gated": "half wrong: SGID linear, doubtful captions left out", "wrong_wide_linear": "half wrong: linear 1–7.5",
    "wrong_caption_similar": "half wrong: constant, doubtful captions left out",
    "class_calibrated": "calibrated by class, 5–10", "consistency_up": "consistency for similarity, 1–7",
    "consistency_down": "consistency for similarity, 7–1", "dpm4": "DPM-Solver++, 4 calls", "ddim30": "DDIM, 30 leading steps (21 calls)",
    "ddim15t": "DDIM, 15 trailing steps (10 calls)", "ddim8t": "DDIM, 8 trailing steps (5 calls)",
    "bounds_0.581,0.696,3,7.5": "scales 3–7.5", "bounds_0.581,0.696,1,5": "scales 1–5", "bounds_0.581,0.696,2,4": "scales 2–4",
    "bounds_0.581,0.696,3,15": "scales 3–15", "bounds_0.4,0.8,5,10": "similarities 0.4–0.8", "caption_first": "the first caption",
    "caption_random": "a random caption",
}


NETWORKS = {"resnet": "ResNet", "clip": "CLIP tower", "pretrained": "pre-trained"}


def name_of(method: str) -> str:
    return " + ".join(NAMES.get(part, part.replace("_", " ")) for part in method.split("+"))


def _setting(row: dict) -> tuple:
    """All that decides the accuracy, but the draw."""
    return tuple(v for k, v in row.items() if k not in ("stage", "method", "draw", "scheduler", "steps", "accuracy", "seconds"))


class Results:
    """Accuracy by stage, backbone, images per class and method: a value for each draw, seeds averaged."""

    def __init__(self, path: Path) -> None:
        found = defaultdict(lambda: defaultdict(list))
        same = defaultdict(list)
        with open(path, newline="") as file:
            self.rows = list(csv.DictReader(file))
        for row in self.rows:
            group = row["stage"], row["backbone"], int(row["n"]), row["method"]
            found[group][int(row["draw"])].append(float(row["accuracy"]))
            same[_setting(row)].append(row)
        # A run that two stages plan is made once and stands under the name of the first: take it for both.
        for row in self.rows:
            group = row["stage"], row["backbone"], int(row["n"]), row["method"]
            if row["split"] == "validation" and row["stage"] != "tune":
                for other in same[_setting(row)]:
                    if int(other["draw"]) not in found[group]:
                        found[group][int(other["draw"])].append(float(other["accuracy"]))
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


def _value(mean: float, error: float) -> str:
    return f"{mean:.2f}" if np.isnan(error) else f"{mean:.2f} ± {error:.2f}"


def table(methods: dict, against: list[str]) -> str:
    lines = ["| method | draws | mean ± s.e. |" + "".join(f" − {name_of(a)} |" for a in against),
             "|---|---|---|" + "---|" * len(against)]
    for method, draws in methods.items():
        mean, error, count = summary(draws)
        cells = [shown(paired(draws, methods[a])) if a != method and a in methods else "" for a in against]
        lines.append(f"| {name_of(method)} | {count} | {_value(mean, error)} |" + "".join(f" {c} |" for c in cells))
    return "\n".join(lines)


def comparisons(results: Results, wanted: list[tuple]) -> str:
    lines = ["| difference | network | per class | draws | mean [95 % interval] |", "|---|---|---|---|---|"]
    for stage, backbone, n, first, second in wanted:
        methods = results.methods(stage, backbone, n)
        if first in methods and second in methods:
            difference = paired(methods[first], methods[second])
            lines.append(f"| {name_of(first)} − {name_of(second)} | {NETWORKS[backbone]} | {n} | {difference[3]} | {shown(difference)} |")
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
    axes.set_xlabel("test accuracy, %: mean with 95 % interval; each dot is a draw")
    axes.grid(axis="x", alpha=0.3)
    axes.set_title(title, fontsize=10)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def put(page: str, name: str, text: str) -> str:
    pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if text and not pattern.search(page):
        print(f"docs/accuracy.md has no place for {name}")
    return pattern.sub(lambda m: m[1] + (text + "\n" if text else "") + m[2], page)


MAIN_ORDER = [
    "none", "flipcrop", "randaugment", "mixup", "cutmix", "erasing", "empty", "caption_only", "label_only", "constant",
    "text_to_image", "sgid_linear", "sgid_inverse", "sgid_calibrated", "sgid_linear_kept", "label_only+flipcrop",
    "constant+flipcrop", "sgid_linear+flipcrop", "label_only+cutmix", "constant+cutmix", "sgid_linear+cutmix",
    "label_only+randaugment", "constant+randaugment", "sgid_linear+randaugment"]
SIX = ["none", "randaugment", "label_only", "constant", "sgid_linear", "label_only+randaugment", "constant+randaugment",
       "sgid_linear+randaugment"]


def main_table(results: Results) -> str:
    methods = results.methods("main")
    ordered = {m: methods[m] for m in MAIN_ORDER if m in methods}
    return table(ordered, ["none", "label_only", "constant"])


def goals(results: Results) -> str:
    return comparisons(results, [
        ("main", "resnet", 20, "sgid_linear+randaugment", "randaugment"),
        ("main", "resnet", 20, "sgid_linear+randaugment", "label_only+randaugment"),
        ("main", "resnet", 20, "sgid_linear", "constant"),
        ("main", "resnet", 20, "sgid_linear+randaugment", "constant+randaugment"),
        ("main", "resnet", 20, "sgid_linear+randaugment", "sgid_linear"),
        ("main", "resnet", 20, "constant", "label_only"),
        ("main", "resnet", 20, "sgid_linear", "label_only"),
        ("main", "resnet", 20, "constant+flipcrop", "label_only+flipcrop"),
        ("main", "resnet", 20, "sgid_linear+flipcrop", "label_only+flipcrop"),
        ("main", "resnet", 20, "sgid_linear+flipcrop", "constant+flipcrop"),
        ("main", "resnet", 20, "sgid_linear+cutmix", "label_only+cutmix"),
        ("main", "resnet", 20, "sgid_linear+cutmix", "constant+cutmix"),
        ("main", "resnet", 20, "sgid_linear", "text_to_image"),
        ("main", "resnet", 20, "sgid_inverse", "constant"),
        ("main", "resnet", 20, "sgid_inverse", "sgid_linear"),
        ("main", "resnet", 20, "sgid_calibrated", "constant"),
        ("main", "resnet", 20, "sgid_linear_kept", "sgid_linear"),
    ])


def mixed(results: Results) -> str:
    """50 and 100 per class with the mixing that was chosen for them, beside what takes no copies."""
    lines = ["| method | 50 per class | 100 per class |", "|---|---|---|"]
    rows = {n: results.methods("sizes", "resnet", n) for n in (50, 100)}
    for n in rows:
        rows[n] = {m: d for m, d in rows[n].items() if m in ("none", "randaugment")} | results.methods("sizes_mixed", "resnet", n)
    for method in SIX:
        cells = [_value(*summary(rows[n][method])[:2]) if method in rows[n] else "" for n in rows]
        lines.append(f"| {name_of(method)} | " + " | ".join(cells) + " |")
    for first, second in (("sgid_linear", "none"), ("sgid_linear", "label_only"), ("sgid_linear", "constant"),
                          ("sgid_linear+randaugment", "randaugment"), ("sgid_linear+randaugment", "label_only+randaugment"),
                          ("sgid_linear+randaugment", "constant+randaugment")):
        cells = [shown(paired(rows[n][first], rows[n][second])) if first in rows[n] and second in rows[n] else "" for n in rows]
        lines.append(f"| *{name_of(first)} − {name_of(second)}* | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def tuned_large(results: Results) -> str:
    found = defaultdict(list)
    for row in results.rows:
        if row["stage"] == "tune_large":
            found[row["method"], float(row["mixing"])].append(float(row["accuracy"]))
    lines = ["| method | mixing | draws | mean |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| {name_of(m)} | {mixing:g} | {len(a)} | {np.mean(a):.2f} |" for (m, mixing), a in sorted(found.items())])


def confirmed(results: Results) -> str:
    """The comparisons of the goals, and what was found on validation images, on draws that nothing was chosen on."""
    few = [("sgid_linear", "constant"), ("sgid_linear+randaugment", "constant+randaugment"), ("sgid_linear", "label_only"),
           ("sgid_linear+randaugment", "label_only+randaugment"), ("sgid_linear+randaugment", "randaugment")]
    wrong = [("wrong_linear", "wrong_constant"), ("wrong_gated", "wrong_constant"), ("wrong_gated", "wrong_linear"),
             ("wrong_gated", "label_only")]
    wanted = [("confirm", "resnet", n, *pair) for n in (20, 5) for pair in few]
    wanted += [("confirm", "resnet", 20, *pair) for pair in wrong]
    wanted += [("confirm", "clip", 20, *pair) for pair in few + wrong]
    return comparisons(results, wanted)


def by_size(results: Results, backbone: str) -> str:
    sizes = sorted({g[2] for g in results.values if g[0] in ("main", "sizes") and g[1] == backbone})
    rows: dict[str, dict[int, dict]] = defaultdict(dict)
    for n in sizes:
        for method, draws in (results.methods("main", backbone, n) | results.methods("sizes", backbone, n)).items():
            rows[method][n] = draws
    order = [m for m in MAIN_ORDER if m in rows and (backbone != "resnet" or m in SIX)]
    lines = ["| method | " + " | ".join(f"{n} per class" for n in sizes) + " |", "|---|" + "---|" * len(sizes)]
    for method in order:
        cells = []
        for n in sizes:
            if n in rows[method]:
                mean, error, count = summary(rows[method][n])
                cells.append(f"{_value(mean, error)} ({count})")
            else:
                cells.append("")
        lines.append(f"| {name_of(method)} | " + " | ".join(cells) + " |")
    for first, second in (("label_only", "none"), ("sgid_linear", "none"), ("sgid_linear", "label_only"),
                          ("sgid_linear", "constant"), ("sgid_linear+randaugment", "randaugment"),
                          ("sgid_linear+randaugment", "label_only+randaugment"),
                          ("sgid_linear+randaugment", "constant+randaugment")):
        cells = [shown(paired(rows[first][n], rows[second][n])) if n in rows[first] and n in rows[second] else ""
                 for n in sizes]
        if any(cells):
            lines.append(f"| *{name_of(first)} − {name_of(second)}* | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plain(results: Results, stage: str, backbone: str = "resnet", against: tuple[str, ...] = ()) -> str:
    methods = results.methods(stage, backbone)
    if stage == "controls":
        methods |= results.methods(stage, "resnet_50000")
        methods["text-to-image, sgid's of noise rate 1, the same draw"] = {0: results.methods("main")["text_to_image"][0]}
    # What other stages made of the same kind, to be held against.
    standard = results.methods("ablation").get("copies_4")
    if backbone == "resnet" and standard and methods:
        if stage == "sampler":
            methods["dpm4"] = standard
        elif stage in ("probe_guidance", "readings"):
            methods["SGID linear 5–10"] = standard
        if stage == "probe_guidance":
            methods |= {m: d for m, d in results.methods("readings").items() if m == "constant_4"}
    return table(dict(sorted(methods.items(), key=lambda m: summary(m[1])[0])), list(against)) if methods else ""


def tuned(results: Results) -> str:
    """Every setting that was tried on the draws of choices, best last within its method."""
    found = defaultdict(list)
    for row in results.rows:
        if row["stage"] == "tune" and row["training_steps"] == "400":
            key = (row["method"], row["noise_rate"] if row["prompt"] else "", row["mixing"] if row["prompt"] else "",
                   row["perturbation"], row["learning_rate"] + ", " + row["weight_decay"])
            found[key].append(float(row["accuracy"]))
    lines = ["| method | noise rate | mixing | perturbation | learning rate, weight decay | draws | mean |",
             "|---|---|---|---|---|---|---|"]
    for key, values in sorted(found.items(), key=lambda f: (f[0][0], np.mean(f[1]))):
        method, *rest = key
        lines.append(f"| {name_of(method)} | " + " | ".join(rest) + f" | {len(values)} | {np.mean(values):.2f} |")
    return "\n".join(lines)


def why_table() -> str:
    path = FOLDER / "why.json"
    if not path.exists():
        return ""
    lines = ["| pictures | guidance, mean ± s.d. | label kept, % | by third of similarity, low to high | AUC of similarity | of consistency | of zero-shot probability | diversity |",
             "|---|---|---|---|---|---|---|---|"]
    for one in json.loads(path.read_text()):
        auc = [f"{one['auc'][k][0]:.2f}" for k in ("similarity", "consistency", "label_probability")]
        lines.append(f"| `{one['folder']}` | {one['guidance']} ± {one['guidance_sd']} | {one['kept']} | "
                     f"{', '.join(str(v) for v in one['kept_by_third'])} | {auc[0]} | {auc[1]} | {auc[2]} | {one['diversity']} |")
    return "\n".join(lines)


def pairs_table() -> str:
    path = FOLDER / "why-pairs.json"
    if not path.exists():
        return ""
    lines = ["| pictures | against | labels kept: difference in points [95 % interval] |", "|---|---|---|"]
    for pair in json.loads(path.read_text()):
        lines.append(f"| `{pair['first']}` | `{pair['second']}` | {shown((*pair['difference'], 0))} |")
    return "\n".join(lines)


def size_chart(results: Results, path: Path) -> None:
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.6))
    for axes, backbone in zip(panels, ("resnet", "clip")):
        for method, style in (("none", "k-o"), ("randaugment", "-o"), ("label_only", "-s"), ("sgid_linear", "-^"),
                              ("label_only+randaugment", "--s"), ("sgid_linear+randaugment", "--^")):
            if backbone == "clip" and "randaugment" in method:
                continue
            points = {}
            for n in (5, 10, 20, 50, 100):
                draws = (results.methods("main", backbone, n) | results.methods("sizes", backbone, n)).get(method)
                if draws:
                    points[n] = summary(draws)
            if points:
                axes.errorbar(list(points), [p[0] for p in points.values()], [p[1] for p in points.values()],
                              fmt=style, label=name_of(method), ms=4, capsize=2, lw=1)
        axes.set_xscale("log")
        axes.set_xticks([5, 10, 20, 50, 100], ["5", "10", "20", "50", "100"])
        axes.minorticks_off()
        axes.set_xlabel("images per class")
        axes.set_ylabel("test accuracy, %")
        axes.set_title({"resnet": "ResNet from scratch", "clip": "the pack's CLIP tower, linear head"}[backbone], fontsize=10)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def guidance_chart(results: Results, path: Path) -> None:
    """Accuracy, labels kept and diversity over constant guidance."""
    path_why = FOLDER / "why.json"
    found = {m: d for m, d in results.methods("probe_guidance").items() if m.startswith("constant_")}
    found |= {m: d for m, d in results.methods("readings").items() if m == "constant_4"}
    if not found or not path_why.exists():
        return
    why = {one["folder"]: one for one in json.loads(path_why.read_text())}
    scales = sorted(float(m.split("_")[1]) for m in found)
    figure, panels = plt.subplots(1, 3, figsize=(10, 3))
    values = [summary(found[f"constant_{g:g}"]) for g in scales]
    panels[0].errorbar(scales, [v[0] for v in values], [v[1] for v in values], fmt="-o", capsize=3)
    panels[0].set_ylabel("validation accuracy, %")
    of = [why.get(f"lc-constant_{g:g}-r0.7-dpm4") for g in scales]
    for axes, key, name in ((panels[1], "kept", "copies that keep their label, %"), (panels[2], "diversity", "difference of two copies, levels")):
        axes.plot([g for g, o in zip(scales, of) if o], [o[key] for o in of if o], "-o")
        axes.set_ylabel(name)
    for axes in panels:
        axes.set_xlabel("constant guidance scale")
        axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    results = Results(FOLDER / "runs.csv")
    page = PAGE.read_text()
    for name, text in {
        "main": main_table(results), "goals": goals(results), "sizes": by_size(results, "resnet"),
        "clip": by_size(results, "clip"), "pretrained": by_size(results, "pretrained"),
        "ablation": plain(results, "ablation"),
        "probe_guidance": plain(results, "probe_guidance"), "readings": plain(results, "readings", against=("constant_4",)),
        "readings_clip": plain(results, "readings", "clip", against=("constant_4",)),
        "wrong": plain(results, "wrong_captions", against=("wrong_constant",)),
        "wrong_clip": plain(results, "wrong_captions", "clip", against=("wrong_constant",)),
        "controls": plain(results, "controls"),
        "confirm": confirmed(results), "sizes_mixed": mixed(results), "tuned_large": tuned_large(results), "sampler": plain(results, "sampler", against=("ddim30",)),
        "tuned": tuned(results), "why": why_table(), "pairs": pairs_table(),
    }.items():
        page = put(page, name, text)
    PAGE.write_text(page)
    order = ["none", "flipcrop", "randaugment", "cutmix", "empty", "label_only", "constant", "sgid_linear",
             "label_only+randaugment", "constant+randaugment", "sgid_linear+randaugment"]
    bars(FOLDER / "does-it-help.png", results.methods("main"), order, "20 images per class, a small ResNet from scratch")
    bars(FOLDER / "all-methods.png", results.methods("main"), MAIN_ORDER, "20 images per class, a small ResNet from scratch")
    size_chart(results, FOLDER / "sizes.png")
    guidance_chart(results, FOLDER / "guidance.png")


if __name__ == "__main__":
    main()
