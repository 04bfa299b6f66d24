"""Writes `diffusion/img2img-xl.json.gz`: whole img2img with Stable Diffusion XL.

    python tools/reference/diffusion_xl_img2img.py

By diffusers' StableDiffusionXLImg2ImgPipeline on the packs of tiny_xl_models.py, which is to be run before. One case
comes with every tensor in between. An empty negative prompt is none: `negative_prompt=None`.
"""

import json
from unittest import mock

import diffusers
import numpy as np
import torch
import transformers
from diffusers import StableDiffusionXLImg2ImgPipeline, UNet2DConditionModel
from PIL import Image
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizerFast

import diffusion_pack
import golden
from diffusion_img2img import BAG, BOOT, LONG, Trace, padded, smooth_image, to_bytes
from diffusion_solvers import ANCESTRAL, DDIM, DPM, EULER, LCM
from onnx_to_torch import _fill, weights

XL = ["tiny-sd1", "tiny-sdxl"]
INT64 = [*XL, "tiny-sdxl-int64"]
ENCODES = [*XL, "tiny-sdxl-encodes-empty"]
TURBO = [*XL, "tiny-sdxl-turbo"]
MEAN = [*XL, "tiny-sdxl-mean"]

#: What a case leaves out.
DEFAULTS = {
    "pack": XL,
    "image": "boot-32x32",
    "prompt": BOOT,
    "negativePrompt": "",
    "guidanceScale": 5.0,
    "noiseRate": 0.5,
    "steps": 10,
    "scheduler": EULER,
    "options": {},
    "spacing": None,
    "eta": 0.0,
    "seed": 0,
}

CASES = {
    "xl": {},
    "xl-trace": {"steps": 4, "negativePrompt": "blurry, low quality", "image": "bag-40x24", "prompt": BAG, "seed": 1},
    "xl-trace-zeros": {"steps": 2, "seed": 2},
    "xl-no-prompt": {"prompt": "", "seed": 3},
    "xl-negative-prompt": {"negativePrompt": "blurry, low quality", "seed": 4},
    "xl-blank-negative-prompt": {"negativePrompt": " ", "seed": 4},
    "xl-long-prompt": {"prompt": LONG, "negativePrompt": LONG + " blurry", "seed": 5},
    "xl-encodes-empty": {"pack": ENCODES},
    "xl-encodes-empty-ddim": {"pack": ENCODES, "scheduler": DDIM, "noiseRate": 0.8, "seed": 6},
    "xl-encodes-negative": {"pack": ENCODES, "negativePrompt": "blurry", "seed": 7},
    "xl-guidance-0": {"guidanceScale": 0.0, "seed": 8},
    "xl-guidance-half": {"guidanceScale": 0.5, "negativePrompt": "blurry", "seed": 8},
    "xl-guidance-1": {"guidanceScale": 1.0, "seed": 8},
    "xl-guidance-1.01": {"guidanceScale": 1.01, "seed": 8},
    "xl-guidance-7.5": {"guidanceScale": 7.5, "steps": 20, "noiseRate": 0.3, "seed": 9},
    "xl-rate-1-of-30": {"steps": 30, "noiseRate": 1.0, "seed": 10},
    "xl-rate-0.05-of-20": {"steps": 20, "noiseRate": 0.05, "seed": 11},
    "xl-ddim": {"scheduler": DDIM, "steps": 20, "seed": 12},
    "xl-ddim-eta": {"scheduler": DDIM, "eta": 1.0, "noiseRate": 0.7, "seed": 13},
    "xl-dpm": {"scheduler": DPM, "steps": 12, "noiseRate": 0.66, "seed": 14},
    "xl-lcm": {"scheduler": LCM, "steps": 4, "guidanceScale": 1.0, "seed": 25},
    "xl-lcm-guided": {"scheduler": LCM, "steps": 3, "noiseRate": 0.8, "guidanceScale": 1.5, "seed": 26},
    "xl-wide-40x24": {"image": "bag-40x24", "prompt": BAG, "seed": 15},
    "xl-tall-32x48": {"image": "bag-32x48", "prompt": BAG, "seed": 16},
    "xl-padded-37x29": {"image": "bag-37x29", "prompt": BAG, "seed": 17},
    "xl-int64": {"pack": INT64, "scheduler": DDIM, "seed": 18},
    "xl-int64-wide": {"pack": INT64, "image": "bag-40x24", "prompt": BAG, "negativePrompt": "blurry",
                      "scheduler": DDIM, "noiseRate": 0.9, "seed": 19},
    "xl-turbo-2-of-4": {"pack": TURBO, "scheduler": ANCESTRAL, "steps": 4, "guidanceScale": 1.0, "seed": 20},
    "xl-turbo-1": {"pack": TURBO, "scheduler": ANCESTRAL, "steps": 1, "noiseRate": 1.0, "guidanceScale": 0.0,
                   "seed": 21},
    "xl-turbo-euler": {"pack": TURBO, "steps": 4, "noiseRate": 0.75, "guidanceScale": 1.0, "seed": 22},
    "xl-mean": {"pack": MEAN, "seed": 23},
    "xl-mean-rate-0.9": {"pack": MEAN, "image": "bag-40x24", "prompt": BAG, "noiseRate": 0.9, "seed": 24},
}

#: Cases whose tensors of every stage are written too.
TRACED = ("xl-trace", "xl-trace-zeros")


