"""The BLIP that captions images."""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from transformers import BertTokenizerFast, BlipConfig, BlipForConditionalGeneration

import captions
import data
from clip import flip_half
from tokenization import PROMPT_TOKENS, caption_tokenizer
from training import Trainer, rank

STEPS = 2_000
BATCH = 96
LEARNING_RATE = 1.5e-3


def new_model(tokenizer: BertTokenizerFast) -> BlipForConditionalGeneration:
    vision = dict(hidden_size=96, intermediate_size=288, num_hidden_layers=4, num_attention_heads=4,
                  image_size=32, patch_size=4, projection_dim=64)
    text = dict(vocab_size=len(tokenizer), hidden_size=64, encoder_hidden_size=96, intermediate_size=192,
                projection_dim=64, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=PROMPT_TOKENS + 2,
                hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, label_smoothing=0.0,
                bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.sep_token_id,
                sep_token_id=tokenizer.sep_token_id, pad_token_id=tokenizer.pad_token_id)
    config = BlipConfig(text_config=text, vision_config=vision, projection_dim=64, image_text_hidden_size=64)
    return BlipForConditionalGeneration(config)


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


def train(data_folder: Path, out: Path, steps: int = STEPS, seed: int = 4) -> None:
    torch.manual_seed(seed)
    split = data.training_split(data_folder)
    check = data.validation_split(data_folder).first(1_000)
    tokenizer = caption_tokenizer()
    rows = token_rows(tokenizer, captions.write(split))
    trainer = Trainer("blip", new_model(tokenizer).train(), out, steps, seed, LEARNING_RATE,
                      decay=0.995, weight_decay=0.05)
    random = np.random.default_rng((seed, trainer.step_number, rank()))
    for indices in trainer.batches(len(split), BATCH):
        pixels = data.to_tensor(flip_half(split.images[indices.numpy()], random))
        ids = rows[indices]
        seen = trainer.model.vision_model(pixel_values=pixels).last_hidden_state
        logits = trainer.model.text_decoder(input_ids=ids[:, :-1], encoder_hidden_states=seen).logits
        trainer.step(functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten()))
        if trainer.due(every=500):
            truths = captions.true_words(check, greedy_captions(trainer.average, tokenizer, check.images))
            trainer.say(f"validation all words true {truths.all(axis=1).mean():.3f}, "
                        f"each {truths.mean(axis=0).round(3).tolist()}")
            trainer.average.save_pretrained(out)
            trainer.save_state()
