"""Reads tar shards that sgid wrote, with the webdataset library, and checks them against their manifest.

usage: python webdataset_read.py OUT   (OUT: a folder written with --format webdataset)

Checks that every sample has a picture that decodes, a class index that goes with the label in the job file, the label's text
and the manifest's line, in the manifest's order; that no line is without a sample; and that keys have no dots. Needs
webdataset and Pillow.
"""

import glob
import io
import json
import os
import sys

import webdataset
from PIL import Image

out = sys.argv[1]
with open(os.path.join(out, "metadata.jsonl"), encoding="utf-8") as file:
    lines = [json.loads(line) for line in file]
with open(os.path.join(out, "sgid-job.json"), encoding="utf-8") as file:
    classes = json.load(file)["classes"]
shards = sorted(glob.glob(os.path.join(glob.escape(out), "shard-*.tar")))
assert shards, f"no shards in {out}"

seen = 0
for sample in webdataset.WebDataset(shards, shardshuffle=False, empty_check=False).decode():
    line = lines[seen]
    key = sample["__key__"]
    image = next(extension for extension in sample if extension not in ("cls", "json", "txt") and extension[0] != "_")
    assert "." not in key, key
    assert sample["json"] == line, f"{key}: the line is not the manifest's, {sample['json']} != {line}"
    shard, name = line["file_name"].split("/", 1)
    assert os.path.basename(sample["__url__"]) == shard and name == f"{key}.{image}", (sample["__url__"], key, line["file_name"])
    assert classes[sample["cls"]] == line["label"] == sample["txt"], (sample["cls"], sample["txt"], line["label"])
    picture = sample[image]
    if isinstance(picture, bytes):  # an extension that webdataset decodes no pictures of
        picture = Image.open(io.BytesIO(picture))
        picture.load()
    seen += 1
assert seen == len(lines), f"{seen} samples, {len(lines)} lines"
print(f"{seen} samples in {len(shards)} shards, {len(classes)} classes, as the manifest says (webdataset {webdataset.__version__})")
