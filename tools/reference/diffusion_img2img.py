"""Writes `diffusion/img2img.json.gz`: whole img2img by diffusers on the tiny packs.

    python tools/reference/diffusion_img2img.py

Run it after tiny_models.py: it reads the weights out of the committed ONNX files. Every case is one call
of StableDiffusionImg2ImgPipeline, built with DDIM through its constructor, with one CPU generator. The
same call in float64 (with the same draws) says how far float32 is from the exact result: `float64Gap`.
"""

from types import SimpleNamespace
from unittest import mock

import diffusers
import numpy as np
import torch
import transformers
from PIL import Image

import diffusion_pack
import golden

BOOT = "ankle boot, a dark boot with a high heel"
BAG = "bag, a bright bag with a handle and two straps"
LONG = " ".join(["a photo of a striped shirt with two pockets and long sleeves,"] * 12)

#: What a case leaves out.
DEFAULTS = {
    "pack": ["tiny-sd1"],
    "image": "boot-32x32",
    "prompt": BOOT,
    "negativePrompt": "",
    "guidanceScale": 7.5,
    "noiseRate": 0.5,
    "steps": 20,
    "eta": 0.0,
    "seed": 0,
}
SD2 = ["tiny-sd1", "tiny-sd2"]
SHORT = ["tiny-sd1", "tokenizer-16"]
#: Its encoder graph gives the posterior's mean, which is what diffusers calls `latents`: nothing is drawn.
MODE = ["tiny-sd1", "vae-encoder-mode"]

CASES = {
    "plain": {},
    "no-prompt": {"prompt": ""},
    "blank-prompt": {"prompt": " \n\t ", "negativePrompt": "\u3000", "seed": 20},
    "negative-prompt": {"negativePrompt": "blurry, low quality"},
    "negative-prompt-unused": {"negativePrompt": "blurry, low quality", "guidanceScale": 1.0},
    "hard-prompt": {"prompt": "  ANKLE_boot: \u201cit\u2019s\u201d 3\u00d7 caf\u00e9, \u978b \U0001f462\t#1!! "},
    "long-prompt": {"prompt": LONG, "negativePrompt": LONG + " blurry"},
    "tokenizer-16": {"pack": SHORT, "prompt": "ankle boot, dark", "negativePrompt": "blurry"},
    "tokenizer-16-long": {"pack": SHORT, "prompt": LONG},
    "guidance-0": {"guidanceScale": 0.0},
    "guidance-half": {"guidanceScale": 0.5},
    "guidance-1": {"guidanceScale": 1.0},
    "guidance-1.01": {"guidanceScale": 1.01},
    "guidance-3.27": {"guidanceScale": 3.27, "seed": 5},
    "guidance-30": {"guidanceScale": 30.0},
    "guidance-100": {"guidanceScale": 100.0, "steps": 33, "noiseRate": 0.7, "eta": 0.3, "seed": 21},
    "guidance-30-long": {"guidanceScale": 30.0, "steps": 50, "noiseRate": 1.0, "seed": 6},
    "rate-0.58-of-50": {"steps": 50, "noiseRate": 0.58},
    "rate-0.05-of-20": {"noiseRate": 0.05},
    "rate-0.29-of-100": {"steps": 100, "noiseRate": 0.29, "guidanceScale": 1.0},
    "rate-0.35-of-30": {"steps": 30, "noiseRate": 0.35, "seed": 7},
    "rate-1-of-50": {"steps": 50, "noiseRate": 1.0, "seed": 8},
    "steps-1": {"steps": 1, "noiseRate": 1.0},
    "steps-2": {"steps": 2, "noiseRate": 1.0},
    "steps-3": {"steps": 3, "noiseRate": 0.7, "eta": 1.0, "seed": 22},
    "steps-7": {"steps": 7, "noiseRate": 0.9},
    "steps-999": {"image": "boot-8x8", "steps": 999, "noiseRate": 1.0, "guidanceScale": 1.0, "seed": 23},
    "steps-1000": {"image": "boot-8x8", "steps": 1000, "noiseRate": 0.999, "guidanceScale": 1.0},
    "steps-1000-eta-1": {"image": "boot-8x8", "steps": 1000, "noiseRate": 0.05, "eta": 1.0},
    "eta-1": {"eta": 1.0},
    "eta-half": {"eta": 0.5, "seed": 9},
    "eta-1-8x8": {"image": "boot-8x8", "eta": 1.0, "seed": 10},
    "seed-7": {"seed": 7, "guidanceScale": 3.0},
    "seed-7-and-32-bits": {"seed": 7 + 2**32, "guidanceScale": 3.0},
    "seed-32-bits": {"seed": 2**32 - 1},
    "seed-past-32-bits": {"seed": 123456789012345},
    "wide-40x24": {"image": "bag-40x24", "prompt": BAG, "seed": 11},
    "tall-32x48": {"image": "bag-32x48", "prompt": BAG, "seed": 12},
    "eta-1-56x40": {"image": "bag-56x40", "prompt": BAG, "eta": 1.0, "seed": 13},
    "padded-37x29": {"image": "bag-37x29", "prompt": BAG, "seed": 26},
    "padded-37x29-eta-1": {"image": "bag-37x29", "prompt": BAG, "eta": 1.0, "noiseRate": 0.9, "seed": 27},
    "flat": {"image": "white-24x24", "seed": 14},
    "mode": {"pack": MODE, "seed": 24},
    "mode-eta-1": {"pack": MODE, "eta": 1.0, "image": "bag-40x24", "prompt": BAG, "seed": 25},
    "sd2": {"pack": SD2},
    "sd2-negative-prompt": {"pack": SD2, "negativePrompt": "blurry", "image": "bag-32x48", "seed": 15},
    "sd2-padded-37x29": {"pack": SD2, "image": "bag-37x29", "prompt": BAG, "seed": 28},
    "sd2-guidance-1": {"pack": SD2, "guidanceScale": 1.0, "seed": 16},
    "sd2-guidance-30": {"pack": SD2, "guidanceScale": 30.0, "seed": 17},
    "sd2-eta-1": {"pack": SD2, "eta": 1.0, "seed": 18},
    "sd2-rate-1-of-50": {"pack": SD2, "steps": 50, "noiseRate": 1.0, "seed": 19},
}

