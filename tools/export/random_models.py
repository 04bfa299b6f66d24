"""Randomly initialised models of the published architectures, saved as `save_pretrained` saves them: what try_it.py exports.

CLIP's vocabulary is the real one, from PyPI's open_clip_torch; the others are made up, of the right sizes.
"""

import json
import sys
from pathlib import Path

import torch
from diffusers import (AutoencoderKL, DDIMScheduler, EulerDiscreteScheduler, LCMScheduler, PNDMScheduler,
                       StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)
from torch import nn
from transformers import (BertTokenizerFast, BlipConfig, BlipForConditionalGeneration, BlipImageProcessor, CLIPConfig,
                          CLIPImageProcessor, CLIPModel, CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection,
                          CLIPTokenizerFast, GenerationConfig, GPT2Config, GPT2TokenizerFast, SiglipConfig,
                          SiglipImageProcessor, SiglipModel, VisionEncoderDecoderConfig, VisionEncoderDecoderModel,
                          ViTConfig, ViTImageProcessor)

TOOLS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOOLS / "fashion-mini"), str(TOOLS / "reference")]
import onnx_to_torch  # noqa: E402  (found through the path above)
from tiny_xl_models import XL_SCHEDULER  # noqa: E402
from tokenizers_reference import clip_vocabulary  # noqa: E402

EMBEDDED = TOOLS.parent / "sgid-models-mini/src/main/resources/dev/sgid/models/fashion-mini"
BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
PNDM = BETAS | {"skip_prk_steps": True, "set_alpha_to_one": False, "steps_offset": 1}


# --- tokenizers ----------------------------------------------------------------------------------------------------


def clip_tokenizer(folder: Path, pad: str = "<|endoftext|>") -> CLIPTokenizerFast:
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary, merges = clip_vocabulary()
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    tokenizer = CLIPTokenizerFast(vocab_file=str(folder / "vocab.json"), merges_file=str(folder / "merges.txt"),
                                  model_max_length=77, pad_token=pad)
    tokenizer.save_pretrained(folder)
    return tokenizer


