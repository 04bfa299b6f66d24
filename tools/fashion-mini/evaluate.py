"""Measures the figures of the model card, all on what is shipped: the ONNX files of an exported pack."""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch

import captions
import classifier
import data
from augment import Pack, augment

GENERATED = 2_000

#: What the pack promises, by figure: the bound and whether it is a lower or an upper one.
BOUNDS = {
    "vae_psnr_db": (29.0, "at least"),
    "classifier_fall_points": (2.0, "at most"),
    "clip_zero_shot_percent": (85.0, "at least"),
    "clip_own_minus_other": (0.4, "at least"),
    "true_captions_percent": (80.0, "at least"),
    "label_agreement_0.6_percent": (94.0, "at least"),
    "label_agreement_0.9_gain_points": (45.0, "at least"),
    "diversity_0.6": (0.35, "at least"),
}


def _percent(value: float) -> float:
    return round(100 * value, 2)


def reconstruction_figures(pack: Pack, judge: classifier.Classifier, split: data.Split) -> dict[str, float]:
    """PSNR as the mean over the images, and the lower one of the mean squared error of all pixels."""
    errors, agreed = [], 0
    for i in range(0, len(split), 500):
        pixels = data.to_tensor(split.images[i:i + 500])
        decoded = pack.decode(pack.moments(pixels)[0])
        errors.append((decoded - pixels).div(2).square().mean(dim=(1, 2, 3)))
        agreed += int((classifier.predict(judge, decoded) == split.labels[i:i + 500]).sum())
    errors = torch.cat(errors)
    real = classifier.accuracy(judge, data.to_tensor(split.images), split.labels)
    rebuilt = agreed / len(split)
    return {"vae_psnr_db": round(-10 * errors.log10().mean().item(), 2),
            "vae_psnr_of_mean_error_db": round(-10 * math.log10(errors.mean().item()), 2),
            "classifier_real_percent": _percent(real), "classifier_rebuilt_percent": _percent(rebuilt),
            "classifier_fall_points": _percent(real - rebuilt)}


def clip_figures(pack: Pack, split: data.Split, seed: int = 0) -> dict[str, float]:
    images = pack.image_embeddings(data.to_tensor(split.images))
    labels = (images @ pack.text_embeddings(list(data.LABEL_TEXTS)).T).argmax(dim=1).numpy()
    texts = captions.write(split)
    random = np.random.default_rng(seed)
    other = random.permutation(len(split))
    while (same := split.labels[other] == split.labels).any():
        other[same] = random.integers(0, len(split), same.sum())
    embedded = pack.text_embeddings(texts)
    own, foreign = (images * embedded).sum(dim=1).mean().item(), (images * embedded[other]).sum(dim=1).mean().item()
    return {"clip_zero_shot_percent": _percent(float((labels == split.labels).mean())),
            "clip_own": round(own, 4), "clip_other": round(foreign, 4), "clip_own_minus_other": round(own - foreign, 4)}


def caption_figures(pack: Pack, split: data.Split) -> dict[str, float]:
    greedy = [texts[0] for texts in pack.captions(data.to_tensor(split.images))]
    truths = captions.true_words(split, greedy)
    words = dict(zip(("size", "shade", "kind", "surface"), (_percent(share) for share in truths.mean(axis=0))))
    return {"true_captions_percent": _percent(float(truths.all(axis=1).mean())),
            **{f"true_{word}_words_percent": share for word, share in words.items()}}


def _absolute_distance(first: torch.Tensor, second: torch.Tensor) -> float:
    """Mean absolute difference of the pixels."""
    return (first - second).abs().mean().item()


def _euclidean_distance(first: torch.Tensor, second: torch.Tensor) -> float:
    """Mean over the pairs of the Euclidean distance."""
    return (first - second).flatten(1).norm(dim=1).mean().item()


