"""Checks an exported pack against the modules rebuilt from it: outputs, captions, batches, opening time."""

import functools
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from tokenizers import Tokenizer
from transformers import AutoTokenizer, BertTokenizerFast, CLIPTokenizerFast

import data
import onnx_to_torch
from tokenization import prompts

TOLERANCE = 1e-5


def _close(name: str, actual: np.ndarray, expected: torch.Tensor) -> None:
    difference = float(np.abs(actual - expected.numpy()).max() / max(1.0, expected.abs().max().item()))
    print(f"{name}: {difference:.1e} from torch")
    if difference > TOLERANCE:
        raise AssertionError(f"{name} differs by {difference}")


def _open(pack: Path) -> dict[str, onnxruntime.InferenceSession]:
    started = time.perf_counter()
    sessions = {path.relative_to(pack).as_posix(): onnxruntime.InferenceSession(path)
                for path in sorted(pack.rglob("*.onnx"))}
    print(f"opening all {len(sessions)} sessions: {time.perf_counter() - started:.2f} s")
    return sessions


@torch.no_grad()
def _check_diffusion(pack: Path, sessions: dict, pixels: torch.Tensor) -> None:
    autoencoder, unet, text_encoder = (
        onnx_to_torch.autoencoder(pack), onnx_to_torch.unet(pack), onnx_to_torch.text_encoder(pack))
    tokenizer = CLIPTokenizerFast.from_pretrained(pack / "stable-diffusion" / "tokenizer")
    moments = sessions["stable-diffusion/vae_encoder/model.onnx"].run(None, {"sample": pixels.numpy()})[0]
    _close("vae_encoder", moments, autoencoder.encode(pixels).latent_dist.parameters)
    latents = torch.from_numpy(moments[:, :4])
    decoded = sessions["stable-diffusion/vae_decoder/model.onnx"].run(None, {"latent_sample": latents.numpy()})[0]
    _close("vae_decoder", decoded, autoencoder.decode(latents).sample)
    texts = ["", "ankle boot, a small dark boot with a plain surface", *data.LABEL_TEXTS][:len(pixels)]
    ids = tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt").input_ids
    states, pooled = sessions["stable-diffusion/text_encoder/model.onnx"].run(None, {"input_ids": ids.numpy()})
    expected = text_encoder(ids)
    _close("text_encoder states", states, expected.last_hidden_state)
    _close("text_encoder pooled", pooled, expected.pooler_output)

    session = sessions["stable-diffusion/unet/model.onnx"]
    timesteps = torch.tensor([1, 999, 500, 33, 66, 991, 250, 750])
    whole = None
    for size in range(8, 0, -1):
        inputs = {"sample": latents[:size].numpy(), "timestep": timesteps[:size].numpy(),
                  "encoder_hidden_states": states[:size]}
        out = session.run(None, inputs)[0]
        _close(f"unet, batch {size}", out,
               unet(latents[:size], timesteps[:size], torch.from_numpy(states[:size])).sample)
        whole = out if whole is None else whole
        same = np.array_equal(out, whole[:size])
        print(f"unet, batch {size}: {'bit-equal to' if same else f'{np.abs(out - whole[:size]).max():.1e} from'} "
              "the rows of batch 8")


@torch.no_grad()
def _check_clip(pack: Path, sessions: dict, pixels: torch.Tensor) -> None:
    model, tokenizer = onnx_to_torch.clip(pack), CLIPTokenizerFast.from_pretrained(pack / "clip")
    tokens = tokenizer(list(data.LABEL_TEXTS), padding="max_length", truncation=True, return_tensors="pt")
    _close("clip text", sessions["clip/text_model.onnx"].run(
        None, {name: value.numpy() for name, value in tokens.items()})[0], model.get_text_features(**tokens))
    _close("clip vision", sessions["clip/vision_model.onnx"].run(
        None, {"pixel_values": pixels.numpy()})[0], model.get_image_features(pixels))
    reference = Tokenizer.from_file(str(pack / "clip" / "tokenizer.json"))
    for text in [*prompts()[:50], "A  Zebra's café, 12 水 ", ""]:
        assert reference.encode(text).ids == tokenizer(text).input_ids, text
    assert len(tokenizer) == model.config.text_config.vocab_size
    assert AutoTokenizer.from_pretrained(pack / "clip")("ankle boot").input_ids == tokenizer("ankle boot").input_ids


