"""The BLIP that captions images."""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import BertTokenizerFast, BlipConfig, BlipForConditionalGeneration, CLIPModel

import captions
import data
from clip import flip_half
from tokenization import PROMPT_TOKENS, caption_tokenizer
from training import Trainer, rank

STEPS = 7_300
BATCH = 96
LEARNING_RATE = 1.2e-3


def new_model(tokenizer: BertTokenizerFast) -> BlipForConditionalGeneration:
    vision = dict(hidden_size=96, intermediate_size=288, num_hidden_layers=4, num_attention_heads=4,
                  image_size=32, patch_size=4, projection_dim=64, hidden_act="quick_gelu")
    text = dict(vocab_size=len(tokenizer), hidden_size=64, encoder_hidden_size=96, intermediate_size=192,
                projection_dim=64, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=PROMPT_TOKENS + 2,
                hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, label_smoothing=0.0,
                bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.sep_token_id,
                sep_token_id=tokenizer.sep_token_id, pad_token_id=tokenizer.pad_token_id)
    config = BlipConfig(text_config=text, vision_config=vision, projection_dim=64, image_text_hidden_size=64)
    return BlipForConditionalGeneration(config)


class Learner(nn.Module):
    """The captioner, and two probes that make its image encoder learn what the words are about.

    One reads class, area, brightness and step width off the first token of the last layer; the other reads, half-way
    up, each patch's share in the sums that the rules are made of. They help in training only.
    """

    def __init__(self, model: BlipForConditionalGeneration):
        super().__init__()
        self.model = model
        width = model.config.vision_config.hidden_size
        self.probe = nn.Linear(width, len(data.LABELS) + 3)
        self.patch_probe = nn.Linear(width, 4)

    def forward(self, pixels: torch.Tensor, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        vision = self.model.vision_model(pixel_values=pixels, output_hidden_states=True)
        half_way = vision.hidden_states[len(vision.hidden_states) // 2]
        seen = vision.last_hidden_state
        logits = self.model.text_decoder(input_ids=ids[:, :-1], encoder_hidden_states=seen).logits
        return logits, self.probe(seen[:, 0]), self.patch_probe(half_way[:, 1:])


@torch.no_grad()
def start_from_clip(model: BlipForConditionalGeneration, clip: CLIPModel, images: np.ndarray) -> None:
    """Copies CLIP's image encoder, which has the same shape.

    CLIP normalises its embeddings before the first layer and BLIP does not: the normalisation, with the mean
    deviation on some images, becomes part of the embeddings.
    """
    source, target = clip.vision_model, model.vision_model
    norm, old, new = source.pre_layrnorm, source.embeddings, target.embeddings
    deviation = old(data.to_tensor(images)).std(dim=2).mean()

    def scaled(embedding: torch.Tensor) -> torch.Tensor:
        return (embedding - embedding.mean(dim=-1, keepdim=True)) / deviation * norm.weight

    new.class_embedding.copy_(scaled(old.class_embedding)[None, None])
    new.position_embedding.copy_((scaled(old.position_embedding.weight) + norm.bias)[None])
    new.patch_embedding.weight.copy_(scaled(old.patch_embedding.weight.permute(1, 2, 3, 0)).permute(3, 0, 1, 2))
    new.patch_embedding.bias.zero_()
    for there, here in zip(source.encoder.layers, target.encoder.layers, strict=True):
        here.layer_norm1.load_state_dict(there.layer_norm1.state_dict())
        here.layer_norm2.load_state_dict(there.layer_norm2.state_dict())
        here.mlp.load_state_dict(there.mlp.state_dict())
        attention = there.self_attn
        parts = (attention.q_proj, attention.k_proj, attention.v_proj)
        here.self_attn.qkv.weight.copy_(torch.cat([part.weight for part in parts]))
        here.self_attn.qkv.bias.copy_(torch.cat([part.bias for part in parts]))
        here.self_attn.projection.load_state_dict(attention.out_proj.state_dict())
    target.post_layernorm.load_state_dict(source.post_layernorm.state_dict())


def _probe_targets(split: data.Split) -> torch.Tensor:
    """Area, brightness and step of every image, as distances from the bounds of the rules."""
    measures = captions.measure(split.images)
    kinds = [captions.KINDS[label] for label in split.labels]
    area = (measures.area / np.array([captions.AREA_MEDIANS[kind] for kind in kinds]) - 1) / 0.2
    step = (measures.step / np.array([captions.STEP_MEDIANS[kind] for kind in kinds]) - 1) / 0.25
    brightness = (measures.brightness - np.mean(captions.SHADE_BOUNDS)) / 40
    return torch.from_numpy(np.stack([area, brightness, step], axis=1).clip(-2, 2)).float()


def _patch_targets(images: np.ndarray, patch: int = 4) -> torch.Tensor:
    """What each patch adds to area, brightness, steps and neighbours of `captions.measure`: [n, patches, 4]."""
    pixels = torch.from_numpy(images).float()
    inside = (pixels > captions.FOREGROUND).float()
    neighbours = functional.pad(inside[:, :, 1:] * inside[:, :, :-1], (0, 1))
    steps = functional.pad(pixels.diff(dim=2).abs(), (0, 1)) * neighbours
    sums = torch.stack([inside, pixels * inside / 255, steps / 50, neighbours], dim=1)
    return functional.avg_pool2d(sums, patch).flatten(2).transpose(1, 2)


def token_rows(tokenizer: BertTokenizerFast, texts: list[str]) -> torch.Tensor:
    """Token ids [n, length] that begin with [DEC] and end with [SEP]; all captions are equally long."""
    ids = tokenizer(texts, padding="longest", return_tensors="pt").input_ids
    ids[:, 0] = tokenizer.bos_token_id
    return ids


@torch.no_grad()
def greedy_captions(model: BlipForConditionalGeneration, tokenizer: BertTokenizerFast, images: np.ndarray,
                    batch_size: int = 250) -> list[str]:
    texts = []
    for i in range(0, len(images), batch_size):
        ids = model.generate(pixel_values=data.to_tensor(images[i:i + batch_size]), max_new_tokens=PROMPT_TOKENS,
                             num_beams=1, do_sample=False)
        texts += tokenizer.batch_decode(ids, skip_special_tokens=True)
    return texts


def train(data_folder: Path, clip_folder: Path, out: Path, steps: int = STEPS, seed: int = 4) -> None:
    torch.manual_seed(seed)
    split = data.training_split(data_folder)
    check = data.validation_split(data_folder).first(1_000)
    tokenizer = caption_tokenizer()
    rows = token_rows(tokenizer, captions.write(split))
    labels, targets = torch.from_numpy(split.labels), _probe_targets(split)
    learner = Learner(new_model(tokenizer)).train()
    start_from_clip(learner.model, CLIPModel.from_pretrained(clip_folder), split.images[:500])
    trainer = Trainer("blip", learner, out, steps, seed, LEARNING_RATE, decay=0.995, weight_decay=0.05)
    random = np.random.default_rng((seed, trainer.step_number, rank()))
    for indices in trainer.batches(len(split), BATCH):
        images = flip_half(split.images[indices.numpy()], random)
        ids = rows[indices]
        logits, probed, patches = trainer.model(data.to_tensor(images), ids)
        words = functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        classes = functional.cross_entropy(probed[:, :-3], labels[indices])
        measured = functional.mse_loss(probed[:, -3:], targets[indices])
        local = functional.mse_loss(patches, _patch_targets(images))
        trainer.step(2 * words + 0.2 * classes + measured + 10 * local,
                     words=words.item(), measured=measured.item(), local=local.item())
        if trainer.due(every=250):
            model = trainer.average.model
            truths = captions.true_words(check, greedy_captions(model, tokenizer, check.images))
            trainer.say(f"validation all words true {truths.all(axis=1).mean():.3f}, "
                        f"each {truths.mean(axis=0).round(3).tolist()}")
            model.save_pretrained(out)
            trainer.save_state()
