"""A BLIP captioner, of any size, in the form that sgid reads: see docs/packs.md."""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import AutoTokenizer, BlipForConditionalGeneration, BlipImageProcessor, GenerationConfig

from .check import FLOAT, HALF, hold, run, session
from .graphs import export_onnx


class BlipVision(nn.Module):
    """Gives the decoder's cross-attention its keys and values as well, so that no token computes them again."""

    def __init__(self, model: BlipForConditionalGeneration):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        states = self.model.vision_model(pixel_values).last_hidden_state
        layers = [layer.crossattention.self for layer in self.model.text_decoder.bert.encoder.layer]
        return states, *(_heads(layer, project(states)) for layer in layers for project in (layer.key, layer.value))


def _heads(layer: nn.Module, states: torch.Tensor) -> torch.Tensor:
    batch, length = states.shape[:2]  # reshaped in the form that ONNX Runtime makes one node of
    return states.reshape(batch, length, layer.num_attention_heads, layer.attention_head_size).transpose(1, 2)


class BlipTextDecoder(nn.Module):
    """BLIP's text decoder; keys and values, those of `BlipVision` and then the past ones, are plain tensors.

    The computation of `BlipTextLMHeadModel`, spelled out on its own layers, because its cache object
    cannot be traced.
    """

    def __init__(self, model: BlipForConditionalGeneration):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, *cached):
        seen = cached[:2 * self.model.config.text_config.num_hidden_layers]
        past = cached[len(seen):]
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


def export_blip_graphs(model: BlipForConditionalGeneration, out: Path, half: bool = False) -> None:
    """A BLIP of any size, with eager attention, as `vision_model.onnx` and `text_decoder.onnx`.

    The vision model computes the cross-attention's keys and values, once an image, not again for every token of every
    beam: a third of fashion-mini's time for a caption, more of a large model's.
    """
    text, vision = model.config.text_config, model.config.vision_config
    side, heads, layers = vision.image_size, text.num_attention_heads, range(text.num_hidden_layers)
    patches, past_length, length = (side // vision.patch_size) ** 2 + 1, 3, 2
    kinds = [f"{layer}.{kind}" for layer in layers for kind in ("key", "value")]

    def keys(name: str, count: int) -> dict[str, torch.Tensor]:
        return {f"{name}.{kind}": torch.randn(2, heads, count, text.hidden_size // heads) for kind in kinds}

    seen = keys("encoder", patches)
    axes_of_seen = {name: {0: "batch", 2: "patches"} for name in seen}
    states = {"last_hidden_state": {0: "batch"}} | axes_of_seen
    export_onnx(BlipVision(model), {"pixel_values": torch.randn(2, 3, side, side)}, list(states),
                {"pixel_values": {0: "batch"}} | states, out / "vision_model.onnx", half)

    past = keys("past_key_values", past_length)
    present = [f"present.{kind}" for kind in kinds]
    export_onnx(BlipTextDecoder(model),
                {"input_ids": torch.full((2, length), text.bos_token_id),
                 "attention_mask": torch.ones(2, past_length + length, dtype=torch.long)} | seen | past,
                ["logits", *present],
                {"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "total_length"},
                 "logits": {0: "batch", 1: "length"}} | axes_of_seen
                | {name: {0: "batch", 2: "past_length"} for name in past}
                | {name: {0: "batch", 2: "total_length"} for name in present},
                out / "text_decoder.onnx", half)


STEPS = 5


def load(source: str) -> BlipForConditionalGeneration:
    return BlipForConditionalGeneration.from_pretrained(source, attn_implementation="eager").float().eval()


def export(model: BlipForConditionalGeneration, source: str, out: Path, half: bool) -> None:
    """Writes the folder of a captioner and holds its graphs against `model`, whose weights `half` rounds to float16."""
    text = model.config.text_config
    out.mkdir(parents=True)
    model.config.to_json_file(out / "config.json", use_diff=False)
    GenerationConfig(bos_token_id=text.bos_token_id, eos_token_id=text.sep_token_id,
                     pad_token_id=text.pad_token_id).save_pretrained(out)
    AutoTokenizer.from_pretrained(source).save_pretrained(out)
    BlipImageProcessor.from_pretrained(source).save_pretrained(out)
    export_blip_graphs(model, out, half)
    _check(model, out, HALF if half else FLOAT)


@torch.no_grad()
def _check(model: BlipForConditionalGeneration, out: Path, bound: float) -> None:
    """The image's states, and the logits of a few greedy steps, the exported decoder going on from its cache."""
    text, side = model.config.text_config, model.config.vision_config.image_size
    pixels = torch.randn((1, 3, side, side), generator=torch.Generator().manual_seed(0))
    states = run(out / "vision_model.onnx", {"pixel_values": pixels.numpy()})
    seen = model.vision_model(pixel_values=pixels).last_hidden_state
    hold("captioner, image", states["last_hidden_state"], seen.numpy(), bound)
    decoder = session(out / "text_decoder.onnx")
    cross = {name: values for name, values in states.items() if name.startswith("encoder.")}
    head = text.hidden_size // text.num_attention_heads
    past = {port.name: np.zeros((1, text.num_attention_heads, 0, head), np.float32)
            for port in decoder.get_inputs() if port.name.startswith("past")}
    ids, found, expected = [text.bos_token_id], [], []
    for _ in range(STEPS):
        logits, *present = decoder.run(None, {
            "input_ids": np.array([ids[-1:]]), "attention_mask": np.ones((1, len(ids)), np.int64), **cross, **past})
        found.append(logits[0, -1])
        expected.append(model.text_decoder(input_ids=torch.tensor([ids]), encoder_hidden_states=seen).logits[0, -1])
        past = dict(zip(past, present))
        ids.append(int(expected[-1].argmax()))
    hold(f"captioner, logits of {STEPS} steps", np.stack(found), torch.stack(expected).numpy(), bound)
