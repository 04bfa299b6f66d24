"""Makes the pictures of an augmented folder again with diffusers, and compares.

    python tools/reference/replay.py OUT --in IN --model PACK [--limit N] [--runtime torch|onnx]

Reads OUT/metadata.jsonl, OUT/sgid-job.json, the input folder IN and the model pack alone. Prints the
largest difference of an 8-bit picture and how many pixels differ; where the pack has CLIP and BLIP, also
whether captions, similarities, prompts and guidance scales come out the same. Exit status 1 where a
picture is off by more than one level (five where sgid computed in float16) or a text or guidance scale differs, 2 where
something can't be replayed or PACK is not the job's.

`torch` (the default) computes with diffusers' and transformers' own modules, on the weights in the ONNX
initialisers. `onnx` runs the Stable Diffusion graphs by ONNX Runtime inside diffusers' pipeline.
"""

import argparse
import hashlib
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import torch
from diffusers import LCMScheduler
from PIL import Image
from transformers import BertTokenizerFast, BlipImageProcessor, CLIPImageProcessor, CLIPTokenizerFast

import diffusion_onnx
import diffusion_pack
from diffusion_pack import onnx_to_torch

sys.path.append(str(Path(__file__).resolve().parents[1] / "export"))
from sgid_pack.images import read_rgb  # noqa: E402  (found through the path above)

#: sgid's own defaults, where neither the pack nor the job says otherwise.
BEAMS, MAX_NEW_TOKENS = 3, 20
#: How many of 255 levels a picture may be off, by the numbers that sgid's graphs compute in; 2e-2 of the float image.
LEVELS = {"float32": 1, "float16": 5}
#: Similarities this close are equal: texts that CLIP's tokenizer cuts to the same tokens have equal ones.
TIE = 1e-6


class NotReplayable(Exception):
    """Something in the folders that this script can't make again, or that is not what it says."""


# --- pictures --------------------------------------------------------------------------------------


def resize(image: np.ndarray, width: int, height: int) -> np.ndarray:
    if image.shape[:2] == (height, width):
        return image
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.LANCZOS))


def fitted(image: np.ndarray, fit: dict) -> np.ndarray:
    """Scaled, then padded by reflection."""
    left, top, right, bottom = fit["padding"]
    return np.pad(resize(image, *fit["scaled"]), ((top, bottom), (left, right), (0, 0)), mode="reflect")


def undone(image: np.ndarray, fit: dict, original: np.ndarray, output_size: str) -> np.ndarray:
    """Cropped and scaled back, where the line says so."""
    if output_size == "generated":
        return image
    (width, height), (left, top, _, _) = fit["scaled"], fit["padding"]
    return resize(image[top:top + height, left:left + width], original.shape[1], original.shape[0])


def scheduled(pipeline, pack: Path, line: dict):
    """The pipeline with the scheduler of a line."""
    if line["scheduler"] not in diffusion_pack.SCHEDULERS:
        raise NotReplayable(f"{line['file_name']} was made with {line['scheduler']}, which is not known here")
    spacing, options = line.get("timestep_spacing"), line.get("scheduler_options")
    scheduler = diffusion_pack.scheduler(pack, line["scheduler"], options, spacing)
    if not isinstance(scheduler, LCMScheduler):
        # what Stable Diffusion's constructor does to any file; XL's leaves the file's, or DDIM's own where it has none
        forced = {"clip_sample": False, "steps_offset": 1}
        scheduler.register_to_config(**{key: forced[key] for key in forced if key in scheduler.config})
    return diffusion_pack.with_scheduler(pipeline, scheduler)


def generated(pipeline, image: np.ndarray, line: dict) -> np.ndarray:
    # the steps that are run decide the picture; only LCM's timesteps come of the noise rate itself
    lcm = line["scheduler"] == "LCMScheduler"
    strength = line["noise_rate"] if lcm else line.get("noise_rate_run") or line["noise_rate"]
    out = pipeline(
        prompt=line["prompt"],
        image=Image.fromarray(image),
        guidance_scale=line["guidance_scale"],
        generator=torch.Generator("cpu").manual_seed(line["seed"]),
        output_type="np",
        **diffusion_pack.length(pipeline, line["steps"], strength),
        **diffusion_pack.more_arguments(pipeline, line["negative_prompt"], line["eta"]),
    )
    return (out.images[0] * 255).round().astype(np.uint8)


