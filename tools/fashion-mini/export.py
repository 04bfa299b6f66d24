"""Writes the trained parts as a model pack: ONNX files, configurations, tokenizers and `sgid.json`."""

import hashlib
import io
import json
import math
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from transformers import (BlipForConditionalGeneration, BlipImageProcessor, CLIPImageProcessor, CLIPModel,
                          CLIPTextModel, GenerationConfig)

from diffusion import new_scheduler
from tokenization import PROMPT_TOKENS, caption_tokenizer, prompt_tokenizer

OPSET = 17
VERSION = "1.0.2"
LICENCE = "Apache-2.0 (weights); data: Fashion-MNIST, MIT, Copyright (c) 2017 Zalando SE"


class VaeEncoder(nn.Module):
    def __init__(self, model: AutoencoderKL):
        super().__init__()
        self.model = model

    def forward(self, sample):
        return self.model.quant_conv(self.model.encoder(sample))


class VaeDecoder(nn.Module):
    def __init__(self, model: AutoencoderKL):
        super().__init__()
        self.model = model

    def forward(self, latent_sample):
        return self.model.decoder(self.model.post_quant_conv(latent_sample))


class Unet(nn.Module):
    def __init__(self, model: UNet2DConditionModel):
        super().__init__()
        self.model = model

    def forward(self, sample, timestep, encoder_hidden_states):
        return self.model(sample, timestep, encoder_hidden_states, return_dict=False)[0]


