"""Makes the small random Stable Diffusion packs that sgid-onnx's tests run on.

    python tools/reference/tiny_models.py

Writes `sgid-onnx/src/test/resources/dev/sgid/onnx/models/<name>/stable-diffusion/…`. `tiny-sd1` is a whole
pack; every other folder holds only what differs from it and is laid over a copy of it (README.md lists
them). Weights are random, from the seeds below; a few gains are set so that the numbers are worth
comparing: noise predictions and pictures of order one that depend on the prompt, the timestep and the
input. Initialisers keep the names of diffusers' and transformers' parameters, so that diffusion_pack.py
can read a pack back into torch.
"""

import json
import shutil
import warnings
from pathlib import Path

import diffusers
import numpy as np
import onnx
import onnxruntime
import tokenizers
import torch
import transformers
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizerFast

from diffusion_pack import MODELS
from diffusion_scheduler import SD15_PNDM

torch.set_grad_enabled(False)

MADE_WITH = (torch, diffusers, transformers, tokenizers, onnx)
OPSET = 17
START, END = "<|startoftext|>", "<|endoftext|>"
MERGES = 96

#: What the byte pairs of the tokenizer are learned from: enough for prompts to become several tokens.
CORPUS = """
a photo of an ankle boot, a photo of a black leather shoe with a heel on a white background
a bright dress with long sleeves, a dark coat with a zip and two pockets, a striped shirt, a plain pullover
the bag has a handle and a strap, the sandal has thin straps, sneakers with laces, wide trousers, a t-shirt
the same picture in the style of a painting, blurry, low quality, a small object in the middle of the image
"""

SD2_SCHEDULER = {
    "_class_name": "DDIMScheduler",
    "_diffusers_version": "0.8.0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "prediction_type": "v_prediction",
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
}

#: That of the published latent consistency models.
LCM_SCHEDULER = {
    "_class_name": "LCMScheduler",
    "_diffusers_version": "0.22.0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "clip_sample_range": 1.0,
    "num_train_timesteps": 1000,
    "original_inference_steps": 50,
    "prediction_type": "epsilon",
    "rescale_betas_zero_snr": False,
    "set_alpha_to_one": True,
    "steps_offset": 1,
    "thresholding": False,
    "timestep_spacing": "leading",
    "trained_betas": None,
}

LATENTS = {0: "batch", 2: "height", 3: "width"}
IMAGE = {0: "batch", 2: "image_height", 3: "image_width"}
TEXT = {0: "batch", 1: "sequence"}


# --- tokenizer -------------------------------------------------------------------------------------


def byte_characters() -> list[str]:
    """The printable stand-ins of the 256 bytes, in the order of CLIP's vocabulary ("!" comes first)."""
    alphabet = transformers.models.clip.tokenization_clip.bytes_to_unicode()
    return list(alphabet.values())


def learn_merges(text: str, count: int) -> list[tuple[str, str]]:
    """The `count` most frequent byte pairs, one after the other; ties go to the smaller pair."""
    words = [[*word[:-1], word[-1] + "</w>"] for word in text.lower().replace(",", " ,").split()]
    merges = []
    for _ in range(count):
        pairs = {}
        for word in words:
            for pair in zip(word, word[1:]):
                pairs[pair] = pairs.get(pair, 0) + 1
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = [merge(word, best) for word in words]
    return merges


def merge(word: list[str], pair: tuple[str, str]) -> list[str]:
    merged, i = [], 0
    while i < len(word):
        if tuple(word[i:i + 2]) == pair:
            merged.append(word[i] + word[i + 1])
            i += 2
        else:
            merged.append(word[i])
            i += 1
    return merged


def vocabulary() -> tuple[dict[str, int], list[tuple[str, str]]]:
    bytes_ = byte_characters()
    merges = learn_merges(CORPUS, MERGES)
    tokens = [*bytes_, *(b + "</w>" for b in bytes_), *(a + b for a, b in merges), START, END]
    return {token: i for i, token in enumerate(tokens)}, merges


