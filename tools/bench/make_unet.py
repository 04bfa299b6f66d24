"""Writes a UNet of Stable Diffusion's architecture with random weights as ONNX, for benchmarks.

    python tools/bench/make_unet.py OUT [--size tiny|mini|sd15] [--storage float32|float16] [--check]

OUT gets `model.onnx` and `config.json`, and `model.onnx_data` where the weights pass 1 GiB. Inputs are
sample [batch, 4, height, width], timestep int64 [batch] and encoder_hidden_states [batch, sequence,
width], the output out_sample. `--storage float16` halves the files: a Cast behind each weight makes it
float32 again, so computing stays in float32. The time a UNet takes does not depend on its weights, so
none are downloaded. `sd15` (860 M parameters, 3.4 GB) needs 8 GB of memory.

Needs the packages of tools/reference/requirements.txt.
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from diffusers import UNet2DConditionModel
from onnx import TensorProto, helper

OPSET = 17
EXTERNAL_FROM = 1 << 30  # bytes of weights; a protobuf file ends at 2 GiB
DATA_FILE = "model.onnx_data"
ALIGNMENT = 4096  # lets ONNX Runtime map the file instead of reading it

_CROSS, _UP_CROSS = "CrossAttnDownBlock2D", "CrossAttnUpBlock2D"

SIZES = {
    "tiny": {
        "sample_size": 8,
        "layers_per_block": 1,
        "block_out_channels": (8, 16),
        "down_block_types": (_CROSS, "DownBlock2D"),
        "up_block_types": ("UpBlock2D", _UP_CROSS),
        "cross_attention_dim": 32,
        "attention_head_dim": 2,
        "norm_num_groups": 4,
    },
    # as small as the embedded pack's, fashion-mini
    "mini": {
        "sample_size": 8,
        "layers_per_block": 1,
        "block_out_channels": (64, 128),
        "down_block_types": ("DownBlock2D", _CROSS),
        "up_block_types": (_UP_CROSS, "UpBlock2D"),
        "cross_attention_dim": 64,
        "attention_head_dim": 4,
        "norm_num_groups": 16,
    },
    "sd15": {
        "sample_size": 64,
        "layers_per_block": 2,
        "block_out_channels": (320, 640, 1280, 1280),
        "down_block_types": (_CROSS, _CROSS, _CROSS, "DownBlock2D"),
        "up_block_types": ("UpBlock2D", _UP_CROSS, _UP_CROSS, _UP_CROSS),
        "cross_attention_dim": 768,
        "attention_head_dim": 8,
    },
}


class Unet(torch.nn.Module):
    def __init__(self, model: UNet2DConditionModel):
        super().__init__()
        self.model = model

    def forward(self, sample, timestep, encoder_hidden_states):
        return self.model(sample, timestep, encoder_hidden_states, return_dict=False)[0]


def stir(model: UNet2DConditionModel) -> None:
    """Makes biases and norms random: the exporter would merge those that are all 0 or all 1."""
    for parameter in model.parameters():
        if parameter.ndim == 1:
            parameter.add_(torch.randn(parameter.shape) * 0.02)


def example_inputs(model: UNet2DConditionModel, batch: int, side: int, tokens: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(batch)
    return {
        "sample": torch.randn((batch, 4, side, side), generator=generator),
        "timestep": torch.arange(1, 1 + 100 * batch, 100),
        "encoder_hidden_states": torch.randn((batch, tokens, model.config.cross_attention_dim), generator=generator),
    }


def graph_without_weights(model: UNet2DConditionModel, path: Path) -> onnx.ModelProto:
    """The traced graph, whose weights are inputs that carry their names in the state dict."""
    inputs = example_inputs(model, 2, 8, 77)
    spatial = {0: "batch", 2: "height", 3: "width"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every Python branch on a shape
        torch.onnx.export(
            Unet(model),
            tuple(inputs.values()),
            path,
            input_names=list(inputs),
            output_names=["out_sample"],
            dynamic_axes={
                "sample": spatial,
                "timestep": {0: "batch"},
                "encoder_hidden_states": {0: "batch", 1: "sequence"},
                "out_sample": spatial,
            },
            opset_version=OPSET,
            export_params=False,
            do_constant_folding=False,
            dynamo=False,
        )
    return onnx.load(path)


def attach_weights(graph: onnx.GraphProto, model: UNet2DConditionModel, storage: np.dtype, data: Path | None) -> None:
    """Turns the inputs that are weights into initialisers, in the graph or one after another in `data`."""
    weights = {f"model.{name}": tensor for name, tensor in model.named_parameters()}
    inputs = [value for value in graph.input if value.name not in weights]
    missing = weights.keys() - {value.name for value in graph.input}
    if missing:
        raise ValueError(f"The graph does not use {sorted(missing)[:5]}")
    del graph.input[:]
    graph.input.extend(inputs)
    casts = []
    file = data.open("wb") if data else None
    try:
        for name, tensor in weights.items():
            stored = f"{name}/stored" if storage == np.float16 else name
            graph.initializer.append(initializer(stored, tensor.detach().numpy().astype(storage), file))
            if stored != name:
                casts.append(helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
    finally:
        if file:
            file.close()
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def initializer(name: str, values: np.ndarray, file) -> TensorProto:
    tensor = TensorProto(name=name, dims=values.shape, data_type=helper.np_dtype_to_tensor_dtype(values.dtype))
    raw = np.ascontiguousarray(values).tobytes()
    if file is None:
        tensor.raw_data = raw
        return tensor
    file.write(b"\0" * (-file.tell() % ALIGNMENT))
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", DATA_FILE), ("offset", file.tell()), ("length", len(raw))):
        tensor.external_data.add(key=key, value=str(value))
    file.write(raw)
    return tensor


def write_config(model: UNet2DConditionModel, path: Path) -> None:
    config = {"_class_name": "UNet2DConditionModel"}
    config |= {key: value for key, value in model.config.items() if not key.startswith("_")}
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def check(model: UNet2DConditionModel, path: Path) -> float:
    """The largest difference between ONNX Runtime and torch, at a size the tracer has not seen."""
    inputs = example_inputs(model, 1, 16, 16)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    actual = session.run(None, {name: tensor.numpy() for name, tensor in inputs.items()})[0]
    return float(np.abs(actual - Unet(model)(**inputs).numpy()).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write; made where there is none")
    parser.add_argument("--size", choices=SIZES, default="mini")
    parser.add_argument("--storage", choices=("float32", "float16"), default="float32", help="of the weights")
    parser.add_argument("--seed", type=int, default=0, help="of the weights")
    parser.add_argument("--check", action="store_true", help="compare ONNX Runtime with torch once")
    options = parser.parse_args()
    start = time.monotonic()
    torch.set_grad_enabled(False)
    torch.manual_seed(options.seed)
    model = UNet2DConditionModel(**SIZES[options.size]).eval()
    stir(model)
    storage = np.dtype(options.storage)
    if storage == np.float16:  # what is computed with is what is stored
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float())
    options.out.mkdir(parents=True, exist_ok=True)
    path, data = options.out / "model.onnx", options.out / DATA_FILE
    count = sum(parameter.numel() for parameter in model.parameters())
    external = count * storage.itemsize > EXTERNAL_FROM
    data.unlink(missing_ok=True)
    proto = graph_without_weights(model, path)
    attach_weights(proto.graph, model, storage, data if external else None)
    onnx.save(proto, path)
    write_config(model, options.out / "config.json")
    size = sum(file.stat().st_size for file in (path, data) if file.exists())
    print(f"{options.size}: {count / 1e6:.1f} M parameters, {size / 1e6:.0f} MB in {time.monotonic() - start:.0f} s")
    if options.check:
        print(f"ONNX Runtime - torch: {check(model, path):.1e}")


if __name__ == "__main__":
    main()