class TextEncoder(nn.Module):
    def __init__(self, model: CLIPTextModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        outputs = self.model(input_ids)
        return outputs.last_hidden_state, outputs.pooler_output


class ClipText(nn.Module):
    def __init__(self, model: CLIPModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model.get_text_features(input_ids, attention_mask)


class ClipVision(nn.Module):
    def __init__(self, model: CLIPModel):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.get_image_features(pixel_values)


class BlipVision(nn.Module):
    def __init__(self, model: BlipForConditionalGeneration):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.vision_model(pixel_values).last_hidden_state


class BlipVisionWithKeys(BlipVision):
    """Gives the decoder's cross-attention its keys and values as well, so that no token computes them again."""

    def forward(self, pixel_values):
        states = super().forward(pixel_values)
        layers = [layer.crossattention.self for layer in self.model.text_decoder.bert.encoder.layer]
        return states, *(_heads(layer, project(states)) for layer in layers for project in (layer.key, layer.value))


def _heads(layer: nn.Module, states: torch.Tensor) -> torch.Tensor:
    batch, length = states.shape[:2]  # reshaped in the form that ONNX Runtime makes one node of
    return states.reshape(batch, length, layer.num_attention_heads, layer.attention_head_size).transpose(1, 2)


class BlipTextDecoder(nn.Module):
    """BLIP's text decoder with its keys and values passed in and out as plain tensors.

    The computation of `BlipTextLMHeadModel`, spelled out on its own layers, because its cache object
    cannot be traced.
    """

    def __init__(self, model: BlipForConditionalGeneration):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, encoder_hidden_states, *past):
        seen = [layer.crossattention.self for layer in self.model.text_decoder.bert.encoder.layer]
        seen = [_heads(layer, project(encoder_hidden_states)) for layer in seen for project in (layer.key, layer.value)]
        return self._decode(input_ids, attention_mask, seen, past)

    def _decode(self, input_ids, attention_mask, seen, past):
        bert = self.model.text_decoder.bert
        total, length = attention_mask.shape[1], input_ids.shape[1]
        positions = torch.arange(total)[total - length:]
        hidden = (bert.embeddings.word_embeddings(input_ids)
                  + bert.embeddings.position_embeddings(positions)[None])
        hidden = bert.embeddings.LayerNorm(hidden)
        visible = (torch.arange(total)[None, :] <= positions[:, None])[None, None] & (attention_mask[:, None, None] > 0)
        bias = torch.where(visible, 0.0, torch.finfo(torch.float32).min)
        present = []
        for number, layer in enumerate(bert.encoder.layer):
            own = layer.attention.self
            key = torch.cat([past[2 * number], _heads(own, own.key(hidden))], dim=2)
            value = torch.cat([past[2 * number + 1], _heads(own, own.value(hidden))], dim=2)
            present += [key, value]
            attended = self._attend(layer.attention, hidden, key, value, bias)
            attended = self._attend(layer.crossattention, attended, seen[2 * number], seen[2 * number + 1])
            hidden = layer.output(layer.intermediate(attended), attended)
        return self.model.text_decoder.cls(hidden), *present

    @staticmethod
    def _attend(attention, hidden, key, value, bias=None):
        layer = attention.self
        scores = _heads(layer, layer.query(hidden)) @ key.transpose(2, 3) / layer.attention_head_size ** 0.5
        if bias is not None:
            scores = scores + bias
        context = (scores.softmax(dim=-1) @ value).transpose(1, 2)
        return attention.output(context.reshape(*context.shape[:2], layer.all_head_size), hidden)


class BlipTextDecoderWithKeys(BlipTextDecoder):
    """The same on the keys and values of `BlipVisionWithKeys`; `cached` are those, then the past ones."""

    def forward(self, input_ids, attention_mask, *cached):
        seen = 2 * self.model.config.text_config.num_hidden_layers
        return self._decode(input_ids, attention_mask, cached[:seen], cached[seen:])


def round_weights(model: nn.Module) -> nn.Module:
    """Rounds all weights to what float16 can hold, so that the pack computes exactly what was checked."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float())
    return model.eval()


def _store_as_half(graph: onnx.GraphProto) -> None:
    """Turns every float32 initialiser into a float16 one that is cast back where the graph begins."""
    casts = []
    for initialiser in graph.initializer:
        if initialiser.data_type == TensorProto.FLOAT:
            values = numpy_helper.to_array(initialiser)
            half = values.astype(np.float16)
            if not np.array_equal(half.astype(np.float32), values):
                raise ValueError(f"{initialiser.name} was not rounded to float16")
            wide = initialiser.name + "/float32"
            for node in graph.node:
                for position, name in enumerate(node.input):
                    if name == initialiser.name:
                        node.input[position] = wide
            casts.append(helper.make_node("Cast", [initialiser.name], [wide], name=wide, to=TensorProto.FLOAT))
            initialiser.CopyFrom(numpy_helper.from_array(half, initialiser.name))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def _strip_prefix(graph: onnx.GraphProto, prefix: str = "model.") -> None:
    """Gives the initialisers the names that the weights have in the model's state dict."""
    names = {initialiser.name: initialiser.name.removeprefix(prefix) for initialiser in graph.initializer}
    for initialiser in graph.initializer:
        initialiser.name = names[initialiser.name]
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name in names:
                node.input[position] = names[name]


def _check_names(graph: onnx.GraphProto, model: nn.Module) -> None:
    weights = model.state_dict()
    for initialiser in graph.initializer:
        if initialiser.data_type == TensorProto.FLOAT:
            weight = weights[initialiser.name].numpy()
            if not np.array_equal(numpy_helper.to_array(initialiser), weight):
                raise ValueError(f"{initialiser.name} differs from the weight of that name")


def _note_shared(model: onnx.ModelProto, module: nn.Module) -> None:
    """The exporter keeps one of several equal weights: notes under which names the others were known."""
    kept = {initialiser.name: numpy_helper.to_array(initialiser) for initialiser in model.graph.initializer}
    shared = {}
    for name, weight in module.state_dict().items():
        if name not in kept:
            twin = next((other for other, values in kept.items()
                         if values.shape == weight.shape and np.array_equal(values, weight.numpy())), None)
            if twin:
                shared[name] = twin
    if shared:
        helper.set_model_props(model, {"shared_weights": json.dumps(shared)})


def export_onnx(wrapper: nn.Module, inputs: dict[str, torch.Tensor], outputs: list[str],
                axes: dict[str, dict[int, str]], path: Path, half: bool = True) -> None:
    """Traces one part; `axes` names the dimensions that may vary. `half` stores the weights as float16."""
    buffer = io.BytesIO()
    with torch.no_grad():
        torch.onnx.export(
            wrapper.eval(), tuple(inputs.values()), buffer, input_names=list(inputs), output_names=outputs,
            dynamic_axes=axes, opset_version=OPSET, do_constant_folding=False, dynamo=False)
    model = onnx.load_from_string(buffer.getvalue())
    _strip_prefix(model.graph)
    _check_names(model.graph, wrapper.model)
    _note_shared(model, wrapper.model)
    if half:
        _store_as_half(model.graph)
    for node in model.graph.node:
        node.ClearField("doc_string")
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)


