"""The tiny models in 8 bits, quantised dynamically as optimum and transformers.js do it, and a picture by diffusers.

    python tools/reference/quantized_models.py

writes models/tiny-int8, which is laid over tiny-sd1 beside tiny-clip and tiny-blip: a *_quantized.onnx of
every graph. diffusion/img2img-int8.json.gz is what diffusers' pipeline makes around these very graphs, run
by ONNX Runtime for one picture.
"""

import json
import logging
import shutil
import tempfile
from pathlib import Path

import diffusers
import numpy as np
import onnx
import onnxruntime
import torch
import transformers
from onnxruntime.quantization import QuantType, quantize_dynamic

import diffusion_img2img as reference
import diffusion_onnx
import golden

KINDS = ["MatMul", "Gemm", "Conv"]
GRAPHS = {
    "stable-diffusion": (
        "tiny-sd1/stable-diffusion",
        [f"{part}/model" for part in ("text_encoder", "unet", "vae_encoder", "vae_decoder")],
    ),
    "clip": ("tiny-clip", ["text_model", "vision_model"]),
    "blip": ("tiny-blip", ["vision_model", "text_decoder"]),
}

CASES = {
    "int8": {"image": next(iter(reference.images())), "guidanceScale": 5.0},
    "int8-unguided": {"image": next(iter(reference.images())), "guidanceScale": 1.0, "seed": 11},
}


def quantize(graph: Path, into: Path) -> None:
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:  # weights that are transposed in the graph first
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = f"{temporary}/model.onnx"
        onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        optimized = options.optimized_model_filepath
        quantize_dynamic(optimized, into, weight_type=QuantType.QUInt8, op_types_to_quantize=KINDS)
    model = onnx.load(into)
    kinds = {node.op_type for node in model.graph.node}
    if "DynamicQuantizeLinear" not in kinds:
        raise AssertionError(f"{graph} has nothing to quantise")
    print(f"{into.relative_to(golden.RESOURCES)}: {into.stat().st_size} bytes")


def tremor_gap(pipeline, image: np.ndarray, case: dict, expected: np.ndarray) -> float:
    """How far the picture moves where every UNet input is off by a rounding: an 8-bit number falls either way."""
    kind, gap = type(pipeline.unet), 0.0
    call = kind.__call__
    for seed in range(6):
        generator = torch.Generator().manual_seed(seed)

        def shaken(self, sample, *arguments, generator=generator, **options):
            noise = 1e-6 * torch.rand(sample.shape, generator=generator).sub(0.5)
            return call(self, sample + noise, *arguments, **options)

        kind.__call__ = shaken
        try:
            gap = max(gap, float(np.abs(reference.generate(pipeline, image, case) - expected).max()))
        finally:
            kind.__call__ = call
    return gap


def main() -> None:
    logging.disable(logging.WARNING)
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    models = golden.RESOURCES / "models"
    for part, (source, names) in GRAPHS.items():
        for name in names:
            quantize(models / source / f"{name}.onnx", models / "tiny-int8" / part / f"{name}_quantized.onnx")
    made_by = {"script": "tools/reference/quantized_models.py", "onnxruntime": onnxruntime.__version__}
    (models / "tiny-int8/MADE_BY.json").write_text(json.dumps(made_by, indent=2) + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as temporary:
        pack = Path(temporary)
        shutil.copytree(models / "tiny-sd1", pack, dirs_exist_ok=True)
        for graph in (models / "tiny-int8/stable-diffusion").rglob("*.onnx"):
            shutil.copy(graph, pack / "stable-diffusion" / graph.parent.name / "model.onnx")
        pipeline = diffusion_onnx.load(pack)
        inputs, written = reference.images(), []
        for name, changes in CASES.items():
            case = {**reference.DEFAULTS, **changes, "pack": ["tiny-sd1", "tiny-int8"]}
            expected = reference.generate(pipeline, inputs[case["image"]], case)
            written.append({
                "name": name,
                **case,
                "stepsRun": min(int(case["steps"] * case["noiseRate"]), case["steps"]),
                "tremorGap": tremor_gap(pipeline, inputs[case["image"]], case, expected),
                "expected": golden.encode(expected, "f4"),
                "expectedBytes": golden.encode(reference.to_bytes(expected), "u1"),
                "trace": {},
            })
            print(f"{name}: deviation {expected.std():.3f}, gap {written[-1]['tremorGap']:.1e}")
    modules = (diffusers, transformers, torch, np, onnxruntime)
    golden.write("diffusion/img2img-int8.json.gz", {
        "madeBy": "tools/reference/quantized_models.py",
        "versions": {module.__name__: str(module.__version__) for module in modules},
        "images": {case["image"]: golden.encode(inputs[case["image"]], "u1") for case in CASES.values()},
        "cases": written,
    })


if __name__ == "__main__":
    main()
