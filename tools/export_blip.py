"""Writes a BLIP captioner in the form that sgid reads: the `blip` folder of a model pack.

    python tools/export_blip.py MODEL OUT

MODEL is what `BlipForConditionalGeneration.from_pretrained` takes: a folder, or the name of a model on the Hugging Face
hub, such as Salesforce/blip-image-captioning-base. OUT gets `vision_model.onnx`, `text_decoder.onnx`, in float32, the
configurations and the tokenizer. The exported graphs are then run on a random image and compared with the original,
token by token.

Needs the packages of tools/fashion-mini/requirements.txt.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from transformers import AutoTokenizer, BlipForConditionalGeneration, BlipImageProcessor, GenerationConfig

sys.path.insert(0, str(Path(__file__).resolve().parent / "fashion-mini"))
import export  # noqa: E402  (found through the path above)

STEPS = 5
MOST = 1e-3  # of logits of about 10, in float32


def write(source: str, out: Path) -> BlipForConditionalGeneration:
    model = BlipForConditionalGeneration.from_pretrained(source, attn_implementation="eager").float().eval()
    text = model.config.text_config
    out.mkdir(parents=True, exist_ok=True)
    model.config.to_json_file(out / "config.json", use_diff=False)
    GenerationConfig(bos_token_id=text.bos_token_id, eos_token_id=text.sep_token_id,
                     pad_token_id=text.pad_token_id).save_pretrained(out)
    AutoTokenizer.from_pretrained(source).save_pretrained(out)
    BlipImageProcessor.from_pretrained(source).save_pretrained(out)
    export.export_blip_graphs(model, out, half=False, with_keys=True)
    return model


def largest_difference(model: BlipForConditionalGeneration, out: Path, seed: int = 0) -> float:
    """Of the logits of a few greedy steps, the exported decoder going on from its cache."""
    torch.manual_seed(seed)
    text, side = model.config.text_config, model.config.vision_config.image_size
    pixels = torch.randn(1, 3, side, side)
    vision = onnxruntime.InferenceSession(out / "vision_model.onnx")
    decoder = onnxruntime.InferenceSession(out / "text_decoder.onnx")
    names = [port.name for port in vision.get_outputs()]
    states = dict(zip(names, vision.run(None, {"pixel_values": pixels.numpy()})))
    seen_by_decoder = {name: states[name] for name in names if name.startswith("encoder.")}
    head = text.hidden_size // text.num_attention_heads
    past = {port.name: np.zeros((1, text.num_attention_heads, 0, head), np.float32)
            for port in decoder.get_inputs() if port.name.startswith("past")}
    ids, largest = [text.bos_token_id], 0.0
    with torch.no_grad():
        seen = model.vision_model(pixel_values=pixels).last_hidden_state
        for _ in range(STEPS):
            logits, *present = decoder.run(None, {
                "input_ids": np.array([ids[-1:]]), "attention_mask": np.ones((1, len(ids)), np.int64),
                **seen_by_decoder, **past})
            expected = model.text_decoder(input_ids=torch.tensor([ids]), encoder_hidden_states=seen).logits[0, -1]
            largest = max(largest, float(np.abs(expected.numpy() - logits[0, -1]).max()))
            past = dict(zip(past, present))
            ids.append(int(expected.argmax()))
    return largest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL", help="folder or name of a BLIP that captions")
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write")
    arguments = parser.parse_args()
    model = write(arguments.model, arguments.out)
    difference = largest_difference(model, arguments.out)
    print(f"{arguments.out}: logits within {difference:.1e} of the original's")
    if difference > MOST:
        sys.exit(f"more than {MOST:g}: the export is wrong")


if __name__ == "__main__":
    main()