def _write_json(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _plain_config(config: dict) -> dict:
    return {key: value for key, value in config.items() if key != "_name_or_path"}


def _export_stable_diffusion(trained: Path, out: Path) -> None:
    diffusers, transformers = "diffusers", "transformers"
    _write_json(out / "model_index.json", {
        "_class_name": "StableDiffusionPipeline", "feature_extractor": [None, None],
        "requires_safety_checker": False, "safety_checker": [None, None],
        "scheduler": [diffusers, "DDIMScheduler"], "text_encoder": [transformers, "CLIPTextModel"],
        "tokenizer": [transformers, "CLIPTokenizer"], "unet": [diffusers, "UNet2DConditionModel"],
        "vae_decoder": [diffusers, "AutoencoderKL"], "vae_encoder": [diffusers, "AutoencoderKL"]})
    new_scheduler().save_pretrained(out / "scheduler")
    prompt_tokenizer().save_pretrained(out / "tokenizer")

    text_encoder = round_weights(CLIPTextModel.from_pretrained(
        trained / "diffusion" / "text_encoder", attn_implementation="eager"))
    _write_json(out / "text_encoder" / "config.json", json.loads(text_encoder.config.to_json_string()))
    export_onnx(TextEncoder(text_encoder), {"input_ids": torch.zeros(2, PROMPT_TOKENS, dtype=torch.long)},
                ["last_hidden_state", "pooler_output"],
                {"input_ids": {0: "batch", 1: "length"}, "last_hidden_state": {0: "batch", 1: "length"},
                 "pooler_output": {0: "batch"}}, out / "text_encoder" / "model.onnx")

    unet = round_weights(UNet2DConditionModel.from_pretrained(trained / "diffusion" / "unet"))
    _write_json(out / "unet" / "config.json", _plain_config(dict(unet.config)) | {"_class_name": "UNet2DConditionModel"})
    export_onnx(Unet(unet), {"sample": torch.randn(2, 4, 8, 8), "timestep": torch.tensor([1, 500]),
                             "encoder_hidden_states": torch.randn(2, PROMPT_TOKENS, unet.config.cross_attention_dim)},
                ["out_sample"],
                {"sample": {0: "batch", 2: "height", 3: "width"}, "timestep": {0: "batch"},
                 "encoder_hidden_states": {0: "batch", 1: "length"},
                 "out_sample": {0: "batch", 2: "height", 3: "width"}}, out / "unet" / "model.onnx")

    autoencoder = round_weights(AutoencoderKL.from_pretrained(trained / "vae_decoder"))
    config = _plain_config(dict(autoencoder.config)) | {"_class_name": "AutoencoderKL"}
    _write_json(out / "vae_encoder" / "config.json", config)
    _write_json(out / "vae_decoder" / "config.json", config)
    export_onnx(VaeEncoder(autoencoder), {"sample": torch.randn(2, 3, 32, 32)}, ["latent_parameters"],
                {"sample": {0: "batch", 2: "height", 3: "width"},
                 "latent_parameters": {0: "batch", 2: "latent_height", 3: "latent_width"}},
                out / "vae_encoder" / "model.onnx")
    export_onnx(VaeDecoder(autoencoder), {"latent_sample": torch.randn(2, 4, 8, 8)}, ["sample"],
                {"latent_sample": {0: "batch", 2: "latent_height", 3: "latent_width"},
                 "sample": {0: "batch", 2: "height", 3: "width"}}, out / "vae_decoder" / "model.onnx")


def _export_clip(trained: Path, out: Path) -> None:
    model = round_weights(CLIPModel.from_pretrained(trained / "clip", attn_implementation="eager"))
    # The temperature is in no ONNX file; the configuration keeps it, and a model built from it starts with it.
    model.config.logit_scale_init_value = model.logit_scale.item()
    _write_json(out / "config.json", json.loads(model.config.to_json_string()))
    tokenizer = prompt_tokenizer()
    tokenizer.save_pretrained(out)
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}, resample=3,
                       image_mean=[0.5] * 3, image_std=[0.5] * 3).save_pretrained(out)
    ids = tokenizer(["a bag", "an ankle boot"], padding="max_length", return_tensors="pt")
    export_onnx(ClipText(model), {"input_ids": ids.input_ids, "attention_mask": ids.attention_mask}, ["text_embeds"],
                {"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "length"},
                 "text_embeds": {0: "batch"}}, out / "text_model.onnx")
    export_onnx(ClipVision(model), {"pixel_values": torch.randn(2, 3, 32, 32)}, ["image_embeds"],
                {"pixel_values": {0: "batch"}, "image_embeds": {0: "batch"}}, out / "vision_model.onnx")