# --- captions and similarities ---------------------------------------------------------------------


class Describer:
    """Captions by BLIP and similarities by CLIP, from a pack."""

    def __init__(self, pack: Path):
        manifest = read_json(pack / "sgid.json") if (pack / "sgid.json").exists() else {}
        self._clip = onnx_to_torch.clip(pack)
        self._clip_tokenizer = CLIPTokenizerFast.from_pretrained(pack / "clip")
        self._clip_processor = CLIPImageProcessor.from_pretrained(pack / "clip")
        self._blip = onnx_to_torch.blip(pack)
        self._blip_tokenizer = BertTokenizerFast.from_pretrained(pack / "blip")
        self._blip_processor = BlipImageProcessor.from_pretrained(pack / "blip")
        self._caption = manifest.get("caption", {})
        generation = pack / "blip" / "generation_config.json"
        self._generation = read_json(generation) if generation.exists() else {}

    def captions(self, image: np.ndarray, candidates: int) -> list[str]:
        """The distinct captions of a beam search, best first."""
        if self._generation.get("do_sample", False):
            raise NotReplayable("The pack samples its captions; only beam search is replayed")
        beams = max(candidates, self._generation.get("num_beams", BEAMS))
        keys = ("min_new_tokens", "min_length", "length_penalty", "repetition_penalty", "early_stopping")
        options = {key: self._generation[key] for key in keys if key in self._generation}
        longest = self._generation.get("max_length", 20)  # with the start token; 20 is transformers' "not set"
        limit = self._generation.get("max_new_tokens", MAX_NEW_TOKENS if longest == 20 else longest - 1)
        ids = self._blip.generate(
            pixel_values=self._blip_processor(Image.fromarray(image), return_tensors="pt").pixel_values,
            input_ids=self._prefix(),
            num_beams=beams,
            num_return_sequences=beams,
            max_new_tokens=self._caption.get("maxNewTokens", limit),
            do_sample=False,
            **options,
        )
        texts = (text.strip() for text in self._blip_tokenizer.batch_decode(ids, skip_special_tokens=True))
        distinct = list(dict.fromkeys(text for text in texts if text))
        return distinct[:candidates] or [""]

    def _prefix(self) -> torch.Tensor | None:
        prefix = self._caption.get("prefix", "")
        return self._blip_tokenizer(prefix, return_tensors="pt").input_ids if prefix else None

    def image_embedding(self, image: np.ndarray) -> torch.Tensor:
        pixels = self._clip_processor(Image.fromarray(image), return_tensors="pt").pixel_values
        return unit(self._clip.get_image_features(pixels))[0]

    def similarities(self, image: np.ndarray, texts: list[str]) -> list[float]:
        tokens = self._clip_tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt")
        embeddings = unit(self._clip.get_text_features(tokens.input_ids, tokens.attention_mask))
        return (embeddings @ self.image_embedding(image)).tolist()

    def similarity(self, a: np.ndarray, b: np.ndarray) -> float:
        return float(self.image_embedding(a) @ self.image_embedding(b))


def unit(embeddings: torch.Tensor) -> torch.Tensor:
    embeddings = embeddings.double()
    return embeddings / embeddings.norm(dim=-1, keepdim=True)


def guidance_scale(schedule: str, similarity: float) -> float:
    """`constant:W`, `linear:S0,S1,W0,W1` or `inverse:S0,S1,W0,W1`, rounded to two decimals."""
    kind, _, numbers = schedule.partition(":")
    values = [float(number) for number in numbers.split(",")]
    if kind == "constant":
        (scale,) = values
    elif kind in ("linear", "inverse"):
        low, high, least, most = values
        position = max(0.0, min(1.0, (similarity - low) / (high - low)))
        rise = (most - least) * position
        scale = least + rise if kind == "linear" else most - rise
    else:
        raise NotReplayable(f"{schedule!r} is no guidance schedule known here")
    return round(scale * 100) / 100


def prompt(template: str, label: str, caption: str) -> str:
    """The template filled in; only for captions that are not blank."""
    values = {"label": label.replace("_", " ").strip(), "caption": caption.strip()}
    return re.sub(r"\{(label|caption)}", lambda match: values[match.group(1)], template)


# --- the comparison --------------------------------------------------------------------------------


