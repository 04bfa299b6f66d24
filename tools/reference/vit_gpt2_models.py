"""Small random ViT-GPT2 captioners and what transformers says with them.

    python tools/reference/vit_gpt2_models.py [RESOURCES]

writes models/tiny-vit-gpt2 and what is laid over it. The graphs are those of optimum's own exporter
(`pip install -r tools/reference/requirements-exporters.txt`): merged, as a pair, and without a past.
"""

import argparse
import logging
import re
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from optimum.exporters.onnx import main_export
from transformers import AutoTokenizer, GPT2Config, GPT2TokenizerFast, ViTConfig
from transformers.models.gpt2.tokenization_gpt2 import bytes_to_unicode
from transformers.models.vision_encoder_decoder.configuration_vision_encoder_decoder import VisionEncoderDecoderConfig
from transformers.models.vision_encoder_decoder.modeling_vision_encoder_decoder import VisionEncoderDecoderModel
from transformers.models.vit.image_processing_vit import ViTImageProcessor

import clip_blip_models as tiny
import clip_blip_reference as reference

END = "<|endoftext|>"
KEPT = ("config.json", "generation_config.json", "preprocessor_config.json", "special_tokens_map.json")
KEPT += ("tokenizer.json", "tokenizer_config.json", "encoder_model.onnx")


def tokenizer(folder):
    """GPT-2's byte-level BPE, trained on `TEXT`."""
    bytes_of = bytes_to_unicode()
    words = re.findall(r"'(?:s|t|re|ve|m|ll|d)| ?[a-z]+| ?[0-9]+| ?[^\sa-z0-9]+", " ".join(tiny.TEXT).lower())
    spelled = [["".join(bytes_of[byte] for byte in char.encode()) for char in word] for word in words]
    merges = tiny.byte_pair_merges(spelled, 150)
    tokens = list(bytes_of.values()) + [first + second for first, second in merges] + [END]
    folder.mkdir(parents=True, exist_ok=True)
    tiny.write_json(folder / "vocab.json", {token: i for i, token in enumerate(dict.fromkeys(tokens))})
    lines = "".join(f"{first} {second}\n" for first, second in merges)
    (folder / "merges.txt").write_text("#version: 0.2\n" + lines, encoding="utf-8")
    made = GPT2TokenizerFast(
        vocab_file=str(folder / "vocab.json"),
        merges_file=str(folder / "merges.txt"),
        model_max_length=48,
        pad_token=END,
    )
    made.save_pretrained(folder)
    return made


def model(words, seed):
    end = words - 1
    encoder = ViTConfig(
        hidden_size=24,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=3,
        image_size=32,
        patch_size=16,
    )
    decoder = GPT2Config(
        vocab_size=words,
        n_positions=48,
        n_embd=32,
        n_layer=2,
        n_head=4,
        bos_token_id=end,
        eos_token_id=end,
        is_decoder=True,
        add_cross_attention=True,
    )
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    config.decoder_start_token_id = config.pad_token_id = config.eos_token_id = config.bos_token_id = end
    made = VisionEncoderDecoderModel(config)
    tiny.seeded_normal(made, seed, 1.0)
    sharpen(made, end)
    made.generation_config.decoder_start_token_id = made.generation_config.pad_token_id = end
    made.generation_config.eos_token_id = made.generation_config.bos_token_id = end
    return made.eval()


def sharpen(made, end):
    """Makes a random decoder talk: positions and the picture matter, and captions end after some words."""
    decoder = made.decoder
    with torch.no_grad():
        for name, weight in decoder.named_parameters():
            if ".ln_" in name and name.endswith("weight"):
                weight.add_(1.0)
        decoder.transformer.wpe.weight.mul_(2.0)
        for block in decoder.transformer.h:
            block.crossattention.q_attn.weight.mul_(3.0)
            block.crossattention.c_proj.weight.mul_(2.0)
        width = decoder.config.n_embd
        head = torch.randn(decoder.config.vocab_size, width, generator=torch.Generator().manual_seed(9))
        towards_end = torch.randn(width, generator=torch.Generator().manual_seed(5))
        towards_end /= towards_end.norm()
        head[end] = towards_end * width**0.5
        decoder.lm_head.weight = torch.nn.Parameter(0.5 * head)
        decoder.transformer.ln_f.bias.copy_(1.5 * towards_end)
    decoder.config.tie_word_embeddings = made.config.decoder.tie_word_embeddings = False


def export(source, task, into, names):
    """Runs optimum as its command line does, and keeps the graphs `names`."""
    with tempfile.TemporaryDirectory() as out:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            main_export(str(source), output=out, task=task, do_validation=False)
        into.mkdir(parents=True, exist_ok=True)
        for name in names:
            graph = onnx.load(f"{out}/{name}")
            strip(graph.graph)
            onnx.save(graph, str(into / name))