def owner(pack: list[str], file: str):
    """The file of the last folder that has it."""
    found = [diffusion_pack.MODELS / name / "stable-diffusion" / file for name in pack]
    return [path for path in found if path.exists()][-1]


def config(pack: list[str], file: str) -> dict:
    return json.loads(owner(pack, file).read_text(encoding="utf-8"))


def text_encoder(kind, pack: list[str], part: str):
    return _fill(kind(CLIPTextConfig(**config(pack, f"{part}/config.json"))), weights(owner(pack, f"{part}/model.onnx")))


def load(pack: list[str], scheduler) -> StableDiffusionXLImg2ImgPipeline:
    # the graphs of tiny-sdxl-int64 have the weights of tiny-sdxl, and not beside them
    graphs = [name for name in pack if name != INT64[-1]]
    vae = diffusers.AutoencoderKL.from_config(config(pack, "vae_encoder/config.json"))
    return diffusion_pack.xl_pipeline(
        config(pack, "model_index.json")["force_zeros_for_empty_prompt"],
        vae=_fill(vae, weights(*(owner(pack, f"vae_{part}/model.onnx") for part in ("encoder", "decoder")))),
        text_encoder=text_encoder(CLIPTextModel, graphs, "text_encoder"),
        text_encoder_2=text_encoder(CLIPTextModelWithProjection, graphs, "text_encoder_2"),
        tokenizer=CLIPTokenizerFast.from_pretrained(owner(pack, "tokenizer")),
        tokenizer_2=CLIPTokenizerFast.from_pretrained(owner(pack, "tokenizer_2")),
        unet=_fill(
            UNet2DConditionModel.from_config(config(pack, "unet/config.json")),
            weights(owner(graphs, "unet/model.onnx")),
        ),
        scheduler=scheduler,
    )


class XlTrace(Trace):
    """The tensors between the stages, and the first call of the UNet."""

    def __enter__(self):
        pipeline = self._pipeline
        encode_prompt, unet = pipeline.encode_prompt, pipeline.unet.forward

        def traced_prompt(*args, **kwargs):
            encoded = encode_prompt(*args, **kwargs)
            names = ("promptEmbeddings", "negativePromptEmbeddings", "pooled", "negativePooled")
            self.tensors.update({name: tensor for name, tensor in zip(names, encoded) if tensor is not None})
            return encoded

        def traced_unet(sample, timestep, **kwargs):
            out = unet(sample, timestep, **kwargs)
            self.tensors.setdefault("unetSample", sample)
            self.tensors.setdefault("unetTimestep", timestep.reshape(1).float())
            self.tensors.setdefault("timeIds", kwargs["added_cond_kwargs"]["time_ids"])
            self.tensors.setdefault("unetOutput", out[0])
            return out

        super().__enter__()
        more = [
            mock.patch.object(pipeline, "encode_prompt", traced_prompt),
            mock.patch.object(pipeline.unet, "forward", traced_unet),
        ]
        for patch in more:
            patch.start()
        self._patches = more + self._patches
        return self


def generate(built, image: np.ndarray, case: dict, on_step) -> np.ndarray:
    """The picture as floats in [0, 1], (height, width, 3)."""
    out = built(
        prompt=case["prompt"],
        image=Image.fromarray(padded(image, built.vae.config, built.unet.config)),
        guidance_scale=case["guidanceScale"],
        generator=torch.Generator("cpu").manual_seed(case["seed"]),
        output_type="np",
        callback_on_step_end=on_step,
        **diffusion_pack.length(built, case["steps"], case["noiseRate"]),
        **diffusion_pack.more_arguments(built, case["negativePrompt"], case["eta"]),
    )
    return out.images[0]


def main() -> None:
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)  # faster for models as small as these, and sums keep their order
    inputs = {
        "boot-32x32": smooth_image(32, 32, 121),
        "bag-40x24": smooth_image(40, 24, 122),
        "bag-32x48": smooth_image(32, 48, 123),
        "bag-37x29": smooth_image(37, 29, 124),
    }
    written = []
    for name, changes in CASES.items():
        case = {**DEFAULTS, **changes}
        changed = {"timestep_spacing": case["spacing"]} if case["spacing"] else {}
        kind = diffusion_pack.SCHEDULERS[case["scheduler"]]
        scheduler = kind.from_config(config(case["pack"], "scheduler/scheduler_config.json"), **changed)
        with XlTrace(load(case["pack"], scheduler)) as trace:
            expected = generate(trace._pipeline, inputs[case["image"]], case, trace.on_step)
        tensors = trace.tensors.items() if name in TRACED else ()
        written.append({
            "name": name,
            **case,
            "stepsRun": case["steps"] if case["scheduler"] == LCM else int(case["steps"] * case["noiseRate"]),
            "expected": golden.encode(expected, "f4"),
            "expectedBytes": golden.encode(to_bytes(expected), "u1"),
            "trace": {key: golden.encode(tensor.numpy(), "f4") for key, tensor in tensors},
        })
        print(f"{name}: mean {expected.mean():.3f}, deviation {expected.std():.3f}", flush=True)
    modules = (diffusers, transformers, torch, np)
    golden.write("diffusion/img2img-xl.json.gz", {
        "madeBy": "tools/reference/diffusion_xl_img2img.py",
        "versions": {module.__name__: str(module.__version__) for module in modules},
        "images": {name: golden.encode(image, "u1") for name, image in inputs.items()},
        "cases": written,
    })


if __name__ == "__main__":
    main()
