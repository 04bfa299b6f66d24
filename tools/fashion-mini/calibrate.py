"""Measures the bounds of the default guidance schedule on training images and writes `sgid.json`."""

from pathlib import Path

import data
from augment import Pack
from export import write_manifest
from sgid_pack.images import bounds  # found through the path that export adds

IMAGES = 1_000

#: Guidance at the two similarity bounds, chosen on validation images.
SCALES = (5.0, 10.0)


def calibrate(pack_folder: Path, data_folder: Path) -> None:
    """The similarities of training images with their chosen captions, from the 5 % to the 95 % quantile."""
    images = data.training_split(data_folder).images[:IMAGES]
    similarities = Pack(pack_folder).describe(data.to_tensor(images)).similarities
    low, high = bounds(similarities)
    print(f"similarity {low} to {high}")
    write_manifest(pack_folder, (low, high), SCALES)
