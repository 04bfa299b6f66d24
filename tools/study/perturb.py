"""The classical augmentations, on many images at once. A spec is `name:strength`, with `name:strength:probability` where that is tuned."""

import numpy as np
import torch
from torchvision.transforms.v2 import functional as vision

#: RandAugment's operations with the magnitude of bin `m` of 30, as torchvision has them for images of 28 pixels.
_SIGNED = {
    "shear_x": lambda m: 0.3 * m / 30, "shear_y": lambda m: 0.3 * m / 30,
    "translate_x": lambda m: 150 / 331 * 28 * m / 30, "translate_y": lambda m: 150 / 331 * 28 * m / 30,
    "rotate": lambda m: 30 * m / 30, "brightness": lambda m: 0.9 * m / 30,
    "contrast": lambda m: 0.9 * m / 30, "sharpness": lambda m: 0.9 * m / 30,
}
_UNSIGNED = ("identity", "posterize", "solarize", "autocontrast", "equalize")
_OPERATIONS = (*_SIGNED, *_UNSIGNED)


def parse(spec: str) -> tuple[str, float, float]:
    name, strength, *probability = spec.split(":")
    return name, float(strength), float(probability[0]) if probability else 1.0


def perturb(images: torch.Tensor, spec: str, generator: torch.Generator) -> torch.Tensor:
    """uint8 [n, 1, 28, 28] in and out. Mixup and CutMix mix labels too: see `mix`."""
    if not spec:
        return images
    name, strength, probability = parse(spec)
    if name in ("mixup", "cutmix"):
        return images
    changed = {"flipcrop": _flip_crop, "randaugment": _randaugment, "erasing": _erase}[name](images, strength, generator)
    if probability >= 1:
        return changed
    chosen = torch.rand(len(images), 1, 1, 1, generator=generator) < probability
    return torch.where(chosen, changed, images)


def mix(pixels: torch.Tensor, targets: torch.Tensor, spec: str, numbers: np.random.Generator) -> tuple:
    """Mixup or CutMix of one batch, pixels [b, 1, 28, 28] and one-hot targets [b, 10]; else what came in."""
    if not spec or parse(spec)[0] not in ("mixup", "cutmix"):
        return pixels, targets
    name, alpha, probability = parse(spec)
    share = float(numbers.beta(alpha, alpha))
    order = torch.from_numpy(numbers.permutation(len(pixels)))
    place = numbers.random(2)
    if numbers.random() >= probability:
        return pixels, targets
    if name == "mixup":
        return share * pixels + (1 - share) * pixels[order], share * targets + (1 - share) * targets[order]
    height, width = pixels.shape[2:]
    side = np.sqrt(1 - share)
    middle = (place * (height, width)).astype(int)
    half = (side * np.array([height, width]) / 2).astype(int)
    (top, left), (bottom, right) = np.maximum(middle - half, 0), np.minimum(middle + half, (height, width))
    mixed = pixels.clone()
    mixed[:, :, top:bottom, left:right] = pixels[order, :, top:bottom, left:right]
    share = 1 - (bottom - top) * (right - left) / (height * width)
    return mixed, share * targets + (1 - share) * targets[order]


def _flip_crop(images: torch.Tensor, padding: float, generator: torch.Generator) -> torch.Tensor:
    count, pad = len(images), int(padding)
    flip = torch.rand(count, 1, 1, 1, generator=generator) < 0.5
    images = torch.where(flip, images.flip(3), images)
    padded = torch.nn.functional.pad(images, (pad, pad, pad, pad))
    shift = torch.randint(0, 2 * pad + 1, (2, count), generator=generator)
    rows = (shift[0][:, None] + torch.arange(28))[:, :, None]
    columns = (shift[1][:, None] + torch.arange(28))[:, None, :]
    return padded[torch.arange(count)[:, None, None], 0, rows, columns][:, None]


def _erase(images: torch.Tensor, largest: float, generator: torch.Generator) -> torch.Tensor:
    """A box of 2 % to `largest` of the area and sides of 1:3 to 3:1 becomes noise."""
    count = len(images)
    area = 28 * 28 * (0.02 + (largest - 0.02) * torch.rand(count, generator=generator))
    ratio = torch.exp((2 * torch.rand(count, generator=generator) - 1) * np.log(3))
    sides = torch.stack([(area * ratio).sqrt(), (area / ratio).sqrt()]).round().clamp(1, 28)
    starts = torch.floor(torch.rand(2, count, generator=generator) * (29 - sides))
    line = torch.arange(28)
    within = (line >= starts[..., None]) & (line < (starts + sides)[..., None])
    box = (within[0][:, :, None] & within[1][:, None, :])[:, None]
    noise = torch.randint(0, 256, images.shape, generator=generator, dtype=torch.uint8)
    return torch.where(box, noise, images)


def _randaugment(images: torch.Tensor, magnitude: float, generator: torch.Generator) -> torch.Tensor:
    """Two operations for each image; images of the same operation and sign are changed together."""
    for _ in range(2):
        operation = torch.randint(0, len(_OPERATIONS), (len(images),), generator=generator)
        minus = torch.rand(len(images), generator=generator) < 0.5
        result = images.clone()
        for number, name in enumerate(_OPERATIONS):
            for sign in (False, True) if name in _SIGNED else (None,):
                chosen = operation == number
                if sign is not None:
                    chosen &= minus == sign
                if chosen.any():
                    value = _SIGNED[name](magnitude) * (-1 if sign else 1) if name in _SIGNED else magnitude
                    result[chosen] = _apply(images[chosen], name, value)
        images = result
    return images


def _apply(images: torch.Tensor, name: str, value: float) -> torch.Tensor:
    if name.startswith("shear"):
        degrees = float(np.degrees(np.arctan(value)))
        shear = [degrees, 0.0] if name == "shear_x" else [0.0, degrees]
        return vision.affine(images, angle=0.0, translate=[0, 0], scale=1.0, shear=shear, center=[0, 0])
    if name.startswith("translate"):
        by = [int(value), 0] if name == "translate_x" else [0, int(value)]
        return vision.affine(images, angle=0.0, translate=by, scale=1.0, shear=[0.0, 0.0])
    match name:
        case "rotate":
            return vision.rotate(images, value)
        case "brightness":
            return vision.adjust_brightness(images, 1 + value)
        case "contrast":
            return vision.adjust_contrast(images, 1 + value)
        case "sharpness":
            return vision.adjust_sharpness(images, 1 + value)
        case "posterize":
            return vision.posterize(images, 8 - round(value / (30 / 4)))
        case "solarize":
            return vision.solarize(images, 255 * (1 - value / 30))
        case "autocontrast":
            return vision.autocontrast(images)
        case "equalize":
            return vision.equalize(images)
    return images
