"""Makes small random safety checkers in their published forms, and the flags that diffusers gives.

    python tools/reference/safety_checker.py

Writes `models/safety-checker` and `models/safety-checker-float16`, to be laid over a pack, and
`diffusion/safety-checker.json.gz`: pictures and their flags. The graphs are diffusers'
StableDiffusionSafetyChecker.forward_onnx as its convert_stable_diffusion_checkpoint_to_onnx.py exports it,
and as Olive's example does: float16, inputs and outputs too. Thresholds lie in gaps between the pictures'
cosines, so that some are flagged, one of them for its special care alone, and no rounding changes a flag.
"""

import copy
import json

import numpy as np
import onnx
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker, cosine_distance
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessor, CLIPTextConfig, CLIPVisionConfig

import golden
from tiny_models import compact, fresh, write_json

SEED = 41
OPSET = 14  # that of diffusers' script
PICTURES = 24
SPREAD = 6  # by which weights are larger than transformers draws them, or all pictures embed alike
NEVER = 2.0  # a threshold above any cosine
MARGIN = 2e-3  # twice what diffusers rounds scores to

torch.set_grad_enabled(False)


def pictures() -> list[np.ndarray]:
    """Smooth ones of many colors, of any size."""
    random = np.random.default_rng(SEED)
    images = []
    for _ in range(PICTURES):
        width, height = random.integers(20, 60, 2)
        corners = Image.fromarray(random.integers(0, 256, (3, 3, 3), dtype=np.uint8))
        images.append(np.asarray(corners.resize((int(width), int(height)), Image.Resampling.BICUBIC)))
    return images


def checker() -> StableDiffusionSafetyChecker:
    torch.manual_seed(SEED)
    vision = CLIPVisionConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=8
    )
    config = CLIPConfig.from_text_vision_configs(CLIPTextConfig(), vision, projection_dim=8)
    config._attn_implementation = "eager"
    config.vision_config._attn_implementation = "eager"
    model = StableDiffusionSafetyChecker(config).eval()
    for parameter in model.parameters():
        if parameter.ndim > 1:
            parameter.mul_(SPREAD)
    for embeds in (model.concept_embeds, model.special_care_embeds):
        embeds.copy_(torch.randn(embeds.shape))
    model.concept_embeds_weights.fill_(NEVER)
    model.special_care_embeds_weights.fill_(NEVER)
    return model


def gap(cosines: torch.Tensor, above: int) -> float:
    """The middle of the widest gap that leaves about `above` of the pictures above it."""
    ordered = cosines.sort(descending=True).values
    at = max(range(above - 2, above + 3), key=lambda i: ordered[i] - ordered[i + 1])
    return float(ordered[at] + ordered[at + 1]) / 2


def set_thresholds(model, clip_input) -> None:
    embeds = model.visual_projection(model.vision_model(clip_input)[1])
    concepts = cosine_distance(embeds, model.concept_embeds)
    special = cosine_distance(embeds, model.special_care_embeds)
    model.concept_embeds_weights[0] = gap(concepts[:, 0], 5)
    model.concept_embeds_weights[5] = gap(concepts[:, 5], 4)
    model.special_care_embeds_weights[1] = gap(special[:, 1], 6)
    care = special[:, 1] > model.special_care_embeds_weights[1]
    plain = (concepts - model.concept_embeds_weights > 0).any(dim=1)
    # The likeliest of those that need care and are not flagged: half the adjustment short of flagged.
    best = max((p for p in range(PICTURES) if care[p] and not plain[p]), key=lambda p: concepts[p, 9])
    model.concept_embeds_weights[9] = concepts[best, 9] + 0.005
    scores = concepts - model.concept_embeds_weights
    adjusted = scores + 0.01 * care[:, None]
    flags = (adjusted > 0).any(dim=1)
    closest = min(float(adjusted.abs().min()), float((special - model.special_care_embeds_weights).abs().min()))
    print(f"{int(flags.sum())} of {PICTURES} flagged, {int((flags & ~(scores > 0).any(dim=1)).sum())} by care,"
          f" margin {closest:.4f}")
    assert closest > MARGIN and flags[best] and not (scores[best] > 0).any()


def export(model, folder, half: bool) -> None:
    dtype = torch.float16 if half else torch.float32
    exported = copy.deepcopy(model).to(dtype)
    exported.forward = exported.forward_onnx
    path = folder / "safety_checker/model.onnx"
    path.parent.mkdir(parents=True)
    torch.onnx.export(
        exported,
        (torch.rand(1, 3, 32, 32).to(dtype), torch.rand(1, 32, 32, 3).to(dtype)),
        path,
        input_names=["clip_input", "images"],
        output_names=["out_images", "has_nsfw_concepts"],
        dynamic_axes={
            "clip_input": {0: "batch", 1: "channels", 2: "height", 3: "width"},
            "images": {0: "batch", 1: "height", 2: "width", 3: "channels"},
        },
        opset_version=OPSET,
        dynamo=False,
    )
    onnx.save(compact(onnx.load(path)), path)


def main() -> None:
    images = pictures()
    processor = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    clip_input = processor([Image.fromarray(image) for image in images], return_tensors="pt").pixel_values
    model = checker()
    set_thresholds(model, clip_input)
    _, flags = model(clip_input=clip_input, images=[image.copy() for image in images])
    for name, half in (("safety-checker", False), ("safety-checker-float16", True)):
        what = "A safety checker as " + ("Olive's example exports it, in float16" if half else "diffusers' script does")
        folder = fresh(name, what, "safety_checker.py", model=SEED)
        export(model, folder, half)
        write_json(folder / "feature_extractor/preprocessor_config.json", json.loads(processor.to_json_string()))
    golden.write("diffusion/safety-checker.json.gz", {
        "pictures": [golden.encode(image, "uint8") for image in images],
        "flagged": [bool(flag) for flag in flags],
    })


if __name__ == "__main__":
    main()
