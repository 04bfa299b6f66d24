"""Expected values for sgid's CLIP and BLIP tests, from transformers.

    python tools/reference/clip_blip_reference.py [RESOURCES]

writes, below RESOURCES (by default sgid-onnx's test resources), small random models as ONNX under
models/, the pictures they are asked about under images/, and beside each model a goldens.json.gz:
what transformers answers. goldens/searches.json.gz holds the same for the search algorithms alone,
on a table that plays the language model.
"""

import argparse
import gzip
import json
import logging
import random
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import transformers
from PIL import Image, ImageDraw
from torch import nn
from transformers import GenerationConfig, GenerationMixin, LogitsProcessor, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

import clip_blip_models as tiny

RESOURCES = Path(__file__).resolve().parents[2] / "sgid-onnx/src/test/resources/dev/sgid/onnx"

IMAGES = {  # name: (mode, size)
    "landscape-64x48": ("RGB", (64, 48)),
    "portrait-33x97": ("RGB", (33, 97)),
    "gray-28x28": ("L", (28, 28)),
    "large-200x150": ("RGB", (200, 150)),
    "narrow-20x160": ("RGB", (20, 160)),
    "square-48x48": ("RGB", (48, 48)),
}

TEXTS = [
    "a photo of an ankle boot",
    "t-shirt",
    "",
    "It\u2019s a woman's dress, isn't it?",
    "ANKLE \t boot",
    "a bag \U0001f45c and a \u4e2d\u6587 caf\u00e9",
    "a very long text about a winter coat, a striped shirt, black trousers, one sneaker and many, many more things",
]


