"""Merges one LoRA in each of the forms that are read, and holds the weights against the formula.

    python tools/export/lora_test.py
"""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

from sgid_pack.check import ExportError
from sgid_pack.lora import Lora, Loras

RANK, ALPHA, WEIGHT = 4, 2.0, 0.8
IN_UNET = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
IN_TEXT = "text_model.encoder.layers.0.self_attn.out_proj"  # diffusers tells kohya's form by it


def files(folder: Path, down: torch.Tensor, up: torch.Tensor) -> dict[str, tuple[Path, list[str]]]:
    """By form, the file and the parts that it is for."""
    alpha = torch.tensor(ALPHA)
    kohya = {}
    for name in ("lora_unet_" + IN_UNET.replace(".", "_"), "lora_te_" + IN_TEXT.replace(".", "_")):
        kohya |= {f"{name}.lora_down.weight": down, f"{name}.lora_up.weight": up, f"{name}.alpha": alpha}
    diffusers, peft = {}, {}
    scaled = up * ALPHA / RANK  # as alpha has no place there
    for name in (f"unet.{IN_UNET}", f"text_encoder.{IN_TEXT}"):
        diffusers |= {f"{name}.lora_A.weight": down, f"{name}.lora_B.weight": scaled}
    peft = {f"base_model.model.{IN_UNET}.lora_A.weight": down, f"base_model.model.{IN_UNET}.lora_B.weight": up}
    (folder / "peft").mkdir()
    (folder / "peft/adapter_config.json").write_text(json.dumps({"r": RANK, "lora_alpha": ALPHA}), encoding="utf-8")
    found = {"kohya": (folder / "kohya.safetensors", kohya), "diffusers": (folder / "diffusers.safetensors", diffusers),
             "peft": (folder / "peft/adapter_model.safetensors", peft)}
    for file, weights in found.values():
        save_file({name: weight.clone() for name, weight in weights.items()}, file)
    return {name: (file, ["unet"] if name == "peft" else ["unet", "text_encoder"]) for name, (file, _) in found.items()}


def main() -> None:
    torch.manual_seed(0)
    torch.set_grad_enabled(False)
    source = SimpleNamespace(name="a small one", is_xl=False)
    unet = UNet2DConditionModel(sample_size=8, block_out_channels=(32, 32), norm_num_groups=8, layers_per_block=1,
                                down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), cross_attention_dim=32,
                                up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
    text = CLIPTextModel(CLIPTextConfig(vocab_size=10, hidden_size=32, intermediate_size=32, num_hidden_layers=1,
                                        num_attention_heads=2))
    down, up = torch.randn((RANK, 32)), torch.randn((32, RANK))
    with tempfile.TemporaryDirectory() as scratch:
        for form, (file, parts) in files(Path(scratch), down, up).items():
            loras = Loras([Lora.parse(f"{file}:{WEIGHT}")])
            loras.read(source, 1)
            for part, model, name in (("unet", unet, IN_UNET), ("text_encoder", text, IN_TEXT)):
                before = {key: value.clone() for key, value in model.state_dict().items()}
                loras.merge_into_unet(model) if part == "unet" else loras.merge_into_text_encoder(model, part)
                wanted = before[f"{name}.weight"] + (WEIGHT * ALPHA / RANK * up @ down if part in parts else 0)
                after = model.state_dict()
                assert list(after) == list(before), f"{form}: {part} has other weights than before"
                difference = (after[f"{name}.weight"] - wanted).abs().max().item()
                others = max((after[key] - before[key]).abs().max().item() for key in after if key != f"{name}.weight")
                print(f"{form}, {part}: {difference:.1e} from W + {WEIGHT} · alpha / rank · up · down, others {others:.1e}")
                assert difference < 1e-5 and others == 0
                model.load_state_dict(before)
        save_file({"somewhere.else.lora_A.weight": down}, Path(scratch) / "other.safetensors")
        try:
            Loras([Lora.parse(str(Path(scratch) / "other.safetensors"))]).read(source, 1)
            raise AssertionError("a LoRA of something else was taken")
        except ExportError as e:
            print(e)


if __name__ == "__main__":
    main()
