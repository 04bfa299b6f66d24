"""Measures a data set and its copies with transformers' processors, ONNX Runtime and NumPy alone, and compares an
evaluated.json of `sgid evaluate` with that.

    ./sgid evaluate IN OUT
    python tools/reference/evaluation_reference.py IN OUT sgid-models-mini/src/main/resources/dev/sgid/models/fashion-mini

IN has class folders, OUT is what sgid wrote as folders. Ends with exit code 1 where a number is off by more than 1e-5
(pixels: 1e-6) or an accuracy differs.
"""

import json
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from transformers import AutoTokenizer, CLIPImageProcessor

IN, OUT, PACK = (Path(argument) for argument in sys.argv[1:4])
CLIP = PACK / "clip"


def normalized(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


vision = onnxruntime.InferenceSession(CLIP / "vision_model.onnx")
text = onnxruntime.InferenceSession(CLIP / "text_model.onnx")
processor = CLIPImageProcessor.from_pretrained(CLIP)
tokenizer = AutoTokenizer.from_pretrained(CLIP)
settings = json.loads((PACK / "sgid.json").read_text())["zero_shot"]


def output(session, name):
    return [o.name for o in session.get_outputs()].index(name)


def embed(file):
    image = Image.open(file).convert("RGB")
    pixels = processor(image, return_tensors="np")["pixel_values"].astype(np.float32)
    found = vision.run(None, {"pixel_values": pixels})[output(vision, "image_embeds")]
    return normalized(found.astype(np.float64))[0], np.asarray(image, dtype=np.float64)


def embed_text(words):
    tokens = tokenizer(words, padding="max_length", truncation=True, return_tensors="np")
    feed = {i.name: tokens[i.name].astype(np.int64) for i in text.get_inputs()}
    return normalized(text.run(None, feed)[output(text, "text_embeds")].astype(np.float64))[0]


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


labels = sorted(folder.name for folder in IN.iterdir() if folder.is_dir())
texts = np.stack([embed_text(settings["prompt"].replace("{label}", label.replace("_", " "))) for label in labels])
copies = {}
for line in (OUT / "metadata.jsonl").read_text().splitlines():
    line = json.loads(line)
    if "copy" in line:
        copies.setdefault(line["source"], []).append(OUT / line["file_name"])


def rms(a, b):
    return np.sqrt(((a - b) ** 2).mean()) / 255


def mean(values):
    return float(np.mean(values)) if len(values) else None


measures = {}
for index, label in enumerate(labels):
    m = {name: [] for name in (
        "consistency", "originals_right", "copies_right", "originals_label", "copies_label",
        "among_copies", "from_original_pixels", "among_copies_pixels")}
    originals = []
    for file in sorted((IN / label).iterdir()):
        original, pixels = embed(file)
        originals.append(original)
        p = softmax(settings["logit_scale"] * texts @ original)
        m["originals_right"].append(p.argmax() == index)
        m["originals_label"].append(p[index])
        made = [embed(copy) for copy in copies.get(f"{label}/{file.name}", [])]
        for embedding, levels in made:
            p = softmax(settings["logit_scale"] * texts @ embedding)
            m["copies_right"].append(p.argmax() == index)
            m["copies_label"].append(p[index])
            m["consistency"].append(embedding @ original)
            m["from_original_pixels"].append(rms(levels, pixels))
        if len(made) > 1:
            m["among_copies"].append(mean([1 - a[0] @ b[0] for a, b in combinations(made, 2)]))
            m["among_copies_pixels"].append(mean([rms(a[1], b[1]) for a, b in combinations(made, 2)]))
    found = {name: mean(values) for name, values in m.items()}
    found["lowest_consistency"] = min(m["consistency"])
    found["among_originals"] = mean([a @ b for a, b in combinations(originals, 2)])
    measures[label] = found

evaluation = json.loads((OUT / "evaluated.json").read_text())
worst = {}
for label, expected in measures.items():
    for name, value in expected.items():
        actual = evaluation["classes"][label][name]
        off = 0 if value is None and actual is None else abs(value - actual)
        worst[name] = max(worst.get(name, 0), off)
for name, off in worst.items():
    print(f"{name:24} off by at most {off:.2e}")
bounds = {name: 1e-6 if "pixels" in name or "right" in name else 1e-5 for name in worst}
sys.exit(any(worst[name] > bounds[name] for name in worst))
