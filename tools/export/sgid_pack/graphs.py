"""From a torch module to an ONNX file, whose initialisers have the names of the module's weights.

The graph is traced without its weights, and those are then written one after the other. So an export needs the memory of the
module and little more; and what comes out can be read back into diffusers and transformers by name.
"""

import io
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, external_data_helper, helper, numpy_helper
from torch import nn

OPSET = 17
#: A file with more bytes of weights has them beside it, where they can be mapped; past 2 GB it must.
BESIDE = 64 << 20
#: Weights beside a graph begin at multiples of a page, the small ones stay in it.
PAGE, SMALL = 4096, 1024


def export_onnx(wrapper: nn.Module, inputs: dict[str, torch.Tensor], outputs: list[str],
                axes: dict[str, dict[int, str]], path: Path, half: bool = False) -> None:
    """Traces `wrapper`, whose weights are those of its `model`; `axes` names the dimensions that may vary.

    `half` stores float32 weights as float16 and casts them back where the graph begins. A module that is float16
    itself gives a graph that computes in it.
    """
    model = _traced(wrapper.eval(), inputs, outputs, axes)
    names = [port.name for port in model.graph.input[len(inputs):]]
    del model.graph.input[len(inputs):]
    _strip_prefix(model.graph)
    weights = {name: tensor.detach() for name, tensor in wrapper.model.state_dict().items()}
    used = {name for node in model.graph.node for name in node.input}
    kept = [name for name in (name.removeprefix("model.") for name in names) if name in used]
    _note_shared(model, weights, kept)
    narrow = [name for name in kept if half and weights[name].dtype == torch.float32]
    _widen(model.graph, narrow)
    for node in model.graph.node:
        node.ClearField("doc_string")
    path.parent.mkdir(parents=True, exist_ok=True)
    _save(model, {name: weights[name] for name in kept}, narrow, path)
    onnx.checker.check_model(str(path))


def _traced(wrapper: nn.Module, inputs: dict[str, torch.Tensor], outputs: list[str],
            axes: dict[str, dict[int, str]]) -> onnx.ModelProto:
    """The graph, with the weights as its last inputs."""
    buffer = io.BytesIO()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shapes that the tracer takes for constants, and are; that it is the old one
        torch.onnx.export(
            wrapper, tuple(inputs.values()), buffer, input_names=list(inputs), output_names=outputs,
            dynamic_axes=axes, opset_version=OPSET, do_constant_folding=False, dynamo=False, export_params=False)
    return onnx.load_from_string(buffer.getvalue())


def _strip_prefix(graph: onnx.GraphProto, prefix: str = "model.") -> None:
    """Gives the weights the names that they have in the model's state dict."""
    computed = {name for node in graph.node for name in node.output} | {port.name for port in graph.input}
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name not in computed:
                node.input[position] = name.removeprefix(prefix)


def _note_shared(model: onnx.ModelProto, weights: dict[str, torch.Tensor], kept: list[str]) -> None:
    """The tracer keeps one of several equal weights: notes under which names the others were known."""
    shared = {}
    for name, weight in weights.items():
        if name not in kept:
            twin = next((other for other in kept if weights[other].shape == weight.shape
                         and torch.equal(weights[other], weight)), None)
            if twin:
                shared[name] = twin
    if shared:
        helper.set_model_props(model, {"shared_weights": json.dumps(shared)})


def _widen(graph: onnx.GraphProto, narrow: list[str]) -> None:
    """Casts those weights, which are stored as float16, to float32."""
    wide = {name: name + "/float32" for name in narrow}
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name in wide:
                node.input[position] = wide[name]
    casts = [helper.make_node("Cast", [name], [wide[name]], name=wide[name], to=TensorProto.FLOAT)
             for name in narrow]
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def _save(model: onnx.ModelProto, weights: dict[str, torch.Tensor], narrow: list[str], path: Path) -> None:
    """Writes the graph, and beside it its weights if they are large."""
    if sum(weight.nbytes for weight in weights.values()) <= BESIDE:
        for name, weight in weights.items():
            model.graph.initializer.append(numpy_helper.from_array(_values(weight, name in narrow), name))
    else:
        with open(path.with_name(path.name + "_data"), "wb") as data:
            for name, weight in weights.items():
                values = _values(weight, name in narrow)
                model.graph.initializer.append(
                    numpy_helper.from_array(values, name) if values.nbytes < SMALL else _beside(data, name, values))
    onnx.save(model, path)


def _values(weight: torch.Tensor, narrow: bool) -> np.ndarray:
    return np.ascontiguousarray((weight.half() if narrow else weight).cpu().numpy())


def _beside(data, name: str, values: np.ndarray) -> TensorProto:
    """Appends a weight to the file beside the graph."""
    data.write(bytes(-data.tell() % PAGE))
    tensor = TensorProto(name=name, dims=values.shape, data_type=helper.np_dtype_to_tensor_dtype(values.dtype))
    tensor.raw_data = b""
    external_data_helper.set_external_data(tensor, Path(data.name).name, offset=data.tell(), length=values.nbytes)
    tensor.ClearField("raw_data")
    data.write(values)
    return tensor