#: Cases whose tensors of every stage are written too.
TRACED = ("steps-7", "sd2-eta-1")


def smooth_image(width: int, height: int, seed: int) -> np.ndarray:
    """Soft blobs of colour with a little grain, uint8 (height, width, 3)."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), np.int16)
    return np.clip(soft + random.integers(-6, 7, soft.shape), 0, 255).astype(np.uint8)


def images() -> dict[str, np.ndarray]:
    return {
        "boot-32x32": smooth_image(32, 32, 101),
        "boot-8x8": smooth_image(8, 8, 102),
        "bag-40x24": smooth_image(40, 24, 103),
        "bag-32x48": smooth_image(32, 48, 104),
        "bag-56x40": smooth_image(56, 40, 105),
        "bag-37x29": smooth_image(37, 29, 106),
        "white-24x24": np.full((24, 24, 3), 255, np.uint8),
    }


class Trace:
    """The tensors between the stages, seen from outside the pipeline."""

    def __init__(self, pipeline):
        self.tensors = {}
        self._pipeline = pipeline
        self._latents = []

    def __enter__(self):
        pipeline = self._pipeline
        encode_prompt, encode, prepare = pipeline.encode_prompt, pipeline.vae.encode, pipeline.prepare_latents

        def traced_prompt(*args, **kwargs):
            prompt, negative = encode_prompt(*args, **kwargs)
            self.tensors["promptEmbeddings"] = prompt
            if negative is not None:
                self.tensors["negativePromptEmbeddings"] = negative
            return prompt, negative

        def traced_encode(image, *args, **kwargs):
            out = encode(image, *args, **kwargs)
            self.tensors["imageInput"] = image
            if hasattr(out, "latent_dist"):
                self.tensors["moments"] = out.latent_dist.parameters
            return out

        def traced_prepare(*args, **kwargs):
            self.tensors["noisedLatents"] = prepare(*args, **kwargs)
            return self.tensors["noisedLatents"]

        self._patches = [
            mock.patch.object(pipeline, "encode_prompt", traced_prompt),
            mock.patch.object(pipeline.vae, "encode", traced_encode),
            mock.patch.object(pipeline, "prepare_latents", traced_prepare),
        ]
        for patch in self._patches:
            patch.start()
        return self

    def on_step(self, pipeline, index, timestep, tensors):
        self._latents.append(tensors["latents"])
        return {}

    def __exit__(self, *_):
        for patch in self._patches:
            patch.stop()
        if self._latents:
            self.tensors["latentsAfterStep"] = torch.cat(self._latents)


def padded(image: np.ndarray, vae_config: dict, unet_config: dict) -> np.ndarray:
    """Reflected up to what VAE and UNet can halve, the smaller half on the left and on top."""
    multiple = 1 << (len(vae_config["block_out_channels"]) + len(unet_config["block_out_channels"]) - 2)
    by = [-length % multiple for length in image.shape[:2]]
    return np.pad(image, [*((n // 2, n - n // 2) for n in by), (0, 0)], mode="reflect")


def generate(pipeline, image: np.ndarray, case: dict, on_step=None) -> np.ndarray:
    """The picture as floats in [0, 1], (height, width, 3)."""
    out = pipeline(
        prompt=case["prompt"],
        negative_prompt=case["negativePrompt"],
        image=Image.fromarray(padded(image, pipeline.vae.config, pipeline.unet.config)),
        strength=case["noiseRate"],
        num_inference_steps=case["steps"],
        guidance_scale=case["guidanceScale"],
        eta=case["eta"],
        generator=torch.Generator("cpu").manual_seed(case["seed"]),
        output_type="np",
        callback_on_step_end=on_step,
    )
    return out.images[0]


def float32_draws(shape, generator=None, device=None, dtype=None, layout=None):
    """diffusers' randn_tensor, but drawing in float32 whatever the dtype: the stream stays the same."""
    return torch.randn(shape, generator=generator, dtype=torch.float32).to(dtype)