def write_tokenizer(folder: Path, max_length: int, pad_token: str) -> CLIPTokenizerFast:
    folder.mkdir(parents=True)
    vocab, merges = vocabulary()
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2", *(f"{a} {b}" for a, b in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tokenizer = CLIPTokenizerFast(
        vocab_file=str(folder / "vocab.json"),
        merges_file=str(folder / "merges.txt"),
        model_max_length=max_length,
        pad_token=pad_token,
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


# --- models ----------------------------------------------------------------------------------------


def stir(model: torch.nn.Module) -> None:
    """Makes every bias and norm random: the exporter would merge those that are all 0 or all 1."""
    for parameter in model.parameters():
        if parameter.ndim == 1:
            parameter.add_(torch.randn(parameter.shape) * 0.05)


def text_encoder(seed: int, tokenizer: CLIPTokenizerFast, kind=CLIPTextModel, **config):
    torch.manual_seed(seed)
    model = kind(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            max_position_embeddings=77,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            attn_implementation="eager",
            **config,
        )
    ).eval()
    stir(model)
    # As drawn, every token's embedding is nearly the same after the first layers.
    model.text_model.embeddings.token_embedding.weight.mul_(50)
    model.text_model.embeddings.position_embedding.weight.mul_(15)
    for layer in model.text_model.encoder.layers:
        for linear in (layer.self_attn.q_proj, layer.self_attn.k_proj, layer.self_attn.out_proj):
            linear.weight.mul_(4)
    return model


def unet(seed: int, text_width: int, prompt_gain: float, **config) -> UNet2DConditionModel:
    torch.manual_seed(seed)
    model = UNet2DConditionModel(
        sample_size=8,
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=text_width,
        **config,
    ).eval()
    stir(model)
    for name, parameter in model.named_parameters():
        if "attn2.to_out.0.weight" in name or "attn2.to_k.weight" in name:
            parameter.mul_(prompt_gain)
    generator = torch.Generator().manual_seed(seed)
    samples = torch.randn((16, 4, 8, 8), generator=generator)
    texts = torch.randn((16, 77, text_width), generator=generator)
    out = model(samples, torch.linspace(1, 981, 16).long(), texts).sample
    model.conv_out.weight.div_(out.std())
    model.conv_out.bias.div_(out.std())
    return model


def vae(seed: int) -> AutoencoderKL:
    torch.manual_seed(seed)
    model = AutoencoderKL(
        block_out_channels=(8, 8, 16),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=4,
        sample_size=32,
        scaling_factor=0.18215,
    ).eval()
    stir(model)
    generator = torch.Generator().manual_seed(seed)
    moments = model.encode(torch.rand((16, 3, 32, 32), generator=generator) * 2 - 1).latent_dist
    model.quant_conv.weight[:4].mul_(5 / moments.mean.std())
    model.quant_conv.weight[4:].mul_(1 / moments.logvar.std())
    model.quant_conv.bias[4:].sub_(3)
    out = model.decode(torch.randn((16, 4, 8, 8), generator=generator) * 5).sample
    model.decoder.conv_out.weight.mul_(0.4 / out.std())
    model.decoder.conv_out.bias.sub_(out.mean(dim=(0, 2, 3)))
    model.decoder.conv_out.bias.mul_(0.4 / out.std())
    return model


