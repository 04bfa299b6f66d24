"""Times the whole method in Python, as transformers and diffusers offer it, on the weights of fashion-mini.

    python tools/bench/whole_method.py PACK (--data DIR | --in IN) [--images N] [--rounds N] [--threads N] [--sgid ./sgid]

Of every image: BLIP's beam search for three captions, CLIP's similarities, the guidance scale that follows, diffusers'
image-to-image (15 of 30 DDIM steps), CLIP's consistency, a PNG file. Twice: one by one, as a guidance scale per image
forces, and in batches of 8 with one scale for all. What is timed begins when the models are loaded.

`--sgid` runs `augment` on the same images in between, in the order A B C C B A, its start included, and prints the
ratios. It also says whether captions, prompts and guidance scales are those of sgid's metadata.jsonl, and how far
the pictures are from sgid's, made with sgid's seeds.

Needs the packages of tools/fashion-mini/requirements.txt.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import BertTokenizerFast, BlipImageProcessor, CLIPImageProcessor, CLIPTokenizerFast

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fashion-mini"))
import data  # noqa: E402  (found through the path above)
import onnx_to_torch  # noqa: E402
from augment import linear_guidance  # noqa: E402
from diffusers_loop import pipeline  # noqa: E402

STEPS, NOISE_RATE, CANDIDATES, BATCH, ONE_SCALE = 30, 0.5, 3, 8, 7.5


@dataclass(frozen=True)
class Made:
    """A copy and what explains it."""

    caption: str
    prompt: str
    similarity: float
    guidance_scale: float
    consistency: float
    image: np.ndarray


class Method:
    """SGID with the pack's settings, for images of the pack's own size."""

    def __init__(self, pack: Path):
        manifest = pack / "sgid.json"
        self._guidance = linear_guidance(manifest)
        self._new_tokens = json.loads(manifest.read_text(encoding="utf-8"))["caption"]["maxNewTokens"]
        self._blip, self._clip, self._pipeline = onnx_to_torch.blip(pack), onnx_to_torch.clip(pack), pipeline(pack)
        self._blip_tokenizer = BertTokenizerFast.from_pretrained(pack / "blip")
        self._blip_processor = BlipImageProcessor.from_pretrained(pack / "blip")
        self._clip_tokenizer = CLIPTokenizerFast.from_pretrained(pack / "clip")
        self._clip_processor = CLIPImageProcessor.from_pretrained(pack / "clip")

    def make(self, images: list[Image.Image], labels: list[str], seeds: list[int], scale: float | None) -> list[Made]:
        """A copy of each; with one guidance scale for all, or with its own, which several images can't share a call for."""
        embeddings = self._image_embeddings(images)
        chosen = [self._best(candidates, embedding)
                  for candidates, embedding in zip(self._captions(images), embeddings)]
        prompts = [f"{label.replace('_', ' ')}, {caption}" for label, (caption, _) in zip(labels, chosen)]
        scales = [self._scale(similarity) if scale is None else scale for _, similarity in chosen]
        assert len(set(scales)) == 1
        pictures = self._pipeline(
            prompt=prompts, image=images, strength=NOISE_RATE, num_inference_steps=STEPS, guidance_scale=scales[0],
            generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds], output_type="np").images
        copies = [np.rint(picture * 255).astype(np.uint8) for picture in pictures]
        consistencies = (self._image_embeddings([Image.fromarray(copy) for copy in copies]) * embeddings).sum(dim=1)
        return [Made(caption, prompt, similarity, scales[0], consistency, copy)
                for (caption, similarity), prompt, consistency, copy
                in zip(chosen, prompts, consistencies.tolist(), copies)]

    def _captions(self, images: list[Image.Image]) -> list[list[str]]:
        """The distinct captions of a beam search for each image, best first."""
        ids = self._blip.generate(
            pixel_values=self._blip_processor(images, return_tensors="pt").pixel_values, num_beams=CANDIDATES,
            num_return_sequences=CANDIDATES, max_new_tokens=self._new_tokens, do_sample=False)
        texts = [text.strip() for text in self._blip_tokenizer.batch_decode(ids, skip_special_tokens=True)]
        return [list(dict.fromkeys(texts[i:i + CANDIDATES])) for i in range(0, len(texts), CANDIDATES)]

    def _image_embeddings(self, images: list[Image.Image]) -> torch.Tensor:
        pixels = self._clip_processor(images, return_tensors="pt").pixel_values
        return torch.nn.functional.normalize(self._clip.get_image_features(pixels), dim=-1)

    def _best(self, candidates: list[str], image: torch.Tensor) -> tuple[str, float]:
        tokens = self._clip_tokenizer(candidates, padding="max_length", truncation=True, return_tensors="pt")
        features = self._clip.get_text_features(tokens.input_ids, tokens.attention_mask)
        similarities = torch.nn.functional.normalize(features, dim=-1) @ image
        best = int(similarities.argmax())
        return candidates[best], float(similarities[best])

    def _scale(self, similarity: float) -> float:
        low, high, least, most = self._guidance
        return round(least + max(0.0, min(1.0, (similarity - low) / (high - low))) * (most - least), 2)


# --- what is timed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seconds:
    """On the clock, and of all processors together."""

    wall: float
    cpu: float