def _classmates(split: data.Split, seed: int = 0) -> np.ndarray:
    """For every image another one of its class."""
    random = np.random.default_rng(seed)
    partner = np.empty(len(split), dtype=np.int64)
    for label in np.unique(split.labels):
        members = random.permutation(np.flatnonzero(split.labels == label))
        partner[members] = np.roll(members, 1)
    return partner


def diversity_figures(split: data.Split, first: torch.Tensor, second: torch.Tensor) -> dict[str, float]:
    """How far two copies of one original are apart, relative to two images of its class."""
    pixels = data.to_tensor(split.images)
    mates = pixels[_classmates(split)]
    return {name: round(distance(first, second) / distance(pixels, mates), 4)
            for name, distance in (("diversity_0.6", _absolute_distance),
                                   ("diversity_0.6_euclidean", _euclidean_distance))}


def low_noise_figures(pack: Pack, judge: classifier.Classifier, split: data.Split) -> dict[str, float]:
    """SGID at its defaults and noise rate 0.6: label agreement, and diversity of two copies."""
    described = pack.describe(data.to_tensor(split.images))
    first, second = (augment(pack, split, described, 0.6, seed) for seed in (1, 2))
    return {"guidance_mean": round(float(pack.guidance_scales(described.similarities).mean()), 2),
            "label_agreement_0.6_percent": _percent(classifier.accuracy(judge, first, split.labels)),
            **diversity_figures(split, first, second)}


def high_noise_figures(pack: Pack, judge: classifier.Classifier, split: data.Split) -> dict[str, float]:
    """Label agreement at noise rate 0.9: SGID at its defaults against an empty prompt without guidance."""
    described = pack.describe(data.to_tensor(split.images))
    guided, plain = (
        classifier.accuracy(judge, augment(pack, split, described, 0.9, seed=1, empty=empty), split.labels)
        for empty in (False, True))
    return {"label_agreement_0.9_percent": _percent(guided), "label_agreement_0.9_empty_percent": _percent(plain),
            "label_agreement_0.9_gain_points": _percent(guided - plain)}


PARTS = ("reconstruction", "clip", "captions", "noise-0.6", "noise-0.9")


def evaluate(part: str, pack: Pack, judge: classifier.Classifier, split: data.Split, generated: int) -> dict[str, float]:
    if part == "reconstruction":
        return reconstruction_figures(pack, judge, split)
    if part == "clip":
        return clip_figures(pack, split)
    if part == "captions":
        return caption_figures(pack, split)
    if part == "noise-0.6":
        return low_noise_figures(pack, judge, split.first(generated))
    return high_noise_figures(pack, judge, split.first(generated))


def met(name: str, value: float) -> bool:
    bound, kind = BOUNDS[name]
    return value >= bound if kind == "at least" else value <= bound


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the Fashion-MNIST idx files")
    parser.add_argument("--pack", type=Path, required=True, help="the exported pack")
    parser.add_argument("--trained", type=Path, required=True, help="folder that train.py wrote (for the classifier)")
    parser.add_argument("--split", choices=("validation", "test"), default="validation",
                        help="make choices on validation; test is for the model card")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="which figures to measure")
    parser.add_argument("--images", type=int, default=10_000, help="images where nothing is generated")
    parser.add_argument("--generated", type=int, default=GENERATED, help="images where something is generated")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    arguments = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(arguments.threads)
    read = data.test_split if arguments.split == "test" else data.validation_split
    split = read(arguments.data).first(arguments.images)
    pack, judge = Pack(arguments.pack, arguments.threads), classifier.load(arguments.trained / "classifier")
    figures = {"split": arguments.split, "images": len(split), "generated_images": min(arguments.generated, len(split))}
    for part in arguments.parts:
        found = evaluate(part, pack, judge, split, arguments.generated)
        figures |= found
        for name, value in found.items():
            bound = ""
            if name in BOUNDS:
                limit, kind = BOUNDS[name]
                bound = f"  ({kind} {limit:g}: {'met' if met(name, value) else 'MISSED'})"
            print(f"{name}: {value}{bound}", flush=True)
    if arguments.out:
        arguments.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