class Unet(torch.nn.Module):
    """The UNet with the inputs and the output of the published ONNX graphs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, sample, timestep, encoder_hidden_states, timestep_cond=None):
        return self.model(sample, timestep, encoder_hidden_states, timestep_cond=timestep_cond, return_dict=False)[0]


class TextEncoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        out = self.model(input_ids)
        return out.last_hidden_state, out.pooler_output


class VaeEncoder(torch.nn.Module):
    """The encoder: its moments (optimum now), their mode, or a random draw (the older exports)."""

    def __init__(self, model, output="moments"):
        super().__init__()
        self.model = model
        self.output = output

    def forward(self, sample):
        moments = self.model.quant_conv(self.model.encoder(sample))
        if self.output == "moments":
            return moments
        mean, logvar = torch.chunk(moments, 2, dim=1)
        if self.output == "mode":
            return mean
        return mean + torch.exp(0.5 * torch.clamp(logvar, -30.0, 20.0)) * torch.randn_like(mean)


class VaeDecoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, latent_sample):
        return self.model.decoder(self.model.post_quant_conv(latent_sample))


# --- export ----------------------------------------------------------------------------------------


def export(module, path: Path, inputs: dict, outputs: dict) -> Path:
    """Exports `module`; `inputs` and `outputs` map a name to (example, names of its free dimensions)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    axes = {name: dims for name, (_, dims) in inputs.items()} | outputs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every Python branch on a shape
        torch.onnx.export(
            module,
            tuple(example for example, _ in inputs.values()),
            path,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: dims for name, dims in axes.items() if dims},
            opset_version=OPSET,
            do_constant_folding=False,  # folding would rename and transpose the weights
            dynamo=False,
        )
    onnx.save(compact(onnx.load(path)), path)
    return path


