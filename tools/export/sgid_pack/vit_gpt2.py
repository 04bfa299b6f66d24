"""ViT-GPT2 and other captioners of one encoder and one decoder: optimum exports them well."""

from pathlib import Path

import numpy as np
import torch
from transformers import VisionEncoderDecoderModel

from .check import FLOAT, ExportError, hold, run, session

STEPS = 5
MERGED = "decoder_model_merged.onnx"


def load(source: str) -> VisionEncoderDecoderModel:
    return VisionEncoderDecoderModel.from_pretrained(source).float().eval()


def export(model: VisionEncoderDecoderModel, source: str, out: Path, half: bool) -> None:
    """Writes the folder of a captioner and holds its graphs against `model`."""
    from optimum.exporters.onnx import main_export  # takes seconds to load, and only this needs it

    if half:
        print("  captioner: stays in float32, its exporter has no float16 for a CPU", flush=True)
    main_export(source, output=out, task="image-to-text-with-past", do_validation=False)
    for unmerged in ("decoder_model.onnx", "decoder_with_past_model.onnx"):
        if (out / MERGED).is_file():
            (out / unmerged).unlink()
    if not (out / MERGED).is_file():
        raise ExportError(f"optimum wrote no {MERGED} for {source}")
    _check(model, out)


@torch.no_grad()
def _check(model: VisionEncoderDecoderModel, out: Path) -> None:
    """The image's states, and the logits of a few greedy steps, the exported decoder going on from its cache."""
    side = model.config.encoder.image_size
    pixels = torch.randn((1, 3, side, side), generator=torch.Generator().manual_seed(0))
    states = run(out / "encoder_model.onnx", {"pixel_values": pixels.numpy()})["last_hidden_state"]
    seen = model.encoder(pixel_values=pixels).last_hidden_state
    hold("captioner, image", states, seen.numpy(), FLOAT)
    decoder = session(out / MERGED)
    config = model.config.decoder
    empty = np.zeros((1, config.n_head, 0, config.n_embd // config.n_head), np.float32)
    past = {port.name: empty for port in decoder.get_inputs() if port.name.startswith("past")}
    ids, found, expected = [model.generation_config.decoder_start_token_id or config.bos_token_id], [], []
    for step in range(STEPS):
        logits, *present = decoder.run(None, {
            "input_ids": np.array([ids[-1:]]), "encoder_hidden_states": states,
            "use_cache_branch": np.array([step > 0]), **past})
        found.append(logits[0, -1])
        expected.append(model.decoder(input_ids=torch.tensor([ids]), encoder_hidden_states=seen).logits[0, -1])
        past = dict(zip(past, present))
        ids.append(int(expected[-1].argmax()))
    hold(f"captioner, logits of {STEPS} steps", np.stack(found), torch.stack(expected).numpy(), FLOAT)