def in_double(pipeline):
    """The same pipeline computing in float64. The float32 table of alphas is part of the definition."""
    double = diffusion_pack.pipeline(
        pipeline.tokenizer,
        pipeline.text_encoder.double(),
        pipeline.unet.double(),
        pipeline.vae.double(),
        diffusers.DDIMScheduler.from_config(pipeline.scheduler.config),
    )
    double.scheduler.alphas_cumprod = double.scheduler.alphas_cumprod.double()
    double.scheduler.final_alpha_cumprod = double.scheduler.final_alpha_cumprod.double()
    return double


def generate_in_double(pipeline, image: np.ndarray, case: dict) -> np.ndarray:
    modules = (
        "diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img",
        "diffusers.models.autoencoders.vae",
        "diffusers.schedulers.scheduling_ddim",
    )
    patches = [mock.patch(f"{module}.randn_tensor", float32_draws) for module in modules]
    for patch in patches:
        patch.start()
    torch.set_default_dtype(torch.float64)  # transformers' causal mask holds the lowest float64
    try:
        return generate(pipeline, image, case)
    finally:
        torch.set_default_dtype(torch.float32)
        for patch in patches:
            patch.stop()


def load(pack: tuple[str, ...]):
    pipeline = diffusion_pack.load(*(diffusion_pack.MODELS / name for name in pack if name not in MODE[1:]))
    if pack == tuple(MODE):
        encode = pipeline.vae.encode
        pipeline.vae.encode = lambda image: SimpleNamespace(latents=encode(image).latent_dist.mode())
    return pipeline


def to_bytes(image: np.ndarray) -> np.ndarray:
    """As diffusers' numpy_to_pil: half to even."""
    return (image * 255).round().astype(np.uint8)


def main() -> None:
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)  # faster for models as small as these, and sums keep their order
    inputs, written = images(), []
    packs = sorted({tuple({**DEFAULTS, **case}["pack"]) for case in CASES.values()})
    pipelines = {pack: load(pack) for pack in packs}
    doubles = {pack: in_double(load(pack)) for pack in packs}
    for name, changes in CASES.items():
        case = {**DEFAULTS, **changes}
        pipeline, image = pipelines[tuple(case["pack"])], inputs[case["image"]]
        with Trace(pipeline) as trace:
            expected = generate(pipeline, image, case, trace.on_step if name in TRACED else None)
        exact = generate_in_double(doubles[tuple(case["pack"])], image, case)
        gap = float(np.abs(expected - exact).max())
        tensors = trace.tensors.items() if name in TRACED else ()
        written.append({
            "name": name,
            **case,
            "stepsRun": min(int(case["steps"] * case["noiseRate"]), case["steps"]),
            "float64Gap": gap,
            "expected": golden.encode(expected, "f4"),
            "expectedBytes": golden.encode(to_bytes(expected), "u1"),
            "trace": {key: golden.encode(tensor.numpy(), "f4") for key, tensor in tensors},
        })
        print(f"{name}: mean {expected.mean():.3f}, deviation {expected.std():.3f}, gap {gap:.1e}", flush=True)
    modules = (diffusers, transformers, torch, np)
    golden.write("diffusion/img2img.json.gz", {
        "madeBy": "tools/reference/diffusion_img2img.py",
        "versions": {module.__name__: str(module.__version__) for module in modules},
        "images": {name: golden.encode(image, "u1") for name, image in inputs.items()},
        "cases": written,
    })


if __name__ == "__main__":
    main()
