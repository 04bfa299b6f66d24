"""What every training loop here shares: seeds, processes, learning-rate curve, weight averaging, checkpoints."""

import copy
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
import torch.distributed as distributed
from torch import nn


def rank() -> int:
    return distributed.get_rank() if distributed.is_initialized() else 0


def processes() -> int:
    return distributed.get_world_size() if distributed.is_initialized() else 1


def _process_main(number: int, count: int, port: int, job: Callable, arguments: tuple) -> None:
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", rank=number, world_size=count)
    try:
        job(*arguments)
    finally:
        distributed.destroy_process_group()


def run(job: Callable, *arguments, process_count: int = 1, port: int = 29_511) -> None:
    """Runs a training job, on several single-threaded processes that share every batch if asked to."""
    if process_count == 1:
        job(*arguments)
    else:
        torch.multiprocessing.spawn(
            _process_main, (process_count, port, job, arguments), nprocs=process_count)


class Trainer:
    """AdamW with warm-up and cosine decay, gradient clipping and an exponential moving average.

    With several processes each computes the gradient of its share of the batch, and all take the mean.
    """

    def __init__(self, name: str, model: nn.Module, out: Path, steps: int, seed: int, learning_rate: float,
                 warmup: int = 200, decay: float = 0.999, weight_decay: float = 0.01):
        self.name = name
        self.model = model
        self.out = Path(out)
        self.steps = steps
        self.seed = seed
        self.decay = decay
        self.average = copy.deepcopy(model).eval().requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            [parameter for parameter in model.parameters() if parameter.requires_grad],
            lr=learning_rate, weight_decay=weight_decay)
        self.learning_rate = learning_rate
        self.warmup = warmup
        self.step_number = 0
        self.seconds = 0.0
        self._figures: dict[str, float] = {}
        self._resume()

    def batches(self, count: int, batch_size: int) -> Iterator[torch.Tensor]:
        """This process's share of every batch still to come: shuffled passes over `count` items."""
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.step_number)
        torch.manual_seed((self.seed * 1_000_003 + self.step_number) * 64 + rank())
        pending = torch.empty(0, dtype=torch.long)
        while self.step_number < self.steps:
            while len(pending) < batch_size:
                pending = torch.cat([pending, torch.randperm(count, generator=generator)])
            started = time.monotonic()
            yield pending[rank():batch_size:processes()]
            self.seconds += time.monotonic() - started
            pending = pending[batch_size:]

    def step(self, loss: torch.Tensor, **figures: float) -> None:
        for group in self.optimizer.param_groups:
            progress = self.step_number / self.steps
            group["lr"] = (self.learning_rate * min(1.0, (self.step_number + 1) / self.warmup)
                           * 0.5 * (1 + math.cos(math.pi * progress)))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._share_gradients()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.step_number += 1
        self._update_average()
        for key, value in {"loss": loss.item(), **figures}.items():
            self._figures[key] = 0.98 * self._figures.get(key, value) + 0.02 * value
        if self.step_number % 100 == 0:
            shown = " ".join(f"{key} {value:.4f}" for key, value in self._figures.items())
            self.say(f"step {self.step_number}/{self.steps} {shown} {self.seconds:.0f} s")

    def due(self, every: int) -> bool:
        """Whether it is time to validate and save: every so many steps and at the end, in the first process."""
        return rank() == 0 and (self.step_number % every == 0 or self.step_number == self.steps)

    def say(self, text: str) -> None:
        if rank() == 0:
            print(f"{time.strftime('%H:%M:%S')} {self.name} {text}", flush=True)

    def save_state(self) -> None:
        """Writes all that a later call needs to go on from here, and how long training has taken."""
        self.out.mkdir(parents=True, exist_ok=True)
        partial = self.out / "state.pt.partial"
        torch.save({"model": self.model.state_dict(), "average": self.average.state_dict(),
                    "optimizer": self.optimizer.state_dict(), "step": self.step_number,
                    "seconds": self.seconds}, partial)
        partial.rename(self.out / "state.pt")
        (self.out / "training.json").write_text(json.dumps(
            {"steps": self.step_number, "seconds": round(self.seconds), "processes": processes()}))

    def _resume(self) -> None:
        path = self.out / "state.pt"
        if path.exists():
            state = torch.load(path, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            if state["optimizer"] is not None:
                self.optimizer.load_state_dict(state["optimizer"])
            self.step_number, self.seconds = state["step"], state["seconds"]
            self.say(f"goes on from step {self.step_number}")

    def _share_gradients(self) -> None:
        if processes() > 1:
            gradients = [parameter.grad for parameter in self.model.parameters() if parameter.grad is not None]
            flat = torch.cat([gradient.flatten() for gradient in gradients])
            distributed.all_reduce(flat)
            flat /= processes()
            for gradient, shared in zip(gradients, flat.split([gradient.numel() for gradient in gradients])):
                gradient.copy_(shared.view_as(gradient))

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.decay, (1 + self.step_number) / (10 + self.step_number))
        for averaged, current in zip(self.average.parameters(), self.model.parameters()):
            averaged.lerp_(current, 1 - decay)
        for averaged, current in zip(self.average.buffers(), self.model.buffers()):
            averaged.copy_(current)
