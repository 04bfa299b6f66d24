"""Makes a model pack for sgid from models as PyTorch has them, and checks every part against the original.

    python tools/export/sgid_export.py --stable-diffusion DIR_OR_ID --captioner DIR_OR_ID --clip DIR_OR_ID --out PACK

Each part is a folder as `save_pretrained` writes it, or the name of a model on the Hugging Face hub; a part that is left out
is not in the pack. With --images, a folder of your own images with a subfolder for each class, the pack also says what it was
made for, and its guidance is spread over the similarities that these images have.
"""

import argparse
import gc
import logging
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from . import clip, diffusion, manifest
from .captioner import Captioner
from .check import ExportError
from .clip import Scorer
from .images import Images, bounds, chosen_similarities, domain
from .lora import Lora, Loras

#: Guidance where similarity is low and where it is high, as everywhere in sgid.
SCALES = (3, 7.5)
PACKAGES = ("torch", "diffusers", "transformers", "onnx", "onnxruntime")


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="sgid-export", description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--stable-diffusion", metavar="DIR_OR_ID", help="1, 2, XL, or what was distilled from them")
    options.add_argument("--captioner", metavar="DIR_OR_ID", help="a BLIP or a ViT-GPT2")
    options.add_argument("--clip", metavar="DIR_OR_ID", help="a CLIP or a SigLIP")
    options.add_argument("--out", type=Path, required=True, metavar="PACK", help="the folder to make; it must not be there")
    options.add_argument("--name", help="of the pack; PACK's last part where absent")
    options.add_argument("--images", type=Path, metavar="FOLDER", help="your images, a subfolder for each class")
    options.add_argument("--fp16", action="store_true",
                         help="Stable Diffusion computes in float16, the others keep their weights in it")
    options.add_argument("--lora", action="append", default=[], metavar="FILE[:WEIGHT]",
                         help="a LoRA to put into Stable Diffusion, several by several options")
    options.add_argument("--scheduler", metavar="CLASS",
                         help="what scheduler_config.json is to name: LCMScheduler with a LoRA of LCM")
    return options


def main(arguments: list[str] | None = None) -> None:
    wanted = parser().parse_args(arguments)
    for library in ("diffusers", "transformers", "optimum"):
        logging.getLogger(library).setLevel(logging.ERROR)  # what they say of tracing and of old configs
    try:
        make(wanted)
    except ExportError as e:
        sys.exit(f"sgid-export: {e}")
    except KeyboardInterrupt:
        sys.exit("sgid-export: interrupted; nothing was written")


def make(wanted: argparse.Namespace) -> None:
    """Makes the pack in a folder beside it, which takes its name at the end."""
    out = wanted.out.absolute()
    if not (wanted.stable_diffusion or wanted.captioner or wanted.clip):
        raise ExportError("give at least one of --stable-diffusion, --captioner and --clip")
    if out.exists():
        raise ExportError(f"{out} is there already; remove it, or name another folder")
    if (wanted.lora or wanted.scheduler) and not wanted.stable_diffusion:
        raise ExportError("--lora and --scheduler are for --stable-diffusion, which is not given")
    if wanted.images and not wanted.clip:
        raise ExportError("--images wants --clip, whose embeddings say where the images lie")
    loras = Loras([Lora.parse(text) for text in wanted.lora])
    source = diffusion.Source.of(wanted.stable_diffusion) if wanted.stable_diffusion else None
    images = Images.of(wanted.images) if wanted.images else None
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".partial", dir=out.parent))
    try:
        content = {"format": 1, "name": wanted.name or out.name, "version": "1.0.0"}
        content |= _parts(wanted, source, loras, images, partial)
        manifest.write(partial, content, {"exporter": {name: version(name) for name in PACKAGES}})
        partial.chmod(0o755)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    print(f"{out}: {sum(file.stat().st_size for file in out.rglob('*') if file.is_file()) / 2 ** 20:.0f} MiB, "
          "every part within its bound")


def _parts(wanted: argparse.Namespace, source: diffusion.Source | None, loras: Loras, images: Images | None,
           out: Path) -> dict:
    """Exports one part after the other, each freed before the next; what sgid.json is to say of them."""
    content, licences, captions, similarity = {}, {}, None, None
    if wanted.captioner:
        print(f"captioner: {wanted.captioner}", flush=True)
        captioner = Captioner.load(wanted.captioner)
        folder = "blip" if captioner.kind.__name__.endswith("blip") else "captioner"
        captioner.kind.export(captioner.model, wanted.captioner, out / folder, wanted.fp16)
        captions = captioner.captions(images.captioned().open()) if images else None
        content["blip"] = folder
        licences[folder] = manifest.licence(wanted.captioner)
        del captioner
        gc.collect()
    if wanted.clip:
        print(f"clip: {wanted.clip}", flush=True)
        scorer = Scorer.load(wanted.clip)
        clip.export(scorer, out / "clip", wanted.fp16)
        content |= {"clip": "clip",
                    "zero_shot": {"logit_scale": round(scorer.logit_scale, 4), "prompt": "a photo of a {label}"}}
        licences["clip"] = manifest.licence(wanted.clip)
        if images:
            content["domain"] = _domain(scorer, images)
            similarity = _similarity(scorer, images.captioned(), captions) if captions else None
        del scorer
        gc.collect()
    if source:
        print(f"stable-diffusion: {source.name}", flush=True)
        takes_guidance = diffusion.export(source, out / "stable-diffusion", wanted.fp16, loras, wanted.scheduler)
        content["stableDiffusion"] = "stable-diffusion"
        licences["stable-diffusion"] = manifest.licence(source.name)
        if similarity and not takes_guidance:
            print("  guidance: is in this model already, so the similarities set no bounds for it")
            similarity = None
    if similarity:
        content["defaults"] = {"guidance": "linear:" + ",".join(f"{bound:g}" for bound in (*similarity, *SCALES))}
    content["licences"] = {part: named for part, named in licences.items() if named}
    return content


def _domain(scorer: Scorer, images: Images) -> dict:
    found = domain(scorer.embed_images(images.open()), images.classes)
    print(f"  domain: {len(images.files)} images in {len(found['centres'])} classes; far is beyond {found['far']:g}")
    return found


def _similarity(scorer: Scorer, images: Images, captions: list[list[str]]) -> tuple[float, float] | None:
    distinct = list(dict.fromkeys(text for row in captions for text in row))
    texts = dict(zip(distinct, scorer.embed_texts(distinct)))
    low, high = bounds(chosen_similarities(scorer.embed_images(images.open()), captions, texts))
    if low == high:
        print(f"  guidance: all {len(captions)} similarities are {low:g}, which sets no bounds")
        return None
    print(f"  guidance: similarities from {low:g} to {high:g} in {len(captions)} images")
    return low, high
