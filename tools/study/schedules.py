"""Other readings of "the similarity drives the generation", tried on validation images: a value for every image.

Each is `choose(lines)` for perlabel.write: from the manifest's lines of SGID's first copies to a label and a value of the
labels file for each image. Images of a class that share a value share a label.
"""

import numpy as np

from data import LABELS


def _ranks(lines: dict, store, of: str, by_class: bool) -> dict[int, float]:
    """Where each image stands, 0 to 1, among all of the set, or of its class, by a field of its line."""
    label = {index: int(store.fashion.train_labels[index]) for index in lines}
    ranks = {}
    for group in (range(len(LABELS)) if by_class else (None,)):
        members = [i for i in sorted(lines) if group is None or label[i] == group]
        order = np.argsort(np.argsort([lines[i][of] for i in members]))
        ranks |= {i: float(r) / max(len(members) - 1, 1) for i, r in zip(members, order)}
    return ranks


def by_rank(store, value, of: str = "similarity", by_class: bool = True, levels: int = 10):
    """`value(rank)` for ranks in ten steps."""
    def choose(lines: dict) -> tuple[dict, dict]:
        groups, values = {}, {}
        for index, rank in _ranks(lines, store, of, by_class).items():
            level = min(int(rank * levels), levels - 1)
            groups[index] = f"q{level}"
            values[index] = value((level + 0.5) / levels)
        return groups, values
    return choose


def between(low: float, high: float, form: str = "constant:{:.2f}"):
    """Linear in the rank, from `low` for the least similar to `high` for the most."""
    return lambda rank: form.format(low + (high - low) * rank)


def if_similar(bound: float):
    """The caption where its similarity reaches the bound, else the label alone."""
    def choose(lines: dict) -> tuple[dict, dict]:
        trusted = {index: line["similarity"] >= bound for index, line in lines.items()}
        return ({i: f"t{int(t)}" for i, t in trusted.items()},
                {i: "{label}, {caption}" if t else "{label}" for i, t in trusted.items()})
    return choose


#: What is tried: the column of the labels file, and the choice. Names are used in runs.csv as `per`.
READINGS = {
    # Guidance over a wide range, by rank of similarity within the class; rising as in SGID, and falling.
    "wide_up": ("guidance", lambda store: by_rank(store, between(1, 7))),
    "wide_down": ("guidance", lambda store: by_rank(store, between(7, 1))),
    # The noise rate in place of guidance: what its caption describes well may be changed more, and the reverse.
    "noise_up": ("noise_rate", lambda store: by_rank(store, between(0.45, 0.95, "{:.2f}"))),
    "noise_down": ("noise_rate", lambda store: by_rank(store, between(0.95, 0.45, "{:.2f}"))),
    # The caption is used only where it is among the better half of its class; else the label alone.
    "caption_trusted": ("prompt", lambda store: by_rank(store, lambda rank: "{label}, {caption}" if rank > 0.5 else "{label}")),
    "caption_untrusted": ("prompt", lambda store: by_rank(store, lambda rank: "{label}" if rank > 0.5 else "{label}, {caption}")),
    # The caption is used only where its similarity says that it is of this kind of thing at all.
    "caption_similar": ("prompt", lambda store: if_similar(0.4)),
    # Guidance by how consistent SGID's own first copy was.
    "consistency_down": ("guidance", lambda store: by_rank(store, between(7, 1), of="consistency")),
    "consistency_up": ("guidance", lambda store: by_rank(store, between(1, 7), of="consistency")),
    # SGID's range of scales over each class's own similarities.
    "class_calibrated": ("guidance", lambda store: by_rank(store, between(5, 10))),
}
