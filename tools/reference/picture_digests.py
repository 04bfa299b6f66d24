"""Says which pixels a run of `sgid augment` gave, to be compared with what a later version gives.

    git checkout 3d5f060 && mvn -q package -DskipTests
    ./sgid augment --device cpu --copies 2 sgid-examples/data/fashion OUT
    python tools/reference/picture_digests.py OUT \\
        > sgid-models-mini/src/test/resources/dev/sgid/models/mini/pictures-of-3d5f060.txt

A line is `SHA256 CLASS/NAME`, in the order of the run's manifest; the digest is over the picture's bytes, red, green
and blue, row by row.
"""

import hashlib
import json
import sys
from pathlib import Path

from PIL import Image


def main() -> None:
    out = Path(sys.argv[1])
    for line in (out / "metadata.jsonl").read_text(encoding="utf-8").splitlines():
        name = json.loads(line)["file_name"]
        with Image.open(out / name) as image:
            print(hashlib.sha256(image.convert("RGB").tobytes()).hexdigest(), name)


if __name__ == "__main__":
    main()
