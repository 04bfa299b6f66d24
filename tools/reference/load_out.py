"""Loads what sgid wrote with the tools that people train with, and checks labels and counts against the manifest.

usage: python load_out.py OUT

Class folders are read by torchvision's ImageFolder and by Hugging Face datasets (imagefolder), tar shards by webdataset and by
datasets (webdataset). Every picture is decoded, and none may be missing or without a line. Needs torchvision, datasets,
webdataset and Pillow.
"""

import collections
import glob
import io
import json
import os
import sys
import tempfile

import datasets
import torchvision
import webdataset
from PIL import Image


def by_folder(out, lines):
    """torchvision and datasets; how each has the labels."""
    labels = {line["file_name"]: line["label"] for line in lines}
    folder = torchvision.datasets.ImageFolder(out)
    found = {}
    for (path, index), (image, same) in zip(folder.samples, folder):
        image.load()
        assert index == same
        found[os.path.relpath(path, out).replace(os.sep, "/")] = folder.classes[index]
    renamed = {name for name in labels if found.get(name) != labels[name] and name.split("/")[0] == found.get(name)}
    assert found.keys() == labels.keys(), f"ImageFolder: {sorted(found.keys() ^ labels.keys())[:3]}"
    assert all(found[name] == labels[name] for name in labels if name not in renamed)
    print(f"torchvision {torchvision.__version__} ImageFolder: {len(found)} pictures, {len(folder.classes)} classes")

    with tempfile.TemporaryDirectory() as cache:
        table = datasets.load_dataset("imagefolder", data_dir=out, cache_dir=cache, split="train")
        encoded = table.class_encode_column("label")
        counts = collections.Counter(table["label"])
        for row in table:
            row["image"].load()
        assert counts == collections.Counter(labels.values()), f"datasets: {counts}"
        kind = type(table.features["label"]).__name__
        print(
            f"datasets {datasets.__version__} imagefolder: {len(table)} pictures, label is a {kind}, "
            f"after class_encode_column(\"label\") a {type(encoded.features['label']).__name__}"
        )


def by_shard(out, lines, classes, shards):
    """webdataset and datasets."""
    expected = {line["file_name"]: line for line in lines}
    for sample in webdataset.WebDataset(shards, shardshuffle=False, empty_check=False).decode():
        key = sample["__key__"]
        image = next(extension for extension in sample if extension not in ("cls", "json", "txt") and extension[0] != "_")
        assert "." not in key, key
        line = expected.pop(f"{os.path.basename(sample['__url__'])}/{key}.{image}")
        assert sample["json"] == line, f"{key}: the line is not the manifest's, {sample['json']} != {line}"
        assert classes[sample["cls"]] == line["label"] == sample["txt"], (sample["cls"], sample["txt"], line["label"])
        if isinstance(sample[image], bytes):  # an extension that webdataset decodes no pictures of
            Image.open(io.BytesIO(sample[image])).load()
    assert not expected, f"lines without a sample: {sorted(expected)[:3]}"
    print(f"webdataset {webdataset.__version__}: {len(lines)} samples in {len(shards)} shards, {len(classes)} classes")

    with tempfile.TemporaryDirectory() as cache:
        table = datasets.load_dataset("webdataset", data_files={"train": shards}, cache_dir=cache, split="train")
        counts = collections.Counter(table["txt"])
        assert counts == collections.Counter(line["label"] for line in lines), f"datasets: {counts}"
        print(f"datasets {datasets.__version__} webdataset: {len(table)} samples")


def main(out):
    with open(os.path.join(out, "metadata.jsonl"), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    with open(os.path.join(out, "sgid-job.json"), encoding="utf-8") as file:
        classes = json.load(file)["classes"]
    shards = sorted(glob.glob(os.path.join(glob.escape(out), "shard-*.tar")))
    if shards:
        by_shard(out, lines, classes, shards)
    else:
        by_folder(out, lines)


main(sys.argv[1])
