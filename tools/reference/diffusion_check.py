"""Runs the tiny packs through ONNX Runtime and a numpy DDIM loop and compares with the goldens.

    python tools/reference/diffusion_check.py

It is the Java side's arithmetic without Java (coefficients in double, latents in float32), so it shows
that the bounds of the tests can be met. Exit status 1 where a case is past its bound.
"""

import base64
import gzip
import json
import math
import sys

import numpy as np
import onnxruntime
import torch
from transformers import CLIPTokenizerFast

import diffusion_pack
import golden
from diffusion_img2img import padded


class OnnxImg2Img:
    """The same picture as diffusers', from the four graphs."""

    def __init__(self, pack: list[str]):
        folders = [diffusion_pack.MODELS / name for name in reversed(pack)]

        def owner(name):
            return next(folder for folder in folders if (folder / "stable-diffusion" / name).is_dir())

        def part(name):
            return owner(name) / "stable-diffusion" / name

        def session(name):
            return onnxruntime.InferenceSession(str(part(name) / "model.onnx"), providers=["CPUExecutionProvider"])

        self.tokenizer = CLIPTokenizerFast.from_pretrained(part("tokenizer"))
        scheduler = diffusion_pack.ddim(owner("scheduler"))
        self.config = scheduler.config
        self.alphas = scheduler.alphas_cumprod.numpy().astype(np.float64)
        self.vae_config, self.unet_config = (
            json.loads((part(name) / "config.json").read_text(encoding="utf-8")) for name in ("vae_decoder", "unet")
        )
        self.scaling = self.vae_config["scaling_factor"]
        self.text, self.unet = session("text_encoder"), session("unet")
        self.encoder, self.decoder = session("vae_encoder"), session("vae_decoder")

    def embed(self, text: str) -> np.ndarray:
        tokens = self.tokenizer(
            text, padding="max_length", truncation=True, max_length=self.tokenizer.model_max_length, return_tensors="np"
        )
        return self.text.run(["last_hidden_state"], {"input_ids": tokens.input_ids.astype(np.int64)})[0]

    def predict(self, latents, timestep, embeddings, guidance):
        """One UNet call an image: [unconditional, text] where guidance counts."""
        def run(count, text):
            feed = {
                "sample": np.repeat(latents, count, axis=0),
                "timestep": np.full(count, timestep, np.int64),
                "encoder_hidden_states": text,
            }
            return self.unet.run(None, feed)[0]

        if guidance <= 1:
            return run(1, embeddings[1:])
        unconditional, text = np.split(run(2, embeddings), 2)
        return unconditional + np.float32(guidance) * (text - unconditional)

    def step(self, out, timestep, latents, case, generator):
        previous = timestep - self.config.num_train_timesteps // case["steps"]
        alpha = self.alphas[timestep]
        final = 1.0 if self.config.set_alpha_to_one else self.alphas[0]
        alpha_previous = self.alphas[previous] if previous >= 0 else final
        root, noise_root = np.float32(math.sqrt(alpha)), np.float32(math.sqrt(1 - alpha))
        if self.config.prediction_type == "epsilon":
            x0, eps = (latents - noise_root * out) / root, out
        else:
            x0, eps = root * latents - noise_root * out, root * out + noise_root * latents
        sigma = case["eta"] * math.sqrt((1 - alpha_previous) / (1 - alpha) * (1 - alpha / alpha_previous))
        direction = np.float32(math.sqrt(max(0.0, 1 - alpha_previous - sigma**2)))
        latents = np.float32(math.sqrt(alpha_previous)) * x0 + direction * eps
        if case["eta"] > 0:
            latents = latents + np.float32(sigma) * draw(latents.shape, generator)
        return latents

    def encode(self, sample, generator):
        """A draw from the posterior where the encoder gives its moments, else what it gives."""
        output = self.encoder.get_outputs()[0].name
        values = self.encoder.run([output], {"sample": sample})[0]
        if output == "latent_sample":
            return values
        mean, logvar = np.split(values, 2, axis=1)
        return mean + np.exp(0.5 * np.clip(logvar, -30, 20)) * draw(mean.shape, generator)

    def generate(self, image: np.ndarray, case: dict) -> np.ndarray:
        embeddings = np.concatenate([self.embed(case["negativePrompt"]), self.embed(case["prompt"])])
        image = padded(image, self.vae_config, self.unet_config)
        sample = (image.astype(np.float32) / 255 * 2 - 1).transpose(2, 0, 1)[None]
        generator = torch.Generator("cpu").manual_seed(case["seed"])
        latents = np.float32(self.scaling) * self.encode(sample, generator)
        ratio = self.config.num_train_timesteps // case["steps"]
        timesteps = [i * ratio + 1 for i in reversed(range(case["steps"]))][case["steps"] - case["stepsRun"]:]
        alpha = self.alphas[timesteps[0]]
        noise = draw(latents.shape, generator)
        latents = np.float32(math.sqrt(alpha)) * latents + np.float32(math.sqrt(1 - alpha)) * noise
        for timestep in timesteps:
            out = self.predict(latents, timestep, embeddings, case["guidanceScale"])
            latents = self.step(out, timestep, latents, case, generator)
        decoded = self.decoder.run(None, {"latent_sample": latents / np.float32(self.scaling)})[0]
        return np.clip(decoded[0].transpose(1, 2, 0) / 2 + np.float32(0.5), 0, 1)


def draw(shape, generator: torch.Generator) -> np.ndarray:
    return torch.randn(shape, generator=generator).numpy()


def decode(encoded: dict, dtype: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(encoded["data"]), dtype).reshape(encoded["shape"])


def main() -> None:
    content = json.loads(gzip.decompress((golden.RESOURCES / "diffusion" / "img2img.json.gz").read_bytes()))
    packs, failed = {}, []
    for case in content["cases"]:
        key = tuple(case["pack"])
        if key not in packs:
            packs[key] = OnnxImg2Img(case["pack"])
        actual = packs[key].generate(decode(content["images"][case["image"]], "u1"), case)
        gap = float(np.abs(actual - decode(case["expected"], "<f4")).max())
        levels = np.abs((actual * 255).round() - decode(case["expectedBytes"], "u1").astype(np.float32)).max()
        bound = 1e-4 if case["guidanceScale"] <= 7.5 else max(1e-4, 5 * case["float64Gap"])
        print(f"{case['name']}: {gap:.1e} (bound {bound:.0e}), {levels:.0f} levels of 8 bits")
        if gap > bound or levels > 1:
            failed.append(case["name"])
    if failed:
        sys.exit(f"Past the bound: {', '.join(failed)}")


if __name__ == "__main__":
    main()