@dataclass
class Findings:
    """What differs, over all lines."""

    pictures: int = 0
    pixels: int = 0
    levels: int = 0
    most: int = 1
    differing_pixels: int = 0
    worst: str = ""
    captions: int = 0
    similarity: float = 0.0
    consistency: float = 0.0
    texts: list[str] = field(default_factory=list)

    def compare(self, name: str, expected: np.ndarray, actual: np.ndarray) -> None:
        if expected.shape != actual.shape:
            raise NotReplayable(f"{name} is {actual.shape[1]}x{actual.shape[0]}, not {expected.shape[1::-1]}")
        difference = np.abs(expected.astype(int) - actual.astype(int)).max(axis=2)
        self.pictures += 1
        self.pixels += difference.size
        self.differing_pixels += int((difference > 0).sum())
        if difference.max() > self.levels or not self.worst:
            self.levels, self.worst = int(difference.max()), name


def read_json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def read_lines(out: Path, limit: int | None) -> list[dict]:
    """The lines of copies; originals that stand beside them have no seed."""
    text = (out / "metadata.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    return [line for line in lines if "seed" in line][:limit]


#: What sgid calls a pack's parts, the keys of `sgid.json` that name their folders, and where they are otherwise.
PARTS = {"captioner": ("blip", "blip"), "scorer": ("clip", "clip"),
         "generator": ("stableDiffusion", "stable-diffusion")}
#: What sgid reads beside graphs, tokenizers and `sgid.json`, where it is there.
READ = ("config.json", "generation_config.json", "preprocessor_config.json", "processor_config.json",
        "scheduler/scheduler_config.json", "text_encoder/config.json", "text_encoder_2/config.json",
        "unet/config.json", "vae_decoder/config.json")
#: The files of a tokenizer without a tokenizer.json.
BUILT_FROM = ("vocab.json", "merges.txt", "vocab.txt", "special_tokens_map.json", "added_tokens.json")


def part_folder(pack: Path, part: str) -> Path:
    """Where a part of a pack is."""
    manifest = read_json(pack / "sgid.json") if (pack / "sgid.json").exists() else {}
    key, usual = PARTS[part]
    return pack / manifest.get(key, usual)


def opened(pack: Path) -> dict[str, Path]:
    """The files that sgid opens of a pack, by the names that it has for them."""
    files = {"pack/sgid.json": pack / "sgid.json"}
    for part in PARTS:
        folder = part_folder(pack, part)
        names = list(READ)
        for graph in folder.rglob("*.onnx"):
            above = graph.parent.relative_to(folder)
            names.append((above / graph.name).as_posix())
            for tensor in onnx.load(graph, load_external_data=False).graph.initializer:
                names += [(above / entry.value).as_posix() for entry in tensor.external_data if entry.key == "location"]
        for tokenizer in ("", "tokenizer/", "tokenizer_2/"):
            whole = (folder / tokenizer / "tokenizer.json").is_file()
            names += [tokenizer + name
                      for name in ("tokenizer_config.json", *(("tokenizer.json",) if whole else BUILT_FROM))]
        if "text_encoder_2/model.onnx" in names:
            names.append("model_index.json")
        files |= {f"{part}/{name}": folder / name for name in names}
    return {name: file for name, file in files.items() if file.is_file()}


def pack_digest(pack: Path) -> str:
    """The pack's identity as sgid-job.json has it: SHA-256 over the sorted lines `SHA256 NAME` of what is opened."""
    lines = [f"{file_digest(file)} {name}\n" for name, file in sorted(opened(pack).items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def file_digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_source(folder: Path, line: dict) -> np.ndarray:
    file = folder / line["source"]
    digest = file_digest(file)
    if digest != line["source_sha256"]:
        raise NotReplayable(f"{file} is not what it was: SHA-256 {digest}, the line says {line['source_sha256']}")
    return read_rgb(file)


def replay_picture(pipeline, source: np.ndarray, line: dict) -> np.ndarray:
    padded = fitted(source, line["fit"])
    if [padded.shape[1], padded.shape[0]] != line["size"]:
        raise NotReplayable(f"{line['file_name']}: the fit gives {padded.shape[1::-1]}, the line says {line['size']}")
    return undone(generated(pipeline, padded, line), line["fit"], source, line["output_size"])


def replay_texts(describer: Describer, settings: dict, source: np.ndarray, copy: np.ndarray, line: dict,
                 findings: Findings) -> None:
    """Caption, similarity, prompt, guidance and consistency of one line."""
    name = line["file_name"]
    candidates = describer.captions(source, settings["captions"])
    similarities = describer.similarities(source, candidates)
    if settings["caption_choice"] == "best":
        best = [text for text, s in zip(candidates, similarities) if s > max(similarities) - TIE]
        chosen = line["caption"] if line["caption"] in best else best[0]
    elif settings["caption_choice"] == "first":
        chosen = candidates[0]
    else:  # drawn by the JVM: any candidate will do
        chosen = line["caption"] if line["caption"] in candidates else candidates[0]
    findings.captions += 1
    if chosen != line["caption"]:
        findings.texts.append(f"{name}: caption {chosen!r}, the line says {line['caption']!r}")
    similarity = describer.similarities(source, [line["caption"]])[0]
    findings.similarity = max(findings.similarity, abs(similarity - line["similarity"]))
    findings.consistency = max(findings.consistency, abs(describer.similarity(source, copy) - line["consistency"]))
    scale = guidance_scale(settings["guidance"], line["similarity"])
    if scale != line["guidance_scale"]:
        findings.texts.append(f"{name}: guidance scale {scale}, the line says {line['guidance_scale']}")
    filled = prompt(settings["prompt"], line["label"], line["caption"])
    if line["caption"].strip() and filled != line["prompt"]:
        findings.texts.append(f"{name}: prompt {filled!r}, the line says {line['prompt']!r}")


def is_describable(pack: Path) -> bool:
    """Whether the captioner is a BLIP and the scorer a CLIP of two towers."""
    configs = [part_folder(pack, part) / "config.json" for part in ("captioner", "scorer")]
    kinds = [read_json(config).get("model_type") for config in configs if config.is_file()]
    return kinds == ["blip", "clip"] and (pack / "clip" / "vision_model.onnx").is_file()


def replay(out: Path, source_folder: Path, pack: Path, limit: int | None, runtime: str) -> Findings:
    job = read_json(out / "sgid-job.json")
    settings = job["settings"]
    if pack_digest(pack) != job["pack"]["digest"]:
        raise NotReplayable(f"{pack} is not the job's pack: its digest is {pack_digest(pack)}, "
                            f"the job's {job['pack']['digest']}")
    pipeline = diffusion_pack.load(pack) if runtime == "torch" else diffusion_onnx.load(pack)
    describer = Describer(pack) if is_describable(pack) else None
    findings = Findings(most=LEVELS[job["dtype"]])
    for line in read_lines(out, limit):
        if not line["reproducible"]:
            raise NotReplayable(f"{line['file_name']}: the pack's VAE encoder draws in its graph")
        source = read_source(source_folder, line)
        copy = read_rgb(out / line["file_name"])
        findings.compare(line["file_name"], replay_picture(scheduled(pipeline, pack, line), source, line), copy)
        if describer is not None:
            replay_texts(describer, settings, source, copy, line, findings)
    if not findings.pictures:
        raise NotReplayable(f"{out / 'metadata.jsonl'} has no line of a copy")
    return findings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder that sgid wrote")
    parser.add_argument("--in", dest="source", type=Path, required=True, metavar="IN", help="the folder it read")
    parser.add_argument("--model", type=Path, required=True, metavar="PACK", help="the model pack it used")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
    parser.add_argument("--runtime", choices=("torch", "onnx"), default="torch", help="what computes the models")
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    try:
        found = replay(options.out, options.source, options.model, options.limit, options.runtime)
    except (NotReplayable, OSError, ValueError) as e:
        print(e, file=sys.stderr)
        sys.exit(2)
    print(f"{found.pictures} pictures made again by {options.runtime}: largest difference {found.levels} of 255 "
          f"levels, at most {found.most} is right ({found.worst}), {found.differing_pixels} of {found.pixels} pixels differ")
    if found.captions:
        print(f"{found.captions} captions: largest difference of similarity {found.similarity:.1e}, of consistency "
              f"{found.consistency:.1e}; {len(found.texts)} texts or guidance scales differ")
        for text in found.texts:
            print(f"  {text}")
    else:
        print("The pack has no BLIP and CLIP of two towers: captions and similarities were not checked")
    sys.exit(1 if found.levels > found.most or found.texts else 0)


if __name__ == "__main__":
    main()