def _export_blip(trained: Path, out: Path) -> None:
    model = round_weights(BlipForConditionalGeneration.from_pretrained(
        trained / "blip", attn_implementation="eager"))
    text = model.config.text_config
    _write_json(out / "config.json", json.loads(model.config.to_json_string()))
    GenerationConfig(bos_token_id=text.bos_token_id, eos_token_id=text.sep_token_id,
                     pad_token_id=text.pad_token_id).save_pretrained(out)
    caption_tokenizer().save_pretrained(out)
    BlipImageProcessor(size={"height": 32, "width": 32}, resample=3, image_mean=[0.5] * 3,
                       image_std=[0.5] * 3).save_pretrained(out)
    export_blip_graphs(model, out, with_keys=True)


def export_blip_graphs(model: BlipForConditionalGeneration, out: Path, half: bool = True,
                       with_keys: bool = False) -> None:
    """A BLIP of any size, with eager attention, as `vision_model.onnx` and `text_decoder.onnx`.

    `with_keys` has the vision model compute the cross-attention's keys and values, once an image, not again for every
    token of every beam: a third of fashion-mini's time for a caption, more of a large model's.
    """
    text, vision = model.config.text_config, model.config.vision_config
    side, heads, layers = vision.image_size, text.num_attention_heads, range(text.num_hidden_layers)
    patches, past_length, length = (side // vision.patch_size) ** 2 + 1, 3, 2
    kinds = [f"{layer}.{kind}" for layer in layers for kind in ("key", "value")]

    def keys(name: str, count: int) -> dict[str, torch.Tensor]:
        return {f"{name}.{kind}": torch.randn(2, heads, count, text.hidden_size // heads) for kind in kinds}

    seen = keys("encoder", patches) if with_keys else {
        "encoder_hidden_states": torch.randn(2, patches, vision.hidden_size)}
    axes_of_seen = {name: {0: "batch", tensor.dim() - 2: "patches"} for name, tensor in seen.items()}
    states = {"last_hidden_state": {0: "batch"}} | (axes_of_seen if with_keys else {})
    export_onnx((BlipVisionWithKeys if with_keys else BlipVision)(model),
                {"pixel_values": torch.randn(2, 3, side, side)}, list(states),
                {"pixel_values": {0: "batch"}} | states, out / "vision_model.onnx", half)

    past = keys("past_key_values", past_length)
    present = [f"present.{kind}" for kind in kinds]
    export_onnx((BlipTextDecoderWithKeys if with_keys else BlipTextDecoder)(model),
                {"input_ids": torch.full((2, length), text.bos_token_id),
                 "attention_mask": torch.ones(2, past_length + length, dtype=torch.long)} | seen | past,
                ["logits", *present],
                {"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "total_length"},
                 "logits": {0: "batch", 1: "length"}} | axes_of_seen
                | {name: {0: "batch", 2: "past_length"} for name in past}
                | {name: {0: "batch", 2: "total_length"} for name in present},
                out / "text_decoder.onnx", half)


def scale_of_clip(out: Path) -> float:
    """The logarithm of the trained temperature, which `_export_clip` keeps in the configuration."""
    return json.loads((out / "clip" / "config.json").read_text(encoding="utf-8"))["logit_scale_init_value"]


def write_manifest(out: Path, similarity: tuple[float, float], scale: tuple[float, float]) -> None:
    """Writes `sgid.json`: where the parts are, the default guidance schedule, and every file's checksum."""
    manifest = out / "sgid.json"
    files = {path.relative_to(out).as_posix(): {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                                                "bytes": path.stat().st_size}
             for path in sorted(out.rglob("*")) if path.is_file() and path != manifest}
    _write_json(manifest, {
        "format": 1, "name": "fashion-mini", "version": VERSION,
        "stableDiffusion": "stable-diffusion", "clip": "clip", "blip": "blip",
        "defaults": {"guidance": "linear:" + ",".join(str(bound) for bound in (*similarity, *scale))},
        "caption": {"prefix": "", "maxNewTokens": 24},
        # labels stand alone in training texts, so here too
        "zero_shot": {"logit_scale": round(math.exp(scale_of_clip(out)), 4), "prompt": "{label}"},
        "files": files,
        "licence": LICENCE})


def export(trained: Path, out: Path) -> None:
    """Writes everything but `sgid.json`, whose bounds are measured on the exported models."""
    shutil.rmtree(out, ignore_errors=True)
    _export_stable_diffusion(trained, out / "stable-diffusion")
    _export_clip(trained, out / "clip")
    _export_blip(trained, out / "blip")
