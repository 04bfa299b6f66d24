"""Writes `models/exported.zip`: what tools/export makes of a tiny BLIP and CLIP, with domain and bounds.

`models/exported.json.gz` has transformers' cosines of three of the test images with two texts, row by row.

    python tools/reference/exported_pack.py

Needs the packages of tools/export/requirements.txt, too. The images that give it domain and bounds are drawn here.
"""

import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import BlipImageProcessor, CLIPImageProcessor

import clip_blip_models
import golden

sys.path.append(str(Path(__file__).resolve().parents[1] / "export"))
from sgid_pack import command  # noqa: E402  (found through the path above)
from sgid_pack.clip import Scorer  # noqa: E402

OUT = golden.RESOURCES / "models/exported.zip"
IMAGES, TEXTS = ("square-48x48", "landscape-64x48", "gray-28x28"), ["a photo of a boot", "a bag"]
#: What a zip file may have as its oldest time, so that one made again is the same.
TIME = (1980, 1, 1, 0, 0, 0)


def save_models(folder: Path) -> None:
    """Drawn as `tiny-blip` and `tiny-clip` are, and saved as transformers saves them."""
    tokenizer = clip_blip_models.clip_tokenizer(folder / "clip")
    clip = clip_blip_models.clip_model(tokenizer, seed=31, eos_token_id=tokenizer.eos_token_id)
    clip.save_pretrained(folder / "clip")
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(folder / "clip")
    tokenizer = clip_blip_models.blip_tokenizer(folder / "blip", dec_in_vocabulary=False)
    blip = clip_blip_models.blip_model(tokenizer, seed=32, dec_in_vocabulary=False)
    blip.save_pretrained(folder / "blip")
    BlipImageProcessor(size={"height": 48, "width": 48}).save_pretrained(folder / "blip")
    for name, licence in (("clip", "mit"), ("blip", "bsd-3-clause")):
        (folder / name / "README.md").write_text(f"---\nlicense: {licence}\n---\n", encoding="utf-8")


def draw_images(folder: Path) -> None:
    """Two classes, of bright and of dark noise."""
    random = np.random.default_rng(0)
    for name, level in (("bright", 190), ("dark", 60)):
        (folder / name).mkdir(parents=True)
        for i in range(12):
            pixels = random.normal(level, 30, (24, 24, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{i}.png")


def main() -> None:
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        save_models(folder)
        draw_images(folder / "images")
        command.main([
            "--captioner", str(folder / "blip"), "--clip", str(folder / "clip"), "--fp16",
            "--images", str(folder / "images"), "--out", str(folder / "exported")])
        with zipfile.ZipFile(OUT, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for file in sorted(path for path in (folder / "exported").rglob("*") if path.is_file()):
                name = file.relative_to(folder / "exported").as_posix()
                archive.writestr(zipfile.ZipInfo(name, TIME), file.read_bytes(), zipfile.ZIP_DEFLATED, 9)
        scorer = Scorer.load(str(folder / "clip"))
        images = [Image.open(golden.RESOURCES / f"images/{name}.png").convert("RGB") for name in IMAGES]
        cosines = scorer.embed_images(images) @ scorer.embed_texts(TEXTS).T
        golden.write("models/exported.json.gz", {"cosines": golden.encode(cosines, "f4")})
    print(f"{OUT.name}: {OUT.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