def write_golden(path, value):
    """Writes JSON, gzipped without a time stamp so that the same values give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
    with open(path, "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped:
        zipped.write(text.encode("utf-8"))


def versions():
    return {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__}


def make_images(folder):
    """A gradient and some shapes each, so that resizing and cropping show."""
    folder.mkdir(parents=True, exist_ok=True)
    images = {}
    for seed, (name, (mode, size)) in enumerate(IMAGES.items()):
        rng = random.Random(seed)
        width, height = size
        y, x = np.mgrid[0:height, 0:width]
        corners = np.array([[rng.randrange(256) for _ in range(3)] for _ in range(3)], dtype=np.float64)
        across, down = (x / width)[..., None], (y / height)[..., None]
        pixels = corners[0] + (corners[1] - corners[0]) * across + (corners[2] - corners[0]) * down
        image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        draw = ImageDraw.Draw(image)
        for _ in range(4):
            left, top = rng.randrange(width - 8), rng.randrange(height - 8)
            box = (left, top, left + rng.randrange(6, width // 2 + 6), top + rng.randrange(6, height // 2 + 6))
            color = tuple(rng.randrange(256) for _ in range(3))
            (draw.ellipse if rng.random() < 0.5 else draw.rectangle)(box, fill=color)
        image = image.convert(mode)
        image.save(folder / f"{name}.png", optimize=True)
        images[name] = image
    return images


# ----------------------------------------------------------------------------- CLIP


def clip_golden(folder, make, images):
    model, processor = make(folder)
    tokenizer = processor.tokenizer
    with torch.no_grad():
        inputs = processor(
            text=TEXTS, images=list(images.values()), padding=True, truncation=True, return_tensors="pt"
        )
        out = model(**inputs)
    text, image = unit(out.text_embeds), unit(out.image_embeds)
    check_clip(folder, tokenizer, inputs, text, image)
    write_golden(
        folder / "goldens.json.gz",
        {
            "versions": versions(),
            "images": list(images),
            "texts": TEXTS,
            "ids": [tokenizer(text, truncation=True)["input_ids"] for text in TEXTS],
            "similarity": (image @ text.T).tolist(),
            "imageSimilarity": (image @ image.T).tolist(),
        },
    )


def unit(embeds):
    embeds = embeds.double()
    return embeds / embeds.norm(dim=-1, keepdim=True)


def check_clip(folder, tokenizer, inputs, text, image):
    """The exported graphs give the same embeddings, at another batch size and padding than they were traced with."""
    ids, mask = inputs["input_ids"].numpy(), inputs["attention_mask"].numpy()
    pixels = inputs["pixel_values"].numpy()
    if (folder / "model.onnx").exists():
        feeds = {"input_ids": ids, "attention_mask": mask, "pixel_values": pixels}
        text_embeds, image_embeds = session(folder / "model.onnx").run(["text_embeds", "image_embeds"], feeds)
    else:
        text_session = session(folder / "text_model.onnx")
        names = {i.name: i.type for i in text_session.get_inputs()}
        if "attention_mask" in names:
            feeds = {"input_ids": ids, "attention_mask": mask}
        else:
            padded = tokenizer(TEXTS, padding="max_length", truncation=True, return_tensors="np")["input_ids"]
            feeds = {"input_ids": padded.astype(np.int32)}
        (text_embeds,) = text_session.run(None, feeds)
        (image_embeds,) = session(folder / "vision_model.onnx").run(None, {"pixel_values": pixels})
    require_close(unit(torch.tensor(text_embeds)), text, "text embeddings")
    require_close(unit(torch.tensor(image_embeds)), image, "image embeddings")


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def require_close(actual, expected, what, bound=2e-6):
    gap = (torch.as_tensor(actual).double() - torch.as_tensor(expected).double()).abs().max().item()
    if not gap <= bound:
        raise AssertionError(f"{what}: ONNX Runtime and torch are {gap} apart")


# ----------------------------------------------------------------------------- BLIP

CAPTIONS = [
    {"name": "greedy"},
    {"name": "greedy-max-length", "max_length": 7},
    {"name": "greedy-max-new-tokens", "max_new_tokens": 4},
    {"name": "greedy-one-token", "max_new_tokens": 1},
    {"name": "greedy-min-length", "min_length": 9, "max_length": 16},
    {"name": "greedy-repetition", "repetition_penalty": 1.3},
    {"name": "greedy-prefix", "prefix": "a photo of"},
    {"name": "greedy-prefix-max-length", "prefix": "a picture of a", "max_length": 14, "repetition_penalty": 1.3},
    {"name": "beam-3", "num_beams": 3},
    {"name": "beam-3-all", "num_beams": 3, "num_return_sequences": 3},
    {"name": "beam-4-all", "num_beams": 4, "num_return_sequences": 4, "max_new_tokens": 12},
    {"name": "beam-4-two", "num_beams": 4, "num_return_sequences": 2, "max_length": 14},
    {"name": "beam-penalty-0.5", "num_beams": 3, "num_return_sequences": 3, "length_penalty": 0.5},
    {"name": "beam-penalty-2", "num_beams": 3, "num_return_sequences": 3, "length_penalty": 2.0},
    {"name": "beam-penalty-negative", "num_beams": 4, "num_return_sequences": 4, "length_penalty": -1.0},
    {"name": "beam-repetition", "num_beams": 3, "num_return_sequences": 3, "repetition_penalty": 1.3},
    {"name": "beam-min-length", "num_beams": 3, "num_return_sequences": 3, "min_length": 8},
    {"name": "beam-min-new-tokens", "num_beams": 3, "num_return_sequences": 2, "min_new_tokens": 6},
    {"name": "beam-early", "num_beams": 4, "num_return_sequences": 4, "early_stopping": True},
    {"name": "beam-never", "num_beams": 4, "num_return_sequences": 4, "early_stopping": "never"},
    {
        "name": "beam-never-penalty-2",
        "num_beams": 4,
        "num_return_sequences": 4,
        "early_stopping": "never",
        "length_penalty": 2.0,
    },
    {"name": "beam-prefix", "prefix": "a photo of", "num_beams": 3, "num_return_sequences": 3, "max_new_tokens": 10},
    {
        "name": "beam-everything",
        "prefix": "the",
        "num_beams": 4,
        "num_return_sequences": 3,
        "min_length": 6,
        "max_length": 15,
        "length_penalty": 0.5,
        "repetition_penalty": 1.3,
        "early_stopping": True,
    },
    {"name": "sample-top-p", "do_sample": True, "top_p": 0.9, "seed": 0},
    {"name": "sample-three", "do_sample": True, "top_p": 0.9, "num_return_sequences": 3, "seed": 1},
    {
        "name": "sample-cold",
        "do_sample": True,
        "top_p": 0.9,
        "temperature": 0.7,
        "num_return_sequences": 3,
        "seed": 2,
    },
    {
        "name": "sample-hot",
        "do_sample": True,
        "top_p": 0.95,
        "top_k": 0,
        "temperature": 1.5,
        "num_return_sequences": 4,
        "seed": 3,
    },
    {"name": "sample-top-k", "do_sample": True, "top_k": 5, "num_return_sequences": 3, "seed": 4},
    {
        "name": "sample-prefix",
        "prefix": "a photo of",
        "do_sample": True,
        "top_p": 0.9,
        "repetition_penalty": 1.3,
        "min_length": 9,
        "max_new_tokens": 12,
        "num_return_sequences": 3,
        "seed": 7 + 2**32,  # torch keeps the low 32 bits
    },
]


class Tremor(LogitsProcessor):
    """Noise as small as another runtime's rounding: an answer that it changes is no golden."""

    def __init__(self, seed, size=2e-4):
        self.generator = torch.Generator().manual_seed(seed)
        self.size = size

    def __call__(self, input_ids, scores):
        return scores + self.size * torch.rand(scores.shape, generator=self.generator).sub(0.5)