def strip(graph):
    """Takes out where in the exporter's code a node was made."""
    for node in graph.node:
        node.ClearField("doc_string")
        del node.metadata_props[:]
        for attribute in node.attribute:
            if attribute.HasField("g"):
                strip(attribute.g)


CASES = [case for case in reference.CAPTIONS if "prefix" not in case] + [
    {"name": "greedy-no-repeat", "no_repeat_ngram_size": 2},
    {"name": "beam-no-repeat", "num_beams": 3, "num_return_sequences": 3, "no_repeat_ngram_size": 1},
]


def captions(made, processor, words, images, case):
    options = {key: value for key, value in case.items() if key not in ("name", "seed")}
    if case.get("do_sample"):
        options.setdefault("top_k", 50)
    pixels = processor(images=[image.convert("RGB") for image in images], return_tensors="pt")["pixel_values"]
    answers = []
    for tremor in (None, 1, 2, 3):
        extra = {} if tremor is None else {"logits_processor": [reference.Tremor(tremor)]}
        torch.manual_seed(case.get("seed", 0))
        out = made.generate(pixels, **options, **extra, return_dict_in_generate=True, output_scores=True)
        answers.append(out.sequences.tolist())
        if tremor is None:
            sequences, scores = out.sequences, getattr(out, "sequences_scores", None)
    if any(answer != answers[0] for answer in answers):
        raise AssertionError(f"{case['name']}: a near tie; choose another seed")
    rows = []
    for i, ids in enumerate(sequences.tolist()):
        text = words.decode(ids, skip_special_tokens=True).strip()
        rows.append({"ids": reference.cut(ids, 1, made.config.eos_token_id), "text": text})
        if scores is not None:
            rows[-1]["score"] = scores[i].item()
    returned = case.get("num_return_sequences", 1)
    return [rows[i : i + returned] for i in range(0, len(rows), returned)]


def golden(folder, made, images):
    processor = ViTImageProcessor.from_pretrained(folder)
    words = AutoTokenizer.from_pretrained(folder)
    cases = []
    for case in CASES:
        pictures = list(images.values())
        if case.get("do_sample"):  # a generator is one image's own
            rows = [row for image in pictures for row in captions(made, processor, words, [image], case)]
        else:
            rows = captions(made, processor, words, pictures, case)
        cases.append({**case, "prompt": [made.config.decoder_start_token_id], "captions": rows})
    reference.require_lively(cases)
    reference.write_golden(
        folder / "goldens.json.gz", {"versions": reference.versions(), "images": list(images), "cases": cases}
    )


def check(folder, made):
    """The exported graphs give torch's logits, token by token too."""
    pixels = torch.zeros(2, 3, 32, 32).normal_(generator=torch.Generator().manual_seed(3))
    ids = torch.randint(5, 200, (2, 5), generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        states = made.encoder(pixels).last_hidden_state
        expected = made(encoder_outputs=(states,), decoder_input_ids=ids, use_cache=False).logits
    (exported,) = reference.session(folder / "encoder_model.onnx").run(None, {"pixel_values": pixels.numpy()})
    reference.require_close(exported, states, "image states", 1e-5)
    session = reference.session(folder / "decoder_model_merged.onnx")
    cache = {
        port.name: np.zeros((2, 4, 0, 8), np.float32)
        for port in session.get_inputs()
        if port.name.startswith("past")
    }
    for i in range(5):
        feeds = {"input_ids": ids[:, i : i + 1].numpy(), "encoder_hidden_states": exported, **cache}
        logits, *present = session.run(None, {**feeds, "use_cache_branch": np.array([i > 0])})
        reference.require_close(logits[:, 0], expected[:, i], f"logits of token {i}", 1e-4)
        cache = dict(zip(cache, present))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("resources", nargs="?", type=Path, default=reference.RESOURCES)
    parser.add_argument("--seed", type=int, default=41)
    arguments = parser.parse_args()
    models = arguments.resources / "models"
    logging.getLogger("transformers").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        words = tokenizer(source)
        made = model(len(words), arguments.seed)
        made.save_pretrained(source)
        ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(source)
        folder = models / "tiny-vit-gpt2"
        export(source, "image-to-text-with-past", folder, ["encoder_model.onnx", "decoder_model_merged.onnx"])
        pair = ["decoder_model.onnx", "decoder_with_past_model.onnx"]
        export(source, "image-to-text-with-past", models / "tiny-vit-gpt2-pair", pair)
        for name in KEPT[:-1]:
            shutil.copy(source / name, folder / name)
    check(folder, made)
    images = reference.make_images(arguments.resources / "images")
    golden(folder, made, images)


if __name__ == "__main__":
    main()