def python_pass(method: Method, files: list[Path], seeds: list[int], out: Path, batch: int,
                scale: float | None) -> tuple[Seconds, list[Made]]:
    """All images once, from the files to the files."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = []
    for i in range(0, len(files), batch):
        part = files[i:i + batch]
        images = [Image.open(file).convert("RGB") for file in part]
        for file, copy in zip(part, method.make(images, [file.parent.name for file in part], seeds[i:i + batch], scale)):
            made.append(copy)
            target = out / file.parent.name / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(copy.image).save(target)
    return Seconds(time.perf_counter() - wall, time.process_time() - cpu), made


def sgid_pass(command: Path, source: Path, out: Path) -> Seconds:
    spaced = "--timestep-spacing" in subprocess.run(
        [command, "augment", "--help"], check=True, capture_output=True, text=True).stdout
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([command, "augment", source, out, "--overwrite", "--quiet", "--steps", str(STEPS),
                    "--noise-rate", str(NOISE_RATE), *(("--timestep-spacing", "leading") if spaced else ())], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Seconds(time.perf_counter() - wall,
                   after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


# --- what is said --------------------------------------------------------------------------------------------------


def compare(lines: list[dict], files: list[Path], made: list[Made], out: Path) -> None:
    """What sgid says of every image against what was made here. Captions of equal similarity are equal."""
    by_source = {Path(line["source"]).name: line for line in lines}
    captions = prompts = scales = levels = 0
    similarity = consistency = 0.0
    for file, copy in zip(files, made):
        line = by_source[file.name]
        captions += line["caption"] != copy.caption
        prompts += line["prompt"] != copy.prompt
        scales += line["guidance_scale"] != copy.guidance_scale
        similarity = max(similarity, abs(line["similarity"] - copy.similarity))
        consistency = max(consistency, abs(line["consistency"] - copy.consistency))
        picture = np.asarray(Image.open(out / line["file_name"]).convert("RGB")).astype(int)
        levels = max(levels, int(np.abs(picture - copy.image).max()))
    print(f"against sgid, of {len(files)} images: {captions} captions, {prompts} prompts and {scales} guidance scales "
          f"differ; similarities by at most {similarity:.1e}, consistencies {consistency:.1e}, pictures {levels} levels")


def rate(images: int, times: list[Seconds]) -> str:
    return (f"{images / statistics.median(one.wall for one in times):.2f} images/s, "
            f"{1000 * statistics.median(one.cpu for one in times) / images:.0f} ms of CPU per image")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pack", type=Path)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--data", type=Path, help="folder with the Fashion-MNIST idx files")
    where.add_argument("--in", dest="source", type=Path, help="a folder that holds one folder of 32x32 images per class")
    parser.add_argument("--images", type=int, default=200, help="how many of Fashion-MNIST's last 10,000 training images")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--sgid", type=Path, help="the sgid command")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_grad_enabled(False)
    with tempfile.TemporaryDirectory() as folder:
        run(arguments, Path(folder))


def fashion(data_folder: Path, out: Path, count: int) -> Path:
    split = data.validation_split(data_folder).first(count)
    for i, (image, label) in enumerate(zip(split.images, split.labels)):
        file = out / data.LABELS[label] / f"fashion-{data.TRAIN_IMAGES + i}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(file)
    return out


def run(arguments: argparse.Namespace, work: Path) -> None:
    source = arguments.source or fashion(arguments.data, work / "in", arguments.images)
    files = sorted(file for file in source.rglob("*") if file.is_file())
    method, sgid_out = Method(arguments.pack), work / "sgid"
    seeds, lines = list(range(len(files))), []
    if arguments.sgid:
        sgid_pass(arguments.sgid.resolve(), source, sgid_out)  # builds it, and tells the seeds
        lines = [json.loads(line) for line in (sgid_out / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]
        by_source = {Path(line["source"]).name: line["seed"] for line in lines}
        seeds = [by_source[file.name] for file in files]
    last: list[Made] = []

    def one_by_one() -> Seconds:
        nonlocal last
        seconds, last = python_pass(method, files, seeds, work / "python", 1, None)
        return seconds

    passes = {"Python, one by one": one_by_one,
              f"Python, batches of {BATCH}":
                  lambda: python_pass(method, files, seeds, work / "python", BATCH, ONE_SCALE)[0]}
    if arguments.sgid:
        passes["sgid, whole command"] = lambda: sgid_pass(arguments.sgid.resolve(), source, sgid_out)
    python_pass(method, files[:BATCH], seeds, work / "python", BATCH, ONE_SCALE)  # warms up
    times: dict[str, list[Seconds]] = {name: [] for name in passes}
    for number in range(arguments.rounds):
        for name in passes if number % 2 == 0 else reversed(passes):
            times[name].append(passes[name]())
            print(f"round {number + 1}: {name}: {rate(len(files), times[name][-1:])}", flush=True)
    for name, found in times.items():
        print(f"{name}: {rate(len(files), found)}")
        if arguments.sgid and not name.startswith("sgid"):
            own = times["sgid, whole command"]
            walls = [other.wall / one.wall for other, one in zip(found, own)]
            cpus = [other.cpu / one.cpu for other, one in zip(found, own)]
            print(f"  sgid is {statistics.median(walls):.2f} times as fast ({min(walls):.2f} to {max(walls):.2f}), "
                  f"and takes {1 / statistics.median(cpus):.2f} of the CPU seconds")
    if arguments.sgid:
        compare(lines, files, last, sgid_out)


if __name__ == "__main__":
    main()
