"""Writes the index by which sgid finds a model pack in a jar.

    python tools/pack_index.py sgid-models-mini/src/main/resources dev/sgid/models/fashion-mini

The first argument is the resource folder of the jar, the second the pack's folder in it. The index is
META-INF/sgid/pack.index: a line `pack NAME VERSION` (from sgid.json), a line `root FOLDER`, and a line
`SHA256 BYTES PATH` for every file of the pack.
"""

import hashlib
import json
import sys
from pathlib import Path


def main() -> None:
    resources, root = Path(sys.argv[1]), sys.argv[2].strip("/")
    pack = resources / root
    manifest = json.loads((pack / "sgid.json").read_text(encoding="utf-8"))
    lines = [f"pack {manifest['name']} {manifest['version']}", f"root {root}"]
    for file in sorted(path for path in pack.rglob("*") if path.is_file()):
        content = file.read_bytes()
        lines.append(f"{hashlib.sha256(content).hexdigest()} {len(content)} {file.relative_to(pack).as_posix()}")
    index = resources / "META-INF/sgid/pack.index"
    index.parent.mkdir(parents=True, exist_ok=True)
    index.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{index}: {len(lines) - 2} files")


if __name__ == "__main__":
    main()
