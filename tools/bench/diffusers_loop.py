"""Times diffusers' image-to-image on the weights of fashion-mini: the peer of AugmentBenchmark.imageToImage.

    python tools/bench/diffusers_loop.py PACK [--threads N] [--seconds S] [--java jmh.json]

The pipeline is StableDiffusionImg2ImgPipeline on the weights of the pack's ONNX files: 15 of 30 DDIM steps,
guidance 7.5, images of 32x32, one by one and in batches of 8. `--java` reads what
`sgid-bench/run AugmentBenchmark.imageToImage -rf json -rff jmh.json` wrote and adds the ratio. Run both
on an idle machine, with the same number of threads.

Needs the packages of tools/fashion-mini/requirements.txt.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionImg2ImgPipeline
from PIL import Image
from transformers import CLIPTokenizerFast

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fashion-mini"))
import onnx_to_torch  # noqa: E402  (found through the path above)

SIDE = 32
BATCHES = (1, 8)
PROMPT = "ankle boot, a black ankle boot"


def pipeline(pack: Path) -> StableDiffusionImg2ImgPipeline:
    built = StableDiffusionImg2ImgPipeline(
        vae=onnx_to_torch.autoencoder(pack), text_encoder=onnx_to_torch.text_encoder(pack),
        tokenizer=CLIPTokenizerFast.from_pretrained(pack / "stable-diffusion" / "tokenizer"),
        unet=onnx_to_torch.unet(pack), scheduler=onnx_to_torch.scheduler(pack),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    built.set_progress_bar_config(disable=True)
    return built


def seconds_per_image(built: StableDiffusionImg2ImgPipeline, batch: int, seconds: float) -> float:
    """The median over calls that take about `seconds` in all, after one to warm up."""
    noise = np.random.default_rng(1)
    images = [Image.fromarray(noise.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)) for _ in range(batch)]

    def call() -> float:
        generators = [torch.Generator("cpu").manual_seed(seed) for seed in range(batch)]
        start = time.perf_counter()
        built(prompt=[PROMPT] * batch, image=images, strength=0.5, num_inference_steps=30, guidance_scale=7.5,
              generator=generators, output_type="np")
        return time.perf_counter() - start

    call()
    times: list[float] = []
    while len(times) < 5 or sum(times) < seconds:
        times.append(call())
    return float(np.median(times)) / batch


def java_seconds_per_image(results: Path) -> dict[int, float]:
    """Seconds per image by batch, from JMH's JSON."""
    found = {}
    for result in json.loads(results.read_text(encoding="utf-8")):
        if result["benchmark"].endswith("AugmentBenchmark.imageToImage"):
            assert result["primaryMetric"]["scoreUnit"] == "ms/op"
            images = int(result["params"]["images"])
            found[images] = result["primaryMetric"]["score"] / 1000 / images
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pack", type=Path)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--java", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    java = java_seconds_per_image(arguments.java) if arguments.java else {}
    built = pipeline(arguments.pack)
    for batch in BATCHES:
        own = seconds_per_image(built, batch, arguments.seconds)
        line = f"diffusers, batches of {batch}: {own:.4f} s per image"
        if batch in java:
            line += f"; sgid {java[batch]:.4f} s, {own / java[batch]:.2f} times as fast"
        print(line, flush=True)


if __name__ == "__main__":
    main()
