"""Settings of single images or draws, given to `./sgid augment` as classes of their own in a labels file.

A label like `d03-shirt` or `i50012-shirt` stands for the text `shirt`, with a guidance scale or noise rate of its own.
"""

import csv
from pathlib import Path

import numpy as np

from data import FRESH, LABELS, REPORTED, TUNING
from pictures import Setting, Store, index_of, read_manifest

#: The draws whose images a set has.
DRAWS = {"tuning": TUNING, "reported20": REPORTED, "fresh20": FRESH, "reported50": REPORTED[:5], "reported100": REPORTED[:5]}

#: Images per class that a set has of each draw.
PER_CLASS = {"reported50": 50, "reported100": 100}


def write(store: Store, set_name: str, name: str, like: Setting, what: str, choose) -> None:
    """Writes SET-NAME.csv and SET-NAME-labels.csv. `choose(lines)` gives for the first copy of each image, as `like` made it,
    its group and the value of column `what` ("guidance" or "noise_rate")."""
    lines = {index_of(line): line for line in read_manifest(store.folder(set_name, like)) if line["copy"] == 0}
    groups, values = choose(lines)
    base = store.root / "sets"
    rows, labels = [], {}
    for index in sorted(lines):
        label = LABELS[store.fashion.train_labels[index]]
        own = f"{groups[index]}-{label}"
        rows.append((f"../images/fashion-{index}.png", own))
        labels[own] = (label.replace("_", " "), values[index])
    _table(base / f"{set_name}-{name}.csv", ("file_name", "label"), rows)
    _table(base / f"{set_name}-{name}-labels.csv", ("label", "text", what), [(k, *v) for k, v in sorted(labels.items())])


def _table(path: Path, head: tuple, rows: list) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def draw_mean(store: Store, set_name: str, like: Setting):
    """Constant guidance: the mean of SGID's scales in the same draw's 20 images per class, so that a larger draw has one constant, too."""
    def choose(lines: dict) -> tuple[dict, dict]:
        groups, values = {}, {}
        small = "reported20" if set_name in PER_CLASS else set_name
        scales = {index_of(line): line["guidance_scale"] for line in read_manifest(store.folder(small, like))}
        for draw in DRAWS[set_name]:
            mean = np.mean([scales[i] for i in store.fashion.draw(draw, 20).tolist()])
            for i in store.fashion.draw(draw, PER_CLASS.get(set_name, 20)).tolist():
                if i in lines:
                    groups[i], values[i] = f"d{draw}", f"constant:{mean:.2f}"
        return groups, values
    return choose