def blip_golden(folder, make, images):
    model, processor = make(folder)
    check_blip(folder, model)
    cases = []
    for case in CAPTIONS:
        if case.get("do_sample"):  # a generator is one image's own
            rows = [rows for image in images.values() for rows in captions(model, processor, [image], case)]
        else:
            rows = captions(model, processor, list(images.values()), case)
        prompt = processor.tokenizer(case.get("prefix", ""))["input_ids"][:-1]  # with [CLS] for [DEC]
        cases.append({**case, "prompt": prompt, "captions": rows})
    require_lively(cases)
    write_golden(
        folder / "goldens.json.gz",
        {"versions": versions(), "images": list(images), "cases": cases},
    )
    return model, processor


def captions(model, processor, images, case):
    """What transformers says, per image: the sequences in its order, without what follows the end."""
    options = {k: v for k, v in case.items() if k not in ("name", "prefix", "seed")}
    if case.get("do_sample"):
        options.setdefault("top_k", 50)
    text = [case["prefix"]] * len(images) if "prefix" in case else None
    inputs = processor(images=images, text=text, return_tensors="pt")
    answers = []
    for tremor in (None, 1, 2, 3):
        extra = {} if tremor is None else {"logits_processor": [Tremor(tremor)]}
        torch.manual_seed(case.get("seed", 0))
        out = model.generate(
            **clone(inputs), **options, **extra, return_dict_in_generate=True, output_scores=True
        )
        answers.append([list(row) for row in out.sequences.tolist()])
        if tremor is None:
            sequences, scores = out.sequences, getattr(out, "sequences_scores", None)
    prompt = inputs["input_ids"].shape[1] - 1 if "prefix" in case else 1
    if any(answer != answers[0] for answer in answers):
        raise AssertionError(f"{case['name']}: a near tie; choose another seed")
    end = model.config.text_config.sep_token_id
    returned = case.get("num_return_sequences", 1)
    rows = []
    for i, ids in enumerate(cut(row, prompt, end) for row in sequences.tolist()):
        row = {"ids": ids, "text": processor.decode(sequences[i], skip_special_tokens=True)}
        if scores is not None:
            row["score"] = scores[i].item()
        rows.append(row)
    return [rows[i : i + returned] for i in range(0, len(rows), returned)]