def compact(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drops the scopes from names (most of such a small file) but keeps the parameters' own names."""
    graph = model.graph
    if any(attribute.HasField("g") for node in graph.node for attribute in node.attribute):
        raise ValueError("The graph has branches: their names would have to be shortened too")
    names = {value.name: value.name for value in (*graph.input, *graph.output)}
    for initializer in graph.initializer:
        names[initializer.name] = initializer.name.removeprefix("model.")
        initializer.name = names[initializer.name]
    for node in graph.node:
        node.name = ""
        node.doc_string = ""
        for field in (node.input, node.output):
            for i, name in enumerate(field):
                if name:
                    field[i] = names.setdefault(name, f"v{len(names)}")
    del graph.value_info[:]
    graph.name = "sgid"
    onnx.checker.check_model(model)
    return model


def export_unet(model, path, timestep=None, batch="batch", steps="batch", half=False):
    """`timestep` is an example (a batch of int64 if None); `batch` is a name, or a number to fix it."""
    count = batch if isinstance(batch, int) else 2
    free = {} if isinstance(batch, int) else {0: batch}
    width = model.config.cross_attention_dim
    generator = torch.Generator().manual_seed(1)
    sample = torch.randn((count, 4, 8, 8), generator=generator)
    text = torch.randn((count, 77, width), generator=generator)
    if timestep is None:
        timestep = torch.tensor([481, 1][:count])
    if half:
        sample, text = sample.half(), text.half()
    latents = {2: "height", 3: "width"} | free
    inputs = {
        "sample": (sample, latents),
        "timestep": (timestep, {0: steps} if timestep.ndim and free else {}),
        "encoder_hidden_states": (text, {1: "sequence"} | free),
    }
    if model.config.time_cond_proj_dim:
        inputs["timestep_cond"] = (torch.randn((count, model.config.time_cond_proj_dim), generator=generator), free)
    return export(Unet(model), path, inputs, {"out_sample": latents})


def export_text_encoder(model, path, dtype=torch.int64):
    ids = torch.full((2, 77), model.config.eos_token_id, dtype=dtype)
    ids[:, 0] = model.config.bos_token_id
    ids[:, 1:5] = torch.tensor([[5, 9, 300, 520], [40, 41, 42, 43]])
    outputs = {"last_hidden_state": TEXT, "pooler_output": {0: "batch"}}
    return export(TextEncoder(model), path, {"input_ids": (ids, TEXT)}, outputs)


def export_vae_encoder(model, path, output="moments"):
    image = torch.rand((2, 3, 32, 32), generator=torch.Generator().manual_seed(2)) * 2 - 1
    name = "latent_parameters" if output == "moments" else "latent_sample"
    return export(VaeEncoder(model, output), path, {"sample": (image, IMAGE)}, {name: LATENTS})


def export_vae_decoder(model, path):
    latents = torch.randn((2, 4, 8, 8), generator=torch.Generator().manual_seed(3))
    return export(VaeDecoder(model), path, {"latent_sample": (latents, LATENTS)}, {"sample": IMAGE})


def largest_difference(path: Path, module, inputs: dict[str, torch.Tensor]) -> float:
    """Between ONNX Runtime and torch, over all outputs, for inputs of sizes the tracer has not seen."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    actual = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    expected = module(*inputs.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    differences = (np.abs(a - e.numpy()).max() for a, e in zip(actual, expected, strict=True))
    return float(max(differences))


# --- packs -----------------------------------------------------------------------------------------


def fresh(name: str, what: str, script: str = "tiny_models.py", **seeds: int) -> Path:
    """An empty `<name>/stable-diffusion` with `<name>/MADE_BY.json` beside it."""
    folder = MODELS / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "stable-diffusion").mkdir(parents=True)
    made_by = {
        "what": what,
        "script": f"tools/reference/{script}",
        "seeds": seeds,
        "opset": OPSET,
        "versions": {module.__name__: str(module.__version__) for module in MADE_WITH},
    }
    write_json(folder / "MADE_BY.json", made_by)
    return folder / "stable-diffusion"


def write_json(path: Path, content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def save_config(model, folder: Path) -> None:
    config = json.loads(model.config.to_json_string()) if hasattr(model.config, "to_json_string") else {
        "_class_name": type(model).__name__,
        "_diffusers_version": diffusers.__version__,
        **{key: value for key, value in model.config.items() if not key.startswith("_")},
    }
    write_json(folder / "config.json", config)


def write_model_index(folder: Path, scheduler: str) -> None:
    write_json(folder / "model_index.json", {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": diffusers.__version__,
        "feature_extractor": [None, None],
        "requires_safety_checker": False,
        "safety_checker": [None, None],
        "scheduler": ["diffusers", scheduler],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    })


def make_sd1() -> dict:
    """The whole pack: epsilon, a PNDM config as Stable Diffusion 1.5's, VAE factor 4, one downsampling."""
    seeds = {"text_encoder": 11, "unet": 12, "vae": 13}
    folder = fresh("tiny-sd1", make_sd1.__doc__, **seeds)
    tokenizer = write_tokenizer(folder / "tokenizer", 77, END)
    parts = {
        "text_encoder": text_encoder(
            seeds["text_encoder"],
            tokenizer,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
        ),
        "unet": unet(
            seeds["unet"],
            text_width=32,
            prompt_gain=6,
            block_out_channels=(8, 16),
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            attention_head_dim=2,
        ),
        "vae": vae(seeds["vae"]),
    }
    write_model_index(folder, "PNDMScheduler")
    write_json(folder / "scheduler" / "scheduler_config.json", SD15_PNDM)
    write_parts(folder, parts)
    return parts


def make_sd2() -> None:
    """v-prediction, pad token "!" (id 0), heads as a list, linear projections, two downsamplings, gelu."""
    seeds = {"text_encoder": 21, "unet": 22}
    folder = fresh("tiny-sd2", make_sd2.__doc__, **seeds)
    tokenizer = write_tokenizer(folder / "tokenizer", 77, "!")
    parts = {
        "text_encoder": text_encoder(
            seeds["text_encoder"],
            tokenizer,
            hidden_size=24,
            intermediate_size=48,
            num_hidden_layers=3,
            num_attention_heads=3,
            hidden_act="gelu",
        ),
        "unet": unet(
            seeds["unet"],
            text_width=24,
            prompt_gain=6,
            block_out_channels=(8, 8, 16),
            down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
            attention_head_dim=[1, 2, 4],
            use_linear_projection=True,
        ),
    }
    write_model_index(folder, "DDIMScheduler")
    write_json(folder / "scheduler" / "scheduler_config.json", SD2_SCHEDULER)
    write_parts(folder, parts)


def make_lcm() -> None:
    """The UNet of a latent consistency model, which is given the guidance scale; its scheduler's config."""
    seeds = {"unet": 31}
    folder = fresh("tiny-lcm", make_lcm.__doc__, **seeds)
    model = unet(
        seeds["unet"],
        text_width=32,
        prompt_gain=6,
        block_out_channels=(8, 16),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=2,
        time_cond_proj_dim=256,
    )
    write_json(folder / "scheduler" / "scheduler_config.json", LCM_SCHEDULER)
    write_parts(folder, {"unet": model})


def write_parts(folder: Path, parts: dict) -> None:
    generator = torch.Generator().manual_seed(4)
    for name, model in parts.items():
        if name == "vae":
            save_config(model, folder / "vae_encoder")
            save_config(model, folder / "vae_decoder")
            encoder = export_vae_encoder(model, folder / "vae_encoder" / "model.onnx")
            decoder = export_vae_decoder(model, folder / "vae_decoder" / "model.onnx")
            image = torch.rand((3, 3, 24, 40), generator=generator) * 2 - 1
            latents = torch.randn((3, 4, 6, 10), generator=generator) * 5
            report(encoder, largest_difference(encoder, VaeEncoder(model), {"sample": image}))
            report(decoder, largest_difference(decoder, VaeDecoder(model), {"latent_sample": latents}))
        elif name == "unet":
            save_config(model, folder / "unet")
            path = export_unet(model, folder / "unet" / "model.onnx")
            check_unet(path, model, timestep=torch.tensor([999, 500, 1]))
        else:
            save_config(model, folder / "text_encoder")
            path = export_text_encoder(model, folder / "text_encoder" / "model.onnx")
            ids = torch.randint(0, model.config.vocab_size, (3, 16), generator=generator)
            report(path, largest_difference(path, TextEncoder(model), {"input_ids": ids}))


def report(path: Path, difference: float, bound: float = 1e-4) -> None:
    kib = path.stat().st_size / 1024
    print(f"{path.relative_to(MODELS)}: {kib:.0f} KiB, ONNX Runtime - torch {difference:.1e}")
    if difference > bound:
        raise AssertionError(f"{path} is not the model it was exported from")


def with_batch_of_one(model: onnx.ModelProto) -> onnx.ModelProto:
    """Fixes the dimension that is called `batch`, of inputs and outputs."""
    for value in (*model.graph.input, *model.graph.output):
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.dim_param == "batch":
                dimension.dim_value = 1
    return model


def make_variants(sd1: dict) -> None:
    """What other exporters write for the same weights; each folder is laid over `tiny-sd1`."""
    model, text, autoencoder = sd1["unet"], sd1["text_encoder"], sd1["vae"]
    unet_path = Path("unet") / "model.onnx"
    encoder_path = Path("vae_encoder") / "model.onnx"

    folder = fresh("tokenizer-16", "The tokenizer of tiny-sd1 with a model_max_length of 16.")
    write_tokenizer(folder / "tokenizer", 16, END)

    folder = fresh("unet-float-scalar", "Timestep float32 [], as optimum from 1.24 on.")
    path = export_unet(model, folder / unet_path, timestep=torch.tensor(481.0))
    check_unet(path, model, timestep=torch.tensor(500.0))

    folder = fresh("unet-float-batch", "Timestep float32 [batch], as diffusers' own script.")
    path = export_unet(model, folder / unet_path, timestep=torch.tensor([481.0, 1.0]))
    check_unet(path, model, timestep=torch.tensor([999.0, 500.0, 1.0]))

    folder = fresh("unet-int64-steps", "Timestep int64 [steps]: one for the whole batch, as optimum before 1.24.")
    path = export_unet(model, folder / unet_path, timestep=torch.tensor([481]), steps="steps")
    check_unet(path, model, timestep=torch.tensor([500]))

    for batch in (1, 2):
        folder = fresh(f"unet-batch-{batch}", f"Batch fixed to {batch}, as Olive fixes it.")
        path = export_unet(model, folder / unet_path, batch=batch)
        check_unet(path, model, timestep=torch.tensor([999, 1][:batch]), batch=batch)

    folder = fresh("unet-external-data", "Weights in model.onnx_data, as every graph past 2 GB.")
    path = export_unet(model, folder / unet_path)
    onnx.save(
        onnx.load(path),
        path,
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location="model.onnx_data",
        size_threshold=256,
    )
    check_unet(path, model, timestep=torch.tensor([999, 500, 1]))

    folder = fresh("unet-float16", "Weights, inputs and output float16; timestep float16 [batch].")
    half = UNet2DConditionModel.from_config(model.config).eval()
    half.load_state_dict(model.state_dict())
    half = half.half()
    path = export_unet(half, folder / unet_path, timestep=torch.tensor([481.0, 1.0]).half(), half=True)
    check_unet(path, half, timestep=torch.tensor([999.0, 500.0, 1.0]).half(), bound=0.05)

    folder = fresh("text-encoder-int32", "input_ids int32, as diffusers' own script and optimum before 1.24.")
    path = export_text_encoder(text, folder / "text_encoder" / "model.onnx", dtype=torch.int32)
    ids = torch.arange(32, dtype=torch.int32).reshape(2, 16) * 19
    report(path, largest_difference(path, TextEncoder(text), {"input_ids": ids}))

    folder = fresh("text-encoder-batch-1", "Only the batch is fixed, to 1, as by make_dynamic_shape_fixed.")
    path = export_text_encoder(text, folder / "text_encoder" / "model.onnx")
    onnx.save(with_batch_of_one(onnx.load(path)), path)
    report(path, largest_difference(path, TextEncoder(text), {"input_ids": ids[:1].long()}))

    image = {"sample": torch.rand((3, 3, 24, 40), generator=torch.Generator().manual_seed(5)) * 2 - 1}
    folder = fresh("vae-encoder-mode", "latent_sample is the posterior's mean: deterministic.")
    path = export_vae_encoder(autoencoder, folder / encoder_path, output="mode")
    report(path, largest_difference(path, VaeEncoder(autoencoder, "mode"), image))

    folder = fresh("vae-encoder-random", "latent_sample is drawn inside the graph (RandomNormalLike).")
    path = export_vae_encoder(autoencoder, folder / encoder_path, output="draw")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    draws = [session.run(None, {"sample": image["sample"].numpy()})[0] for _ in range(2)]
    if np.array_equal(*draws):
        raise AssertionError(f"{path} draws the same twice")


def check_unet(path: Path, model, timestep: torch.Tensor, batch: int = 3, bound: float = 1e-4) -> None:
    """Runs the graph at a size the tracer has not seen."""
    generator = torch.Generator().manual_seed(4)
    dtype = next(model.parameters()).dtype
    width = model.config.cross_attention_dim
    inputs = {
        "sample": torch.randn((batch, 4, 8, 12), generator=generator).to(dtype),
        "timestep": timestep,
        "encoder_hidden_states": torch.randn((batch, 16, width), generator=generator).to(dtype),
    }
    if model.config.time_cond_proj_dim:
        inputs["timestep_cond"] = torch.randn((batch, model.config.time_cond_proj_dim), generator=generator)
    report(path, largest_difference(path, Unet(model), inputs), bound)


def main() -> None:
    make_variants(make_sd1())
    make_sd2()
    make_lcm()


if __name__ == "__main__":
    main()