def words(count: int) -> list[str]:
    """Different ones, of syllables."""
    syllables = [c + v for c in "bdfgklmnprst" for v in "aeiou"]
    return [syllables[i % 60] + syllables[i // 60 % 60] + syllables[i // 3600] for i in range(count)]


def bert_tokenizer(folder: Path, size: int = 30_522) -> BertTokenizerFast:
    """The special tokens where BERT has them, BLIP's two behind its vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    special = ["[PAD]", *(f"[unused{i}]" for i in range(99)), "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    (folder / "vocab.txt").write_text("\n".join([*special, *words(size - len(special))]) + "\n", encoding="utf-8")
    tokenizer = BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=512)
    tokenizer.add_special_tokens({"bos_token": "[DEC]"})
    tokenizer.add_special_tokens({"additional_special_tokens": ["[ENC]"]})
    tokenizer.save_pretrained(folder)
    return tokenizer


def gpt2_tokenizer(folder: Path) -> GPT2TokenizerFast:
    """Of single bytes."""
    from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {letter: i for i, letter in enumerate([*bytes_to_unicode().values(), "<|endoftext|>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    tokenizer = GPT2TokenizerFast(vocab_file=str(folder / "vocab.json"), merges_file=str(folder / "merges.txt"))
    tokenizer.save_pretrained(folder)
    return tokenizer


# --- models --------------------------------------------------------------------------------------------------------


def drawn(kind: type, seed: int, *arguments, **config) -> nn.Module:
    """A model whose biases and norms are random, too."""
    torch.manual_seed(seed)
    model = kind(*arguments, **config).eval().requires_grad_(False)
    for parameter in model.parameters():
        if parameter.ndim == 1:
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return model


def blip(folder: Path, **small) -> None:
    """BLIP base, or one with other sizes."""
    bert_tokenizer(folder)
    text = {"bos_token_id": 30_522, "eos_token_id": 102, "sep_token_id": 102, "pad_token_id": 0}
    config = BlipConfig(text_config=text | small, vision_config=small)
    drawn(BlipForConditionalGeneration, 1, config).save_pretrained(folder)
    BlipImageProcessor().save_pretrained(folder)


def vit_gpt2(folder: Path) -> None:
    gpt2_tokenizer(folder)
    end = 256
    encoder = ViTConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, image_size=32,
                        patch_size=8)
    decoder = GPT2Config(n_embd=32, n_layer=2, n_head=2, vocab_size=end + 1, n_positions=64, add_cross_attention=True,
                         is_decoder=True, bos_token_id=end, eos_token_id=end, initializer_range=0.4)
    model = drawn(VisionEncoderDecoderModel, 2, VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder))
    tokens = {"decoder_start_token_id": end, "pad_token_id": end, "eos_token_id": end}
    model.config.update(tokens)
    model.generation_config = GenerationConfig(**tokens, max_length=16)
    model.save_pretrained(folder)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)


def clip(folder: Path) -> None:
    """CLIP ViT-B/32."""
    clip_tokenizer(folder)
    drawn(CLIPModel, 3, CLIPConfig()).save_pretrained(folder)
    CLIPImageProcessor().save_pretrained(folder)


def siglip(folder: Path) -> None:
    """A small one, with CLIP's tokenizer in place of one of sentencepiece."""
    tokenizer = clip_tokenizer(folder)
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    text = small | {"vocab_size": len(tokenizer), "max_position_embeddings": 64, "pad_token_id": tokenizer.pad_token_id}
    vision = small | {"image_size": 32, "patch_size": 8}
    drawn(SiglipModel, 4, SiglipConfig(text_config=text, vision_config=vision)).save_pretrained(folder)
    SiglipImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)


def _text_encoder(kind: type, seed: int, tokenizer: CLIPTokenizerFast, **sizes) -> nn.Module:
    config = CLIPTextConfig(vocab_size=len(tokenizer), bos_token_id=tokenizer.bos_token_id,
                            eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, **sizes)
    return drawn(kind, seed, config)


def _unet(seed: int, **config) -> UNet2DConditionModel:
    """Whose noise has about the size of noise."""
    model = drawn(UNet2DConditionModel, seed, **config)
    model.conv_out.weight.mul_(2)
    return model


def stable_diffusion(folder: Path, lcm: bool = False) -> None:
    """Stable Diffusion 1 in small, or a latent consistency model of it."""
    tokenizer = clip_tokenizer(folder / "tokenizer")
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    unet = _unet(6, sample_size=32, block_out_channels=(16, 32, 32, 32), norm_num_groups=8, layers_per_block=1,
                 attention_head_dim=4, cross_attention_dim=32, time_cond_proj_dim=32 if lcm else None)
    _save_1(folder, tokenizer, _text_encoder(CLIPTextModel, 5, tokenizer, **small), unet, _small_vae(7),
            LCMScheduler(**BETAS) if lcm else PNDMScheduler(**PNDM))


def latent_consistency(folder: Path) -> None:
    stable_diffusion(folder, lcm=True)


def stable_diffusion_15(folder: Path) -> None:
    """Stable Diffusion 1.5 in its own size: 4 GB."""
    tokenizer = clip_tokenizer(folder / "tokenizer")
    encoder = _text_encoder(CLIPTextModel, 8, tokenizer, hidden_size=768, intermediate_size=3072, num_hidden_layers=12,
                            num_attention_heads=12)
    unet = _unet(9, sample_size=64, cross_attention_dim=768)
    vae = drawn(AutoencoderKL, 10, sample_size=512, block_out_channels=(128, 256, 512, 512), layers_per_block=2,
                down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4)
    _save_1(folder, tokenizer, encoder, unet, vae, PNDMScheduler(**PNDM))


def stable_diffusion_xl(folder: Path) -> None:
    """Stable Diffusion XL in small: its VAE wants float32."""
    first, second = clip_tokenizer(folder / "tokenizer"), clip_tokenizer(folder / "tokenizer_2", pad="!")
    small = {"num_hidden_layers": 3, "num_attention_heads": 2}
    unet = _unet(13, sample_size=32, block_out_channels=(16, 32, 32), norm_num_groups=8, layers_per_block=1,
                 down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                 up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=[1, 2, 4],
                 transformer_layers_per_block=[1, 2, 2], use_linear_projection=True, cross_attention_dim=32 + 48,
                 addition_embed_type="text_time", addition_time_embed_dim=8,
                 projection_class_embeddings_input_dim=6 * 8 + 40)
    StableDiffusionXLPipeline(
        vae=_small_vae(14, scaling_factor=0.13025, force_upcast=True), unet=unet, tokenizer=first, tokenizer_2=second,
        text_encoder=_text_encoder(CLIPTextModel, 11, first, hidden_size=32, intermediate_size=64, **small),
        text_encoder_2=_text_encoder(CLIPTextModelWithProjection, 12, second, hidden_size=48, intermediate_size=96,
                                     hidden_act="gelu", projection_dim=40, **small),
        scheduler=EulerDiscreteScheduler.from_config(XL_SCHEDULER), add_watermarker=False).save_pretrained(folder)


def _small_vae(seed: int, **config) -> AutoencoderKL:
    return drawn(AutoencoderKL, seed, sample_size=128, block_out_channels=(16, 16, 32), norm_num_groups=8,
                 layers_per_block=1, down_block_types=("DownEncoderBlock2D",) * 3,
                 up_block_types=("UpDecoderBlock2D",) * 3, **config)


def _save_1(folder: Path, tokenizer, text_encoder, unet, vae, scheduler) -> None:
    StableDiffusionPipeline(tokenizer=tokenizer, text_encoder=text_encoder, unet=unet, vae=vae, scheduler=scheduler,
                            safety_checker=None, feature_extractor=None,
                            requires_safety_checker=False).save_pretrained(folder)


def fashion_mini(folder: Path) -> None:
    """The embedded pack's weights, as diffusers and transformers save them."""
    StableDiffusionPipeline(
        tokenizer=CLIPTokenizerFast.from_pretrained(EMBEDDED / "stable-diffusion/tokenizer"),
        text_encoder=onnx_to_torch.text_encoder(EMBEDDED), unet=onnx_to_torch.unet(EMBEDDED),
        vae=onnx_to_torch.autoencoder(EMBEDDED), scheduler=DDIMScheduler.from_pretrained(EMBEDDED / "stable-diffusion/scheduler"),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False).save_pretrained(folder / "stable-diffusion")
    scorer = onnx_to_torch.clip(EMBEDDED)
    scorer.logit_scale.fill_(scorer.config.logit_scale_init_value)
    scorer.save_pretrained(folder / "clip")
    CLIPTokenizerFast.from_pretrained(EMBEDDED / "clip").save_pretrained(folder / "clip")
    CLIPImageProcessor.from_pretrained(EMBEDDED / "clip").save_pretrained(folder / "clip")
    captioner = onnx_to_torch.blip(EMBEDDED)
    captioner.generation_config = GenerationConfig.from_pretrained(EMBEDDED / "blip")
    captioner.save_pretrained(folder / "blip")
    BertTokenizerFast.from_pretrained(EMBEDDED / "blip").save_pretrained(folder / "blip")
    BlipImageProcessor.from_pretrained(EMBEDDED / "blip").save_pretrained(folder / "blip")