def clone(inputs):
    """`generate` writes [DEC] into the ids it is given."""
    return {name: value.clone() for name, value in inputs.items()}


def cut(ids, prompt, end):
    """`ids` up to and with the first `end` after the prompt."""
    return ids[: ids.index(end, prompt) + 1] if end in ids[prompt:] else ids


def require_lively(cases):
    greedy = next(case for case in cases if case["name"] == "greedy")["captions"]
    ids = [row[0]["ids"] for row in greedy]
    lengths = {len(row) for row in ids}
    tokens = {token for row in ids for token in row}
    if len(lengths) < 3 or len(tokens) < 12 or len({tuple(row) for row in ids}) < 4:
        raise AssertionError(f"Greedy captions are too dull to test with: {ids}")


def check_blip(folder, model):
    """The exported decoder gives torch's logits in one go, and token by token where it has a cache."""
    text = model.config.text_config
    generator = torch.Generator().manual_seed(5)
    pixels = torch.zeros(3, 3, 48, 48).normal_(generator=generator)
    ids = torch.randint(5, text.vocab_size, (3, 9), generator=generator)
    with torch.no_grad():
        encoded = model.vision_model(pixels).last_hidden_state
        expected = model.text_decoder(input_ids=ids, encoder_hidden_states=encoded, use_cache=False).logits
    (states,) = session(folder / "vision_model.onnx").run(None, {"pixel_values": pixels.numpy()})
    require_close(states, encoded, "image states", 1e-5)
    decoder = session(folder / "text_decoder.onnx")
    past = [i.name for i in decoder.get_inputs() if i.name.startswith("past")]
    shape = (3, text.num_attention_heads, 0, text.hidden_size // text.num_attention_heads)
    cache = {name: np.zeros(shape, np.float32) for name in past}

    def run(tokens, total):
        feeds = {
            "input_ids": tokens.numpy(),
            "attention_mask": np.ones((3, total), np.int64),
            "encoder_hidden_states": states,
        }
        logits, *present = decoder.run(None, {**feeds, **cache})
        cache.update(zip(past, present))
        return logits

    require_close(run(ids, 9), expected, "logits", 1e-4)
    if past:
        cache.update({name: np.zeros(shape, np.float32) for name in past})
        run(ids[:, :2], 2)
        for i in range(2, 9):
            require_close(run(ids[:, i : i + 1], i + 1)[:, 0], expected[:, i], f"logits with a cache of {i}", 1e-4)


# ----------------------------------------------------------------------------- search on a table

WORDS, LENGTH, START, END, PAD = 23, 24, 1, 2, 0


class TableConfig(PretrainedConfig):
    model_type = "table"
    vocab_size = WORDS
    max_position_embeddings = LENGTH


class TableModel(PreTrainedModel, GenerationMixin):
    """A language model whose logits are looked up: by the last token, the one before it, and the position."""

    config_class = TableConfig

    def __init__(self, config):
        super().__init__(config)
        generator = torch.Generator().manual_seed(99)
        self.last = nn.Parameter(2.0 * torch.randn(WORDS, WORDS, generator=generator))
        self.before = nn.Parameter(torch.randn(WORDS, WORDS, generator=generator))
        self.position = nn.Parameter(torch.randn(LENGTH, WORDS, generator=generator))
        with torch.no_grad():
            self.last[:, END] += 1.5
            self.last[:, PAD] -= 20.0
            self.last[:, START] -= 20.0

    def forward(self, input_ids, **_):
        before = input_ids[:, -2] if input_ids.shape[1] > 1 else torch.full_like(input_ids[:, -1], PAD)
        logits = self.last[input_ids[:, -1]] + self.before[before] + self.position[input_ids.shape[1] - 1]
        return CausalLMOutput(logits=logits[:, None])

    def prepare_inputs_for_generation(self, input_ids, **_):
        return {"input_ids": input_ids}


def search_cases(count=240):
    """Options drawn at random, a third of them each for greedy, beam and sampling search."""
    rng = random.Random(5)
    for i in range(count):
        prompt = [START] + [rng.randrange(3, WORDS) for _ in range(rng.randrange(4))]
        case = {"max_length": rng.randrange(6, LENGTH), "prompt": prompt}
        if rng.random() < 0.4:
            case["repetition_penalty"] = rng.choice([0.8, 1.1, 1.3, 2.0])
        if rng.random() < 0.3:
            case["min_length"] = rng.randrange(1, case["max_length"] + 2)
        if rng.random() < 0.3:
            case["max_new_tokens"] = rng.randrange(1, LENGTH - len(case["prompt"]))
        if i % 3 == 1:
            case["num_beams"] = rng.randrange(2, 7)
            case["num_return_sequences"] = rng.randrange(1, case["num_beams"] + 1)
            case["length_penalty"] = rng.choice([-1.0, 0.0, 0.5, 1.0, 1.5, 2.0])
            case["early_stopping"] = rng.choice([False, True, "never"])
        if i % 3 == 2:
            case["do_sample"] = True
            case["seed"] = rng.randrange(2**34)
            case["num_return_sequences"] = rng.randrange(1, 5)
            case["top_k"] = rng.choice([0, 1, 3, 50])
            case["top_p"] = rng.choice([1.0, 0.95, 0.9, 0.5, 0.1])
            case["temperature"] = rng.choice([1.0, 0.7, 1.5])
        yield case


def search_golden(path):
    model = TableModel(TableConfig()).eval()
    model.generation_config = GenerationConfig(eos_token_id=END, pad_token_id=PAD, bos_token_id=START, use_cache=False)
    cases = []
    for case in search_cases():
        options = {name: value for name, value in case.items() if name not in ("prompt", "seed")}
        prompt = torch.tensor([case["prompt"]])
        answers = []
        for tremor in (None, 1):
            extra = {} if tremor is None else {"logits_processor": [Tremor(tremor, 5e-6)]}
            torch.manual_seed(case.get("seed", 0))
            out = model.generate(prompt, **options, **extra, return_dict_in_generate=True, output_scores=True)
            answers.append(out.sequences.tolist())
            scores = getattr(out, "sequences_scores", None) if tremor is None else scores
        if answers[0] != answers[1]:
            continue
        rows = [cut(ids, prompt.shape[1], END) for ids in answers[0]]
        cases.append({**case, "ids": rows} | ({} if scores is None else {"scores": scores.tolist()}))
    if len(cases) < 200:
        raise AssertionError(f"Only {len(cases)} searches without a near tie")
    tables = {name: getattr(model, name).tolist() for name in ("last", "before", "position")}
    special = {"start": START, "end": END, "pad": PAD}
    write_golden(path, {"versions": versions(), **special, **tables, "cases": cases})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("resources", nargs="?", type=Path, default=RESOURCES)
    resources = parser.parse_args().resources
    warnings.simplefilter("ignore")
    logging.getLogger("transformers").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    images = make_images(resources / "images")
    models = resources / "models"
    clip_golden(models / "tiny-clip", tiny.tiny_clip, images)
    clip_golden(models / "tiny-clip-normalised", tiny.tiny_clip_normalised, images)
    clip_golden(models / "tiny-clip-combined", tiny.tiny_clip_combined, images)
    model, processor = blip_golden(models / "tiny-blip", tiny.tiny_blip, images)
    tiny.tiny_blip_renamed(models / "tiny-blip-renamed", model, processor)
    blip_golden(models / "tiny-blip-nocache", tiny.tiny_blip_nocache, images)
    tiny.tiny_blip_keys(models / "tiny-blip-keys", model)
    search_golden(resources / "goldens/searches.json.gz")


if __name__ == "__main__":
    main()