@torch.no_grad()
def _check_blip(pack: Path, sessions: dict, pixels: torch.Tensor) -> None:
    model = onnx_to_torch.blip(pack)
    tokenizer = BertTokenizerFast.from_pretrained(pack / "blip")
    text = model.config.text_config
    vision = sessions["blip/vision_model.onnx"]
    keys = dict(zip([output.name for output in vision.get_outputs()], vision.run(None, {"pixel_values": pixels.numpy()})))
    seen = keys.pop("last_hidden_state")
    _close("blip vision", seen, model.vision_model(pixels).last_hidden_state)

    decoder = sessions["blip/text_decoder.onnx"]
    names = [output.name for output in decoder.get_outputs()]
    greedy = model.generate(pixel_values=pixels, max_new_tokens=24, num_beams=1, do_sample=False).numpy()
    count = len(pixels)
    empty = np.zeros((count, text.num_attention_heads, 0, text.hidden_size // text.num_attention_heads), np.float32)
    past = {name.replace("present", "past_key_values"): empty for name in names[1:]}
    ids = np.full((count, 1), text.bos_token_id)
    ended = np.zeros(count, bool)
    while not ended.all() and ids.shape[1] < 25:
        outputs = dict(zip(names, decoder.run(None, {
            "input_ids": ids[:, -1:], "attention_mask": np.ones_like(ids), **keys, **past})))
        if ids.shape[1] in (1, 5):
            expected = model.text_decoder(torch.from_numpy(ids), encoder_hidden_states=torch.from_numpy(seen)).logits
            _close(f"blip decoder, {ids.shape[1] - 1} past tokens", outputs["logits"][:, -1], expected[:, -1])
            at_once = decoder.run(["logits"], {
                "input_ids": ids, "attention_mask": np.ones_like(ids), **keys, **{name: empty for name in past}})[0]
            _close(f"blip decoder, {ids.shape[1]} tokens at once", at_once, expected)
        following = np.where(ended, text.pad_token_id, outputs["logits"][:, -1].argmax(axis=1))
        ended |= following == text.sep_token_id
        ids = np.concatenate([ids, following[:, None]], axis=1)
        past = {name.replace("present", "past_key_values"): outputs[name] for name in names[1:]}
    assert np.array_equal(ids, greedy[:, :ids.shape[1]]), "greedy captions differ"

    beams = model.generate(pixel_values=pixels, max_new_tokens=24, num_beams=3, num_return_sequences=3)
    original = model.text_decoder.forward

    @functools.wraps(original)
    def by_onnx(input_ids=None, encoder_hidden_states=None, **others):
        output = original(input_ids=input_ids, encoder_hidden_states=encoder_hidden_states, **others)
        none = np.zeros((len(input_ids), *empty.shape[1:]), np.float32)
        each = {name: np.repeat(values, len(input_ids) // count, axis=0) for name, values in keys.items()}
        output.logits = torch.from_numpy(decoder.run(["logits"], {
            "input_ids": input_ids.numpy(), "attention_mask": np.ones(input_ids.shape, np.int64),
            **each, **{name: none for name in past}})[0])
        return output

    model.text_decoder.forward = by_onnx
    again = model.generate(pixel_values=pixels, max_new_tokens=24, num_beams=3, num_return_sequences=3, use_cache=False)
    assert torch.equal(beams, again), "beams differ"
    print(f"blip: greedy and beam captions of {count} images are transformers' own, "
          f"such as {tokenizer.decode(greedy[0], skip_special_tokens=True)!r}")


def check(pack: Path, data_folder: Path, caption_count: int = 300) -> None:
    pack = Path(pack)
    images = data.validation_split(data_folder).images
    sessions = _open(pack)
    _check_diffusion(pack, sessions, data.to_tensor(images[:8]))
    _check_clip(pack, sessions, data.to_tensor(images[:16]))
    _check_blip(pack, sessions, data.to_tensor(images[:caption_count]))
    size = sum(path.stat().st_size for path in pack.rglob("*") if path.is_file())
    print(f"pack: {size / 2 ** 20:.2f} MiB")


def check_weights(pack: Path, trained: dict[str, torch.nn.Module]) -> None:
    """Every rebuilt parameter must equal the trained one rounded to float16."""
    for name, model in trained.items():
        rebuilt = dict(getattr(onnx_to_torch, name)(pack).named_parameters())
        for key, parameter in model.named_parameters():
            assert torch.equal(rebuilt[key], parameter.half().float()), f"{name} {key}"
        print(f"{name}: {len(rebuilt)} parameters, all bit-equal")
