"""The CLIP that scores how well a caption fits an image."""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from transformers import CLIPConfig, CLIPModel, CLIPTokenizerFast

import captions
import data
from tokenization import PROMPT_TOKENS, prompt_tokenizer
from training import Trainer, rank

STEPS = 2_200
BATCH = 128
LEARNING_RATE = 1.5e-3

#: CLIPImageProcessor's numbers; the model is fed with pixels in [-1, 1].
MEAN = STD = (0.5, 0.5, 0.5)


def text_config(tokenizer: CLIPTokenizerFast, width: int = 64) -> dict:
    """The text tower of both the CLIP and Stable Diffusion."""
    return dict(
        vocab_size=len(tokenizer), hidden_size=width, intermediate_size=4 * width, projection_dim=width,
        num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=PROMPT_TOKENS,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id)


def new_model(tokenizer: CLIPTokenizerFast) -> CLIPModel:
    vision = dict(hidden_size=96, intermediate_size=288, projection_dim=64, num_hidden_layers=4,
                  num_attention_heads=4, image_size=32, patch_size=4)
    config = CLIPConfig(text_config=text_config(tokenizer), vision_config=vision, projection_dim=64)
    config.text_config.eos_token_id = tokenizer.eos_token_id
    return CLIPModel(config)


def tokenize(tokenizer: CLIPTokenizerFast, texts: list[str]) -> dict[str, torch.Tensor]:
    return dict(tokenizer(texts, padding="max_length", truncation=True, max_length=PROMPT_TOKENS,
                          return_tensors="pt"))


@torch.no_grad()
def image_embeddings(model: CLIPModel, images: np.ndarray, batch_size: int = 500) -> torch.Tensor:
    parts = [model.get_image_features(pixel_values=data.to_tensor(images[i:i + batch_size]))
             for i in range(0, len(images), batch_size)]
    return functional.normalize(torch.cat(parts), dim=1)


@torch.no_grad()
def text_embeddings(model: CLIPModel, tokenizer: CLIPTokenizerFast, texts: list[str]) -> torch.Tensor:
    """Embeds each distinct text once."""
    distinct = list(dict.fromkeys(texts))
    embedded = functional.normalize(model.get_text_features(**tokenize(tokenizer, distinct)), dim=1)
    position = {text: row for row, text in enumerate(distinct)}
    return embedded[[position[text] for text in texts]]


def zero_shot_accuracy(model: CLIPModel, tokenizer: CLIPTokenizerFast, split: data.Split) -> float:
    similarity = image_embeddings(model, split.images) @ text_embeddings(model, tokenizer, list(data.LABEL_TEXTS)).T
    return float((similarity.argmax(dim=1).numpy() == split.labels).mean())


def own_and_other(model: CLIPModel, tokenizer: CLIPTokenizerFast, split: data.Split,
                  seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosine of every image with its own caption, and with the caption of an image of another class."""
    texts = captions.write(split)
    random = np.random.default_rng(seed)
    other = random.permutation(len(split))
    while (same := split.labels[other] == split.labels).any():
        other[same] = random.integers(0, len(split), same.sum())
    images = image_embeddings(model, split.images)
    own = (images * text_embeddings(model, tokenizer, texts)).sum(dim=1)
    foreign = (images * text_embeddings(model, tokenizer, [texts[i] for i in other])).sum(dim=1)
    return own, foreign


def _texts_and_matches(labels: np.ndarray, texts: list[str], random: np.random.Generator):
    """One text an image (its caption, its label, or both) and which texts are true of which images."""
    caption_ids = np.unique(texts, return_inverse=True)[1]
    form = random.choice(3, size=len(labels), p=(0.5, 0.25, 0.25))
    chosen = [(text, data.LABEL_TEXTS[label], f"{data.LABEL_TEXTS[label]}, {text}")[kind]
              for text, label, kind in zip(texts, labels, form)]
    same_label = labels[:, None] == labels[None]
    same_caption = caption_ids[:, None] == caption_ids[None]
    matches = (same_caption | (form == 1)) & (same_label | (form == 0))
    return chosen, torch.from_numpy(matches).float()


def _contrast(logits: torch.Tensor, matches: torch.Tensor) -> torch.Tensor:
    """Cross-entropy both ways; texts that are true of several images share the target."""
    by_image = -(matches / matches.sum(1, keepdim=True) * logits.log_softmax(1)).sum(1).mean()
    by_text = -(matches / matches.sum(0, keepdim=True) * logits.log_softmax(0)).sum(0).mean()
    return (by_image + by_text) / 2


def flip_half(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Mirrors half of the images; no word of a caption depends on left or right."""
    flip = random.random(len(images)) < 0.5
    return np.where(flip[:, None, None], images[:, :, ::-1], images)


def train(data_folder: Path, out: Path, steps: int = STEPS, seed: int = 3) -> None:
    torch.manual_seed(seed)
    split = data.training_split(data_folder)
    check = data.validation_split(data_folder).first(2_000)
    texts = np.array(captions.write(split))
    tokenizer = prompt_tokenizer()
    trainer = Trainer("clip", new_model(tokenizer).train(), out, steps, seed, LEARNING_RATE,
                      decay=0.995, weight_decay=0.05)
    random = np.random.default_rng((seed, trainer.step_number, rank()))
    for indices in trainer.batches(len(split), BATCH):
        indices = indices.numpy()
        chosen, matches = _texts_and_matches(split.labels[indices], list(texts[indices]), random)
        pixels = data.to_tensor(flip_half(split.images[indices], random))
        outputs = trainer.model(pixel_values=pixels, **tokenize(tokenizer, chosen))
        trainer.step(_contrast(outputs.logits_per_image, matches))
        if trainer.due(every=500):
            own, foreign = own_and_other(trainer.average, tokenizer, check)
            trainer.say(f"validation zero-shot {zero_shot_accuracy(trainer.average, tokenizer, check):.4f} "
                        f"own {own.mean():.3f} other {foreign.mean():.3f} "
                        f"own 5-95 % {own.quantile(0.05):.3f}-{own.quantile(0.95):.3f}")
            trainer.average.save_pretrained(out)
            trainer.save_state()
