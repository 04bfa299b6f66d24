"""A pack's Stable Diffusion graphs, run by ONNX Runtime, in the places of diffusers' modules.

For packs whose initialisers have lost the names of their parameters, and to tell differences of the
runtime from those of the arithmetic around it.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnxruntime
import torch
from diffusers.configuration_utils import FrozenDict
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from transformers import CLIPTokenizerFast

import diffusion_pack

_NUMPY = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
}


class _Part:
    """One graph with the attributes that the pipeline asks a module for."""

    dtype = torch.float32
    device = torch.device("cpu")

    def __init__(self, folder: Path):
        self.config = FrozenDict(json.loads((folder / "config.json").read_text(encoding="utf-8")))
        self._session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
        self._inputs = {value.name: value for value in self._session.get_inputs()}

    def run(self, **tensors: torch.Tensor) -> dict[str, torch.Tensor]:
        """All outputs by name; the inputs are cast to what the graph takes, the outputs to float32."""
        feed = {name: tensor.numpy().astype(_NUMPY[self._inputs[name].type]) for name, tensor in tensors.items()}
        names = [output.name for output in self._session.get_outputs()]
        outputs = self._session.run(names, feed)
        return {name: torch.from_numpy(value.astype(np.float32)) for name, value in zip(names, outputs)}


class TextEncoder(_Part):
    def __call__(self, input_ids, attention_mask=None):
        return (self.run(input_ids=input_ids)["last_hidden_state"],)


class Unet(_Part):
    def __call__(self, sample, timestep, encoder_hidden_states, **unused):
        shape = self._inputs["timestep"].shape
        timesteps = timestep.reshape([]) if not shape else timestep.expand(1 if shape == [1] else len(sample))
        output = self.run(sample=sample, timestep=timesteps, encoder_hidden_states=encoder_hidden_states)
        return (output["out_sample"],)


class Vae:
    dtype = torch.float32
    device = torch.device("cpu")

    def __init__(self, encoder: Path, decoder: Path):
        self._encoder, self._decoder = _Part(encoder), _Part(decoder)
        self.config = self._decoder.config

    def encode(self, image):
        output = self._encoder.run(sample=image)
        if "latent_parameters" in output:
            return SimpleNamespace(latent_dist=DiagonalGaussianDistribution(output["latent_parameters"]))
        return SimpleNamespace(latents=output["latent_sample"])

    def decode(self, latents, **unused):
        return (self._decoder.run(latent_sample=latents)["sample"],)


def load(pack: Path):
    """diffusers' pipeline around a pack's graphs."""
    folder = pack / "stable-diffusion"
    return diffusion_pack.pipeline(
        CLIPTokenizerFast.from_pretrained(folder / "tokenizer"),
        TextEncoder(folder / "text_encoder"),
        Unet(folder / "unet"),
        Vae(folder / "vae_encoder", folder / "vae_decoder"),
        diffusion_pack.ddim(pack),
    )
