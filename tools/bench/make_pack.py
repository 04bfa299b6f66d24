"""Makes a model pack of Stable Diffusion 1.5's full size with random weights, for memory and time.

    python tools/bench/make_pack.py PACK

4.3 GB: the UNet of make_unet.py (860 M parameters, float32, external data), the VAE and the text encoder
(ViT-L); captioner and scorer are the embedded pack's. What a model takes does not depend on its weights, so none are
downloaded; its pictures are noise. Needs 8 GB of memory and the packages of tools/reference/requirements.txt.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from transformers import CLIPTextConfig, CLIPTextModel

TOOLS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOOLS / "reference"))
import tiny_models  # noqa: E402  (found through the path above)
from diffusion_scheduler import SD15_PNDM  # noqa: E402

EMBEDDED = TOOLS.parent / "sgid-models-mini/src/main/resources/dev/sgid/models/fashion-mini"


def text_encoder() -> CLIPTextModel:
    config = CLIPTextConfig(
        vocab_size=49408,
        hidden_size=768,
        intermediate_size=3072,
        num_hidden_layers=12,
        num_attention_heads=12,
        attn_implementation="eager",
    )
    return CLIPTextModel(config).eval()


def vae() -> AutoencoderKL:
    """The VAE, its gains set so that latents and pixels are of order one."""
    model = AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        layers_per_block=2,
        sample_size=512,
        scaling_factor=0.18215,
    ).eval()
    moments = model.encode(torch.rand((1, 3, 128, 128)) * 2 - 1).latent_dist
    model.quant_conv.weight[:4].mul_(5 / moments.mean.std())
    model.quant_conv.bias[4:].sub_(10)
    out = model.decode(torch.randn((1, 4, 16, 16)) * 5).sample
    model.decoder.conv_out.weight.mul_(0.4 / out.std())
    model.decoder.conv_out.bias.sub_(out.mean(dim=(0, 2, 3))).mul_(0.4 / out.std())
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path, metavar="PACK", help="the folder to write; must not be there yet")
    pack = parser.parse_args().pack
    torch.set_grad_enabled(False)
    torch.manual_seed(0)
    folder = pack / "stable-diffusion"
    folder.mkdir(parents=True)
    for part in ("blip", "clip"):
        shutil.copytree(EMBEDDED / part, pack / part)
    make_unet = Path(__file__).with_name("make_unet.py")
    subprocess.run([sys.executable, make_unet, folder / "unet", "--size", "sd15"], check=True)
    tiny_models.write_tokenizer(folder / "tokenizer", 77, tiny_models.END)
    tiny_models.write_model_index(folder, "PNDMScheduler")
    tiny_models.write_json(folder / "scheduler" / "scheduler_config.json", SD15_PNDM)
    text = text_encoder()
    tiny_models.save_config(text, folder / "text_encoder")
    tiny_models.export_text_encoder(text, folder / "text_encoder" / "model.onnx")
    autoencoder = vae()
    for part, export in (("vae_encoder", tiny_models.export_vae_encoder), ("vae_decoder", tiny_models.export_vae_decoder)):
        tiny_models.save_config(autoencoder, folder / part)
        export(autoencoder, folder / part / "model.onnx")


if __name__ == "__main__":
    main()
