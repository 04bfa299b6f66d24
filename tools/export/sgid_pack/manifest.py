"""`sgid.json`: what a pack says of itself."""

import hashlib
import json
from pathlib import Path

from huggingface_hub import ModelCard
from huggingface_hub.errors import HfHubHTTPError

NAME = "sgid.json"


def write(pack: Path, content: dict, at_end: dict | None = None) -> None:
    """Writes `content`, then the size and checksum of every file of the pack, then `at_end`."""
    files = {path.relative_to(pack).as_posix(): {"sha256": _sha256(path), "bytes": path.stat().st_size}
             for path in sorted(pack.rglob("*")) if path.is_file() and path != pack / NAME}
    text = json.dumps({**content, "files": files, **(at_end or {})}, indent=2, ensure_ascii=False)
    (pack / NAME).write_text(text + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def licence(source: str) -> str | None:
    """What the model card of a folder, or of a name on the hub, says."""
    try:
        card = ModelCard.load(Path(source) / "README.md" if Path(source).is_dir() else source).data.to_dict()
    except (OSError, ValueError, HfHubHTTPError):  # no card, or none that says anything
        return None
    named = card.get("license_name") or card.get("license")
    return ", ".join(named) if isinstance(named, list) else named
