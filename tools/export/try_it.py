"""Exports random models, augments images with the packs, and has diffusers and transformers make the same again.

    python tools/export/try_it.py WORK [CASE …]

Pictures are made again from the pack (tools/reference/replay.py), captions and similarities by the models that were exported.
Models and packs go to WORK, and stay there. The cases are those of `CASES`; without any, all but `full-size` are run, which
makes 4 GB of weights and wants 10 GB of memory. Needs PyPI's open_clip_torch (with --no-deps) for CLIP's vocabulary,
and a JDK and Maven for ./sgid.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import save_file

import random_models
from PIL import Image
from sgid_pack.captioner import Captioner
from sgid_pack.clip import Scorer

ROOT = Path(__file__).resolve().parents[2]
FASHION = ROOT / "sgid-examples/data/fashion"
EMBEDDED = "fashion_mini"
IMAGES = 4
#: How far a similarity may be from that of the model that was exported.
SIMILARITY, SIMILARITY_FLOAT16 = 1e-5, 2e-2
#: Similarities this close are equal.
TIE = 1e-6


@dataclass(frozen=True)
class Case:
    """What is exported and how.

    :param parts: the option of each part, and the function of random_models that makes it, perhaps with a folder of it
    :param options: more for the exporter
    :param augment: more for ./sgid
    """

    parts: dict[str, str]
    options: list[str] = field(default_factory=list)
    augment: list[str] = field(default_factory=lambda: ["--steps", "6", "--noise-rate", "0.7"])


#: Trained, so that captions are words.
DESCRIBERS = {"--captioner": f"{EMBEDDED}/blip", "--clip": f"{EMBEDDED}/clip"}
CASES = {
    "fashion-mini": Case(DESCRIBERS | {"--stable-diffusion": f"{EMBEDDED}/stable-diffusion"},
                         ["--images", str(FASHION)], []),
    "blip-base-clip-b32": Case({"--captioner": "blip", "--clip": "clip", "--stable-diffusion": "stable_diffusion"}),
    "vit-gpt2-siglip": Case({"--captioner": "vit_gpt2", "--clip": "siglip", "--stable-diffusion": "stable_diffusion"}),
    "sd1-float16": Case(DESCRIBERS | {"--stable-diffusion": "stable_diffusion"}, ["--fp16"]),
    "sd1-lora": Case(DESCRIBERS | {"--stable-diffusion": "stable_diffusion"}, ["--lora", "LORA:0.8"]),
    "lcm": Case(DESCRIBERS | {"--stable-diffusion": "latent_consistency"}, augment=[]),
    "sdxl": Case(DESCRIBERS | {"--stable-diffusion": "stable_diffusion_xl"}),
    "sdxl-float16": Case(DESCRIBERS | {"--stable-diffusion": "stable_diffusion_xl"}, ["--fp16"]),
    "full-size": Case(DESCRIBERS | {"--stable-diffusion": "stable_diffusion_15"}, augment=["--steps", "2", "--size", "256x256"]),
}


def run(*command: object) -> None:
    started = time.monotonic()
    subprocess.run([str(word) for word in command], check=True, cwd=ROOT)
    print(f"  {Path(str(command[1])).name if str(command[0]) == sys.executable else command[0]}: "
          f"{time.monotonic() - started:.0f} s", flush=True)


def model(work: Path, name: str) -> Path:
    """The folder of a model, made where it is not there yet."""
    folder = work / "models" / name.split("/")[0]
    if not folder.exists():
        making = folder.with_name(folder.name + ".making")
        shutil.rmtree(making, ignore_errors=True)
        getattr(random_models, folder.name)(making)
        making.rename(folder)
    return work / "models" / name


def lora(work: Path) -> Path:
    """For the attention of the small Stable Diffusion 1, as kohya's scripts write it."""
    file, random, weights = work / "models" / "kohya.safetensors", torch.Generator().manual_seed(20), {}
    for side in ("to_q", "to_v", "to_k"):
        name = f"lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_{side}"
        width = 16 if side == "to_q" else 32
        weights |= {f"{name}.lora_down.weight": torch.randn((4, width), generator=random),
                    f"{name}.lora_up.weight": torch.randn((16, 4), generator=random), f"{name}.alpha": torch.tensor(2.0)}
    name = "lora_te_text_model_encoder_layers_0_self_attn_out_proj"
    weights |= {f"{name}.lora_down.weight": torch.randn((4, 32), generator=random),
                f"{name}.lora_up.weight": torch.randn((32, 4), generator=random), f"{name}.alpha": torch.tensor(2.0)}
    save_file(weights, file)
    return file


def images(work: Path) -> Path:
    """A few of the example's."""
    folder = work / "images"
    for file in sorted(FASHION.glob("*/*.png"))[:: 40 // IMAGES][:IMAGES]:
        (folder / file.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, folder / file.parent.name)
    return folder


def hold_captions(case: Case, work: Path, out: Path) -> None:
    """Whether each line has the best of the captions that the exported captioner finds, and its similarity."""
    captioner = Captioner.load(str(model(work, case.parts["--captioner"])))
    scorer = Scorer.load(str(model(work, case.parts["--clip"])))
    bound = SIMILARITY_FLOAT16 if "--fp16" in case.options else SIMILARITY
    lines = [json.loads(line) for line in (out / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]
    furthest = 0.0
    for line in lines:
        image = Image.open(images(work) / line["source"]).convert("RGB")
        texts = captioner.captions([image])[0]
        cosines = dict(zip(texts, (scorer.embed_texts(texts) @ scorer.embed_images([image])[0]).tolist()))
        if cosines.get(line["caption"], -2.0) < max(cosines.values()) - TIE:
            sys.exit(f"{line['file_name']}: the caption is {line['caption']!r}, transformers has {cosines}")
        furthest = max(furthest, abs(cosines[line["caption"]] - line["similarity"]))
    print(f"{len(lines)} captions as transformers has them from the models that were exported; similarities within "
          f"{furthest:.1e} of theirs (at most {bound})")
    if furthest > bound:
        sys.exit(1)


def try_one(work: Path, name: str) -> None:
    print(f"== {name}", flush=True)
    case, pack, out = CASES[name], work / "packs" / name, work / "out" / name
    for folder in (pack, out):
        shutil.rmtree(folder, ignore_errors=True)
    parts = [word for option, part in case.parts.items() for word in (option, model(work, part))]
    options = [option.replace("LORA", str(lora(work))) if "LORA" in option else option for option in case.options]
    run(sys.executable, "tools/export/sgid_export.py", *parts, *options, "--out", pack)
    run("./sgid", "augment", images(work), out, "--model", pack, "--no-report", *case.augment)
    run(sys.executable, "tools/reference/replay.py", out, "--in", images(work), "--model", pack)
    hold_captions(case, work, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, metavar="WORK")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    arguments = parser.parse_args()
    for name in arguments.cases or [name for name in CASES if name != "full-size"]:
        try_one(arguments.work.absolute(), name)


if __name__ == "__main__":
    main()
